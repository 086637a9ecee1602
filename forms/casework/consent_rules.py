"""What a programme may set of consent: how long it lasts, whom it is asked of, how long the path without it
stays open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from forms.casework.age import AgeRules
from forms.casework.meanings import CONSENT
from forms.casework.table import number, only, section

PURPOSES: Final = CONSENT["consent.purpose"] or ()
_LONGEST: Final = 120
_AGES: Final = AgeRules()
#: What is kept, and who is counted without a name, is asked about long after a case and its programme.
_LASTING: Final = {"retention": _LONGEST, "statistics": _LONGEST}


@dataclass(frozen=True, slots=True)
class ConsentRules:
    """How long a consent lasts at most, from which age a child is asked herself, how many days a logged
    transfer without consent stays open.

    A purpose of `months_for` may be agreed for longer than `months`; where nobody agreed on a day it is not.
    """

    months: int = 12
    months_for: Mapping[str, int] = field(default_factory=lambda: dict(_LASTING))
    own_consent_from: int = 0
    disclosure_days: int = 7
    age: AgeRules = _AGES

    @classmethod
    def from_table(cls, table: Mapping[str, Any], ages: AgeRules = _AGES) -> ConsentRules:
        """Problem form.programme.value_invalid, form.programme.value_unknown."""
        only(table, "months", "months_for", "own_consent_from", "disclosure_days")
        standard = cls()
        named_months = section(table, "months_for")
        only(named_months, *PURPOSES)
        months_for = {name: number(named_months, name, 0, 1, _LONGEST) for name in named_months}
        return cls(
            number(table, "months", standard.months, 1, 24),
            {**standard.months_for, **months_for},
            number(table, "own_consent_from", standard.own_consent_from, 0, 12),
            number(table, "disclosure_days", standard.disclosure_days, 0, 30),
            ages,
        )

    def longest(self, purpose: str) -> int:
        """The months that a consent for this purpose lasts at most."""
        return self.months_for.get(purpose, self.months)

    def unsaid(self, purpose: str) -> int:
        """The months that it lasts where nobody has said until when."""
        return min(self.months, self.longest(purpose))
