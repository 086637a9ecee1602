"""Which versions of the protocol this program speaks."""

from typing import Final

#: The version that this program writes.
PROTOCOL: Final = 1

#: The versions that a server of this program reads; the newest and the one before it.
SPOKEN: Final = (1,)
