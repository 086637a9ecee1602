"""The versions of the libraries, which a support bundle tells: they stand beside a library, not in it."""

from PyInstaller.utils.hooks import copy_metadata

from sync_server.support_bundle import LIBRARIES

datas = [each for library in LIBRARIES for each in copy_metadata(library)]
