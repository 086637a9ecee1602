"""What a form calculates is shown as it is now, and nobody is asked which of two sums is right."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from app.background import Job
from app.fieldbook import Fieldbook
from app.shelf import read_form
from app.store import Store, conflicts, form_library
from forms.xform.load import load_form
from forms.xlsform.to_xform import xform_from_xlsform
from sync_server.protocol.messages import ConflictNotice, FormListing
from tests.fieldbook.conftest import CHEAP, PASSPHRASE, Clock

CASE_FILE = """
| settings |
| | form_id | version | form_title |
| | case_file | 99 | Case file |
| survey |
| | type | name | label | calculation | relevant |
| | text | case_code | Code | | |
| | text | country | Country | | |
| | text | stage | Stage | | |
| | text | language | Language | | |
| | text | greeting | Greeting | concat('From ', ${country}) | |
| | text | interpreter | Interpreter | | ${language} != 'en' |
"""


def done(job: Job[Any]) -> Any:
    return job.wait(30)


def put_form(folder: Path, clock: Clock, table: str) -> None:
    xml = xform_from_xlsform(table).xml
    definition = load_form(xml)
    digest = hashlib.blake2b(xml.encode(), digest_size=16).hexdigest()
    store = Store.open(folder, PASSPHRASE, now_ms=clock, floor=CHEAP)
    stored = read_form(FormListing(definition.id, definition.version, digest), xml)
    store.write(lambda db: form_library.put(db, stored))
    store.close()


def test_a_case_shows_its_calculations_as_they_are_now(folder: Path, clock: Clock, open_book: Any) -> None:
    put_form(folder, clock, CASE_FILE)
    book: Fieldbook = open_book()
    # A new case is stored with its first facts only, like one that a merge has put together.
    case = done(book.new_case("al", "sq"))
    assert ("Greeting", "From al") in [
        (title["default"], text["default"]) for title, text in done(book.case(case)).facts
    ]


def test_a_lost_sum_is_nothing_to_decide_but_a_lost_answer_is(book: Fieldbook) -> None:
    case = done(book.new_case("al", "sq"))
    opened = done(book.begin(case, "monitoring_contact"))
    done(book.save(opened.record, opened.entry.answer("contact/outcome", "unreachable")))
    stamps = [f"{500 + number:012x}-0000-ffffffff" for number in range(2)]
    by_path = {
        path: ConflictNotice(
            id=f"00000000-0000-4000-8000-00000000000{number}",
            record=opened.record,
            path=path,
            kept=kept,
            kept_author="coordinator",
            kept_stamp=stamps[0],
            lost=lost,
            lost_author="officer",
            lost_stamp=stamps[1],
            kept_effective=stamps[0],
            lost_effective=stamps[1],
            rule="last",
            state="open",
            case=case,
            form="monitoring_contact",
        )
        for number, (path, kept, lost) in enumerate(
            [("conclusion/risk_level", "high", "low"), ("conclusion/suggested_risk", "high", "low")]
        )
    }
    assert by_path.keys() <= opened.entry.definition.questions.keys()
    book._store.write(lambda db: conflicts.take_in(db, by_path.values()))
    assert [each.path for each in done(book.conflicts())] == ["conclusion/risk_level"]
    assert [each.path for each in done(book.today()).conflicts] == ["conclusion/risk_level"]
