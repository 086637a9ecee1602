"""How many examples a property is tried with: few enough for `make test`, many more in `make long`."""

from __future__ import annotations

import os

VARIABLE = "HOMEWARD_EXAMPLES"


def examples(few: int) -> int:
    """So many, times what the environment asks for."""
    return few * int(os.environ.get(VARIABLE, "1"))
