"""What was written about a person is nowhere on the disk in a form that can be read."""

from __future__ import annotations

import base64
import tempfile
from pathlib import Path

from app.store import attachments, cases, conflicts, drafts, form_library, meta, records
from app.store.form_library import StoredForm

CANARIES = {
    "given_name": "Kanarina Fshehtaj",
    "family_name": "Секретенко-Пташина",
    "other_names": "عصفورة السرّية",
    "notes": "Ⴑაიდუმლო ⵜⴰⴳⵔⴰⵡⵍⴰ canary-note-4711",
}
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "iso8859-5", "cp1251", "cp1256", "iso8859-6")


def needles():
    for text in CANARIES.values():
        for word in text.split():
            for encoding in ENCODINGS:
                try:
                    raw = word.encode(encoding)
                except UnicodeEncodeError:
                    continue
                yield word, raw
            yield word, base64.b64encode(word.encode())[:-4]
            yield word, word.encode("unicode_escape")


def written_about(device, office, other):
    """Everything that a store does with a text: draft, finish, sync, search, conflict, discard, attach."""

    def begin(db):
        drafts.begin(db, "file", "case", "case_file", "1")
        drafts.save_answers(db, "file", {"case_code": "AL-7Q4KD2M-X", **CANARIES})

    def edit(db, note):
        drafts.open_draft(db, "file")
        drafts.save_answers(db, "file", {"notes": note})
        drafts.finish(db, "file")

    store = device.store
    xml = f"<form>{CANARIES['notes']}</form>"
    store.write(lambda db: form_library.put(db, StoredForm("f", "1", "h", xml, {"en": xml}, {})))
    store.write(begin)
    store.write(lambda db: drafts.finish(db, "file"))
    office.sync(device)
    office.sync(other)
    other.store.write(lambda db: edit(db, CANARIES["notes"] + " two"))
    store.write(lambda db: edit(db, CANARIES["notes"] + " three"))
    for each in (device, other, device):
        office.sync(each)
    sealed = attachments.seal_file(device.folder, "\n".join(CANARIES.values()).encode())
    store.write(lambda db: drafts.open_draft(db, "file"))
    store.write(lambda db: attachments.add(db, "file", sealed))
    store.write(
        lambda db: drafts.save_answers(db, "file", {"photo": sealed.name, "notes": CANARIES["notes"]})
    )
    store.write(lambda db: meta.put(db, "canary", CANARIES["given_name"]))


def found_in(folder: Path) -> set[str]:
    wanted = list(needles())
    files = [file for file in folder.rglob("*") if file.is_file()]
    assert files
    return {
        f"{word} in {file.name}"
        for file in files
        for word, raw in wanted
        if raw in file.read_bytes() or word in file.name
    }


def test_no_canary_can_be_read_in_the_folder_of_a_store(mira, arben, office, tmp_path, monkeypatch):
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    monkeypatch.setenv("SQLITE_TMPDIR", str(temporary))
    written_about(mira, office, arben)
    assert len(mira.store.read(lambda db: cases.listed(db, "пташина"))) == 1
    assert mira.store.read(lambda db: records.values(db, "file"))["given_name"] == CANARIES["given_name"]
    assert mira.store.read(conflicts.listed) or arben.store.read(conflicts.listed)
    assert found_in(mira.folder) == set()
    mira.store.close()
    assert found_in(mira.folder) == set()
    assert list(temporary.iterdir()) == []


def test_the_search_for_canaries_finds_one_that_is_there(tmp_path):
    (tmp_path / "leak").write_bytes(b"\x00" + CANARIES["family_name"].encode("cp1251") + b"\x00")
    assert found_in(tmp_path)


def test_an_erased_name_is_gone_from_the_search_index_too(mira, arben, office):
    written_about(mira, office, arben)

    def rename(db):
        drafts.save_answers(db, "file", dict.fromkeys(CANARIES))
        drafts.finish(db, "file")

    mira.store.write(rename)
    office.sync(mira)
    words = mira.store.read(lambda db: [row[0] for row in db.rows("SELECT hex(block) FROM case_search_data")])
    assert not [word for word in words if "пташина".encode().hex().upper() in word]
