"""Whose files are whose, on each database: a file is given to who has a case in which somebody named it as
an answer who has sent it; a hash alone opens nothing."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path

import pytest
from sqlalchemy import text

from sync_server.attachments import Attachments
from sync_server.catch_up import CatchUp
from sync_server.form_catalogue import FormCatalogue
from sync_server.protocol.problems import Problem
from sync_server.storage.blobs import Blobs
from sync_server.storage.database import Database
from tests.contracts.shared_offices import Country, Tablet, meet

PHOTO = b"sealed on the tablet of Arta"
HASH = hashlib.blake2b(PHOTO, digest_size=32).hexdigest()
NAME = f"{HASH}:{'k' * 43}"


@pytest.fixture
def country(storage: Database) -> Country:
    return Country(storage, random.Random(13))


@pytest.fixture
def files(country: Country, tmp_path: Path) -> Attachments:
    return Attachments(country.database, Blobs(tmp_path / "blobs"), lambda: country.now)


@pytest.fixture
def arta(country: Country) -> Tablet:
    return country.tablet("arta", "tirana")


@pytest.fixture
def besnik(country: Country) -> Tablet:
    return country.tablet("besnik", "tirana")


@pytest.fixture
def eleni(country: Country) -> Tablet:
    return country.tablet("eleni", "athens")


@pytest.fixture
def case(arta: Tablet, besnik: Tablet, files: Attachments) -> str:
    """A case of Tirana's with a photo."""
    case = arta.open_case()
    arta.write(case, "picture", {"shown[0123456789abcdef]": 1, "shown[0123456789abcdef]/photo": NAME})
    meet(arta, besnik)
    files.put(arta.actor, HASH, [PHOTO])
    return case


def has(files: Attachments, tablet: Tablet) -> bool:
    try:
        return files.get(tablet.actor, HASH) == PHOTO
    except Problem as problem:
        return problem.code != "attachment.not_found"


def test_it_is_for_who_has_the_case_while_they_have_it(
    country: Country, files: Attachments, arta: Tablet, besnik: Tablet, eleni: Tablet, case: str
) -> None:
    assert (has(files, arta), has(files, besnik), has(files, eleni)) == (True, True, False)
    arta.consent(case, "athens")
    shared = arta.share(case, "athens")
    arta.sync()
    assert has(files, eleni)
    arta.end(shared)
    arta.deny(case, "besnik")
    arta.sync()
    assert (has(files, arta), has(files, besnik), has(files, eleni)) == (True, False, False)


def test_who_made_it_has_it_no_more_when_the_case_denies_her(
    country: Country, files: Attachments, arta: Tablet, besnik: Tablet, case: str
) -> None:
    meet(besnik)
    besnik.deny(case, "arta")
    besnik.sync()
    assert (has(files, arta), has(files, besnik)) == (False, True)
    # Sent again it changes nothing.
    files.put(arta.actor, HASH, [PHOTO])
    assert not has(files, arta)


@pytest.mark.parametrize("question", ["told", "photo", "shown[fedcba9876543210]/photo"])
def test_a_hash_that_somebody_read_opens_nothing_wherever_she_writes_it(
    country: Country, files: Attachments, eleni: Tablet, case: str, question: str
) -> None:
    own = eleni.open_case()
    for answer in (HASH, NAME, f"See {NAME}"):
        eleni.write(own, "picture", {question: answer})
    eleni.sync()
    assert eleni.codes() == []
    assert not has(files, eleni)


def test_the_owners_sending_it_again_gives_it_to_nobody_who_only_named_it(
    country: Country, files: Attachments, arta: Tablet, eleni: Tablet, case: str
) -> None:
    own = eleni.open_case()
    eleni.write(own, "picture", {"photo": NAME})
    eleni.sync()
    files.put(arta.actor, HASH, [PHOTO])
    assert not has(files, eleni)
    # To claim it before it is there does not help either, nor other bytes under its name.
    with pytest.raises(Problem, match=r"attachment\.hash\.mismatch"):
        files.put(eleni.actor, HASH, [b"guessed"])
    assert not has(files, eleni)
    # Who has the bytes may put them where she writes.
    files.put(eleni.actor, HASH, [PHOTO])
    assert has(files, eleni)


def test_a_claim_that_was_refused_is_none(
    country: Country, files: Attachments, arta: Tablet, besnik: Tablet, eleni: Tablet, case: str
) -> None:
    other = b"only on the tablet of Eleni"
    hash = hashlib.blake2b(other, digest_size=32).hexdigest()
    eleni.write(case, "picture", {"photo": f"{hash}:{'k' * 43}"})
    eleni.sync()
    files.put(eleni.actor, hash, [other])
    assert eleni.codes() == ["sync.case.not_granted"]
    for tablet in (arta, eleni):
        with pytest.raises(Problem, match=r"attachment\.not_found"):
            files.get(tablet.actor, hash)


def test_a_photo_that_comes_before_its_answer_waits_for_it(
    country: Country, files: Attachments, arta: Tablet, besnik: Tablet
) -> None:
    files.put(arta.actor, HASH, [PHOTO])
    assert not has(files, arta)
    case = arta.open_case()
    arta.write(case, "picture", {"photo": NAME})
    arta.sync()
    assert has(files, besnik)


def test_the_photo_of_an_answer_that_lost_is_there_for_its_restore(
    country: Country, files: Attachments, arta: Tablet, besnik: Tablet
) -> None:
    case = arta.open_case()
    record = arta.write(case, "picture", {"told": "none yet"})
    meet(arta, besnik)
    arta.write(case, "picture", {"photo": NAME}, record)
    country.now += 1_000
    besnik.write(case, "picture", {"photo": f"{'ab' * 32}:{'k' * 43}"}, record)
    meet(arta, besnik)
    files.put(arta.actor, HASH, [PHOTO])
    assert besnik.values(record)["photo"] != NAME
    assert has(files, besnik)


# -- what was there before


def forget_whose_files_are_whose(database: Database) -> None:
    """As if this server had come from the version before."""
    with database.engine.begin() as connection:
        for table in ("file_claims", "file_proofs", "denied_names", "denied_records"):
            connection.execute(text(f"DELETE FROM {table}"))
        connection.execute(text("UPDATE offices SET shares = 0"))


def test_photos_and_denials_of_before_are_found_once(
    country: Country, files: Attachments, arta: Tablet, besnik: Tablet, eleni: Tablet, case: str
) -> None:
    own = eleni.open_case()
    eleni.write(own, "picture", {"photo": NAME})
    eleni.sync()
    another = arta.open_case()
    arta.deny(another, "besnik")
    meet(arta, besnik)
    forget_whose_files_are_whose(country.database)
    with country.database.engine.begin() as connection:
        # The migration does this from the table of files.
        connection.execute(
            text(
                "INSERT INTO file_proofs (office, hash, login) SELECT attachments.office, attachments.hash,"
                " devices.login FROM attachments JOIN devices ON devices.id = attachments.device"
            )
        )
    assert not has(files, arta), "nobody gets a file until it is decided"
    catalogue = FormCatalogue(country.database, lambda: country.now)
    assert CatchUp(country.database, catalogue, lambda: country.now).run() > 0
    assert CatchUp(country.database, catalogue, lambda: country.now).run() == 0
    assert (has(files, arta), has(files, besnik), has(files, eleni)) == (True, True, False)
    again = country.tablet("besnik", "tirana")
    again.sync()
    assert (again.of_case(another), again.of_case(case)) == ({}, country.held(case))
    besnik.sync()
    assert besnik.of_case(another) == {}


def test_a_photo_of_before_whose_sender_is_not_known_any_more_is_of_who_named_it_first(
    country: Country, files: Attachments, arta: Tablet, besnik: Tablet, case: str
) -> None:
    other = besnik.open_case()
    besnik.write(other, "picture", {"photo": NAME})
    besnik.sync()
    forget_whose_files_are_whose(country.database)
    CatchUp(country.database, FormCatalogue(country.database, lambda: 0), lambda: country.now).run()
    assert has(files, besnik)
    arta.deny(case, "besnik")
    arta.sync()
    assert not has(files, besnik), "it is of this case only, and not of the one that named it later"
