"""HTCDS 2.0, IOM's Human Trafficking Case Data Standard: a case in its words, and its records in ours.

`export` makes a record of a case, `read` makes our answers of a record; what could not be said in the other
words is listed, both ways. How each field and choice is said is data, in `htcds.toml`, and shown in
docs/htcds.md.

Neither asks whether a record may leave the office. That is decided before, by `consent.may_send` and
`referral.parcel`: who passes a record on without them breaks the promise that was made to the person.

The names of fields and choices are the standard's (CC BY 4.0, IOM). IOM has not endorsed any of this.
"""

from forms.casework.htcds.crosswalk import Crosswalk, Field, Source, standard
from forms.casework.htcds.of_case import export
from forms.casework.htcds.record import Read, Unplaced, Written, read, write

__all__ = [
    "Crosswalk",
    "Field",
    "Read",
    "Source",
    "Unplaced",
    "Written",
    "export",
    "read",
    "standard",
    "write",
]
