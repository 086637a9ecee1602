"""The key stores of this system, which are imported by name."""

import sys

_OF = {"linux": ("SecretService", "kwallet"), "win32": ("Windows",), "darwin": ("macOS",)}

hiddenimports = [f"keyring.backends.{name}" for name in _OF.get(sys.platform, ())]
