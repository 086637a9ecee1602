"""The app's window. Kivy is imported only below here, and reads its settings from these lines first.

No log file: Kivy would write one beside the user's other files, where no one expects casework.
"""

import os

os.environ.setdefault("KIVY_NO_ARGS", "1")
os.environ.setdefault("KIVY_NO_FILELOG", "1")
os.environ.setdefault("KIVY_NO_CONFIG", "1")
os.environ.setdefault("KIVY_LOG_MODE", "PYTHON")
