"""Texts of consent and safety reach no person before somebody of the office has read them."""

from __future__ import annotations

import json
import shlex
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from forms import library
from forms.check import check_table
from forms.definition import FormDefinition
from forms.review import speaks_of_safety, to_review
from forms.xform.load import load_form
from sync_server import config as server_config
from sync_server.sign_off import SignOff, SignOffs
from sync_server.storage.base import Storage
from sync_server.storage.database import Database
from tests.server_cli.conftest import ROOT

VISIT = """\
| settings |
| | form_id | version | default_language | namespaces | attribute::homeward:draft |
| | visit | {version} | English (en) | homeward="https://homeward.invalid/xforms" | fr sq |
| survey |
| | type | name | label::English (en) | label::French (fr) | label::Albanian (sq) | bind::homeward:safety |
| | text | tale | What happened? | {french} | Çfarë ndodhi? | {safety} |
"""


@pytest.fixture
def server(new_server: Callable[[Path], Any], tmp_path: Path) -> Any:
    """A new server of a real office."""
    made = new_server(tmp_path)
    made.must("init", "--unattended")
    return made


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., str]:
    """Writes the office's own form for visits."""

    def write(version: int = 1, french: str = "Que s’est-il passé ?", safety: str = "private") -> str:
        (tmp_path / "visit.md").write_text(
            VISIT.format(version=version, french=french, safety=safety), encoding="utf-8"
        )
        return str(tmp_path / "visit.md")

    return write


@contextmanager
def storage_of(server: Any) -> Iterator[Storage]:
    config = server_config.load_config(server.folder)
    database = Database.embedded(config.database_file, server_config.master_key(config), connections=2)
    with closing(database):
        yield database


def on_devices(server: Any, form: str, version: str) -> FormDefinition:
    """The form as devices get it."""
    with storage_of(server) as storage:
        xml = storage.form(form, version)
    assert xml is not None
    return load_form(xml)


def refused(server: Any, code: str, *arguments: str) -> str:
    done = server.run(*arguments)
    assert done.returncode == 1, done.stdout
    assert f"[{code}]" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    told: str = done.stderr
    return told


def test_the_library_is_published_once_somebody_has_signed_off_its_drafts(server: Any) -> None:
    told = refused(server, "form.language.unreviewed", "publish-form", "--library")
    assert f"case_file (fr, sq, ar, uk) and {len(library.forms()) - 1} more" in told
    with storage_of(server) as storage:
        assert storage.forms() == []
    server.must("sign-off", "--language", "fr", "sq", "--by", "Besa Hoxha")
    told = refused(server, "form.language.unreviewed", "publish-form", "--library")
    assert "case_file (ar, uk)" in told
    server.must("sign-off", "--all", "--by", "Lina Amrani")
    assert server.must("publish-form", "--library").count("Published ") == len(library.forms())
    assert on_devices(server, "consent", "3").drafts == ()


def test_the_command_that_a_refusal_names_is_the_one_that_helps(
    server: Any, write: Callable[..., str]
) -> None:
    form = write()
    told = refused(server, "form.language.unreviewed", "publish-form", form)
    _, _, command = told.partition("read them, then ")
    words = shlex.split(command.partition(" [")[0])
    done = subprocess.run([*words[:-1], "Besa"], cwd=ROOT, capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert "Published visit" in server.must("publish-form", form)


def test_each_language_waits_for_its_own_reader(server: Any, write: Callable[..., str]) -> None:
    form = write()
    server.must("sign-off", "--form", form, "--language", "fr", "--by", "Claire Morel")
    assert "visit.md (sq)" in refused(server, "form.language.unreviewed", "publish-form", form)
    server.must("sign-off", "--form", form, "--language", "sq", "--by", "Besa Hoxha")
    server.must("publish-form", form)
    assert on_devices(server, "visit", "1").drafts == ()


def test_a_word_that_was_changed_has_to_be_read_again(server: Any, write: Callable[..., str]) -> None:
    server.must("sign-off", "--form", write(), "--all", "--by", "Claire Morel")
    form = write(version=2, french="Que lui avez-vous fait ?")
    assert "visit.md (fr)" in refused(server, "form.language.unreviewed", "publish-form", form)
    server.must("sign-off", "--form", form, "--language", "fr", "--by", "Claire Morel")
    assert "Published visit, version 2." in server.must("publish-form", form)


def test_a_new_version_with_the_same_words_needs_nobody_to_read_it(
    server: Any, write: Callable[..., str]
) -> None:
    server.must("sign-off", "--form", write(), "--all", "--by", "Claire Morel")
    server.must("publish-form", write())
    assert "Published visit, version 2." in server.must("publish-form", write(version=2))


def test_a_form_without_consent_and_safety_goes_out_as_the_draft_that_it_is(
    server: Any, write: Callable[..., str]
) -> None:
    form = write(safety="")
    server.must("publish-form", form)
    assert on_devices(server, "visit", "1").drafts == ("fr", "sq")
    server.must("sign-off", "--form", form, "--language", "fr", "--by", "Claire Morel")
    assert "nothing changed" in server.must("publish-form", form)
    server.must("publish-form", write(version=2, safety=""))
    assert on_devices(server, "visit", "2").drafts == ("sq",)


def test_the_demo_shows_every_draft_and_says_that_it_is_one(
    new_server: Callable[[Path], Any], tmp_path: Path
) -> None:
    demo = new_server(tmp_path)
    demo.must("init", "--demo", "--unattended")
    demo.must("publish-form", "--library")
    assert set(on_devices(demo, "consent", "3").drafts) >= {"fr", "sq", "ar", "uk"}


def test_who_signed_and_when_stays_on_the_server_and_no_name_in_its_log(
    server: Any, write: Callable[..., str]
) -> None:
    form = write()
    server.must("sign-off", "--form", form, "--language", "fr", "--by", "Claire Morel")
    with storage_of(server) as storage:
        definition = check_table("visit.md", Path(form).read_text("utf-8")).definition
        assert definition is not None
        kept = SignOffs(storage, lambda: 0).of(definition, "fr")
    assert kept is not None
    assert (kept.form, kept.language, kept.by) == ("visit", "fr", "Claire Morel")
    assert abs(kept.at_ms / 1000 - time.time()) < 120
    log = (server.folder / "logs" / "server.log").read_text("utf-8")
    (line,) = [line for line in map(json.loads, log.splitlines()) if line["event"] == "form.signed_off"]
    assert (line["language"], line["count"]) == ("fr", 1)
    assert "Claire" not in log
    assert "visit" not in json.dumps(line)


def test_what_cannot_be_signed_off_is_told_and_nothing_is_kept(
    server: Any, write: Callable[..., str]
) -> None:
    form = write()
    named = ("sign-off", "--form", form)
    told = refused(
        server, "sign_off.language.no_draft", *named, "consent", "--language", "fr", "ar", "--by", "Besa"
    )
    assert "fr sq" in told
    refused(server, "sign_off.language.no_draft", *named, "--language", "en", "--by", "Besa")
    refused(server, "sign_off.name.invalid", *named, "--all", "--by", " ")
    refused(server, "form.file.unreadable", "sign-off", "--form", "nowhere.md", "--all", "--by", "Besa")
    assert "visit.md (fr, sq)" in refused(server, "form.language.unreviewed", "publish-form", form)
    assert "There is no such draft" in server.must("sign-off", "--language", "es", "--by", "Besa")
    for words in (("--by", "Besa"), ("--all", "--language", "fr", "--by", "Besa"), ("--all",)):
        assert server.run(*named, *words).returncode == 2


def test_a_sign_off_holds_for_one_form_only(tmp_path: Path) -> None:
    with closing(Database.embedded(tmp_path / "database", bytes(32), connections=2)) as storage:
        storage.migrate()
        register = SignOffs(storage, lambda: 5)
        forms = [check_table(form_id, library.read(form_id)).definition for form_id in ("consent", "travel")]
        consent, travel = (form for form in forms if form is not None)
        signed = register.sign(consent, "fr", " Claire Morel ")
        assert signed == register.of(consent, "fr")
        assert isinstance(signed, SignOff)
        assert (signed.by, signed.at_ms) == ("Claire Morel", 5)
        assert register.of(travel, "fr") is None
        assert "fr" not in register.unsigned(consent)
        assert "fr" in register.unsigned(travel)
        register.sign(travel, "fr", "Besa Hoxha")
        assert register.of(consent, "fr") == signed, "each form keeps its own reader"


@pytest.mark.parametrize(
    ("row", "guarded"),
    [
        ("text | a | A | |", False),
        ("text | a | A | | private", True),
        ("note | a | A | |", False),
        ("note | a | Call the coordinator now. | ${b} = 'yes' |", True),
        ("note | a | Say first that nobody has to answer. | | private", True),
    ],
)
def test_a_text_of_safety_is_one_with_its_mark_or_a_note_that_an_answer_calls_up(
    row: str, guarded: bool
) -> None:
    table = (
        "| settings |\n| | default_language | namespaces | attribute::homeward:draft |\n"
        '| | English (en) | homeward="https://homeward.invalid/xforms" | fr |\n'
        "| survey |\n| | type | name | label::English (en) | relevant | bind::homeward:safety |\n"
        f"| | {row} |\n| | text | b | B | | |\n"
    )
    definition = check_table("t.md", table).definition
    assert definition is not None
    assert speaks_of_safety(definition) is guarded


def test_every_form_of_the_library_waits_for_its_readers() -> None:
    for form_id, _ in library.forms():
        definition = check_table(form_id, library.read(form_id)).definition
        assert definition is not None
        assert set(to_review(definition)) >= {"fr", "sq", "ar", "uk"}, form_id
