"""Forms that change while records of their older versions live on."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.problems import Problem
from app.shelf import read_form
from forms import library
from sync_server.protocol.messages import FormListing
from tests.scenarios.office import RunningServer, Tablet, command


def publish_next_version(server: RunningServer, folder: Path) -> None:
    """The monitoring contact in a version 99, published while the server runs."""
    lines = library.read("monitoring_contact").splitlines()
    settings = next(
        number for number, line in enumerate(lines) if line.startswith("| | monitoring_contact |")
    )
    cells = lines[settings].split("|")
    names = [name.strip() for name in lines[settings - 1].split("|")]
    cells[names.index("version")] = " 99 "
    lines[settings] = "|".join(cells)
    form = folder / "form.md"
    form.write_text("\n".join(lines), "utf-8")
    command("publish-form", "--dir", str(server.folder), str(form))


def test_a_new_version_comes_down_and_records_of_the_old_one_open_on_every_tablet(
    server: RunningServer, officer: Tablet, tmp_path: Path
) -> None:
    case = officer.new_case()
    record = officer.fill(
        case, "monitoring_contact", outcome="unreachable", risk_level="low", observation="Old form."
    )
    officer.sync()
    publish_next_version(server, tmp_path)
    assert officer.sync().forms_received == 1
    versions = {offer.form: offer.version for offer in officer.book.forms().wait(10)}
    assert versions["monitoring_contact"] == "99"
    assert officer.values(record)["observation"] == "Old form."
    assert officer.sync().forms_received == 0

    late = Tablet(tmp_path / "late", "coordinator", server)
    assert late.values(record)["observation"] == "Old form."
    late.change(record, observation="Seen on a tablet that never had the old form.")
    assert late.sync().forms_received == 0
    officer.sync()
    assert officer.values(record)["observation"] == "Seen on a tablet that never had the old form."
    late.close()


@pytest.mark.parametrize(
    ("listing", "xml", "code"),
    [
        (FormListing("a", "1", "0" * 32), "<x/>", "sync.form.damaged"),
        (FormListing("a", "1", ""), "<x/>", "sync.form.unreadable"),
        (FormListing("a", "1", ""), "", "sync.form.unreadable"),
    ],
)
def test_what_is_not_the_form_that_was_asked_for_is_not_kept(
    listing: FormListing, xml: str, code: str
) -> None:
    with pytest.raises(Problem) as caught:
        read_form(listing, xml)
    assert caught.value.code == code
