"""Which program this is, and which versions of the protocol it speaks."""

from typing import Final

#: The release of app and server; `pyproject.toml` says the same.
PROGRAM: Final = "0.1.0"

#: The version that this program writes.
PROTOCOL: Final = 1

#: The versions that a server of this program reads; the newest and the one before it.
SPOKEN: Final = (1,)
