"""Sealed files: opaque on the disk, whole or refused, without place and time of a photo."""

from __future__ import annotations

import hashlib
from io import BytesIO

import pytest
from PIL import Image, ImageChops, PngImagePlugin

from app.problems import Problem
from app.store import attachments, drafts
from app.store.attachments import CHUNK

SIZES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 17]


def content(size):
    return bytes(hashlib.shake_128(b"seed").digest(size))


@pytest.mark.parametrize("size", SIZES)
def test_what_was_sealed_opens_as_it_was(tmp_path, size):
    sealed = attachments.seal_file(tmp_path, content(size))
    assert attachments.open_file(tmp_path, sealed.name) == content(size)
    file = attachments.path_of(tmp_path, sealed.hash)
    assert file.stat().st_size == sealed.bytes
    assert hashlib.blake2b(file.read_bytes(), digest_size=32).hexdigest() == sealed.hash
    assert attachments.is_name(sealed.name)
    assert attachments.hash_of(sealed.name) == sealed.hash


def test_the_same_photo_sealed_twice_looks_different(tmp_path):
    one, two = (attachments.seal_file(tmp_path, content(100)) for _ in range(2))
    assert one.name[:64] != two.name[:64]
    assert one.name[65:] != two.name[65:]


@pytest.mark.parametrize("size", SIZES)
def test_a_cut_swapped_or_flipped_file_is_damaged(tmp_path, size):
    sealed = attachments.seal_file(tmp_path, content(size))
    file = attachments.path_of(tmp_path, sealed.hash)
    whole = file.read_bytes()
    piece = CHUNK + 16
    mutations = [whole[:24], whole[:-1], whole[:23], b"", whole + b"x", whole + whole[24:]]
    mutations += [
        whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]
        for place in (0, 8, 24, -1 % len(whole))
    ]
    if len(whole) > 24 + 2 * piece:
        mutations.append(
            whole[:24] + whole[24 + piece : 24 + 2 * piece] + whole[24 : 24 + piece] + whole[24 + 2 * piece :]
        )
        mutations.append(whole[: 24 + piece])  # cut exactly between two chunks
        mutations.append(whole[:24] + whole[24 + piece :])
    for mutated in mutations:
        file.write_bytes(mutated)
        with pytest.raises(Problem, match=r"attachment\.file\.damaged"):
            attachments.open_file(tmp_path, sealed.name)


def test_another_files_key_opens_nothing(tmp_path):
    one, two = (attachments.seal_file(tmp_path, content(100)) for _ in range(2))
    with pytest.raises(Problem, match=r"attachment\.file\.damaged"):
        attachments.open_file(tmp_path, f"{one.hash}:{two.name[65:]}")


@pytest.mark.parametrize("name", ["", "../store.db", "0" * 64, "0" * 64 + ":" + "/" * 43, "x" * 108])
def test_a_name_that_is_none_touches_no_file(tmp_path, name):
    with pytest.raises(Problem, match=r"attachment\.name\.invalid"):
        attachments.open_file(tmp_path, name)
    with pytest.raises(Problem, match=r"attachment\.name\.invalid"):
        attachments.path_of(tmp_path, name if len(name) != 64 else "../" + name)


def test_a_file_that_comes_down_with_another_hash_is_not_kept(tmp_path):
    with pytest.raises(Problem, match=r"attachment\.file\.damaged"):
        attachments.keep_file(tmp_path, "0" * 64, b"something else")
    assert not list((tmp_path / "attachments").iterdir())


def test_a_missing_source_and_a_missing_file_have_their_codes(tmp_path):
    with pytest.raises(Problem, match=r"attachment\.source\.missing"):
        attachments.seal_file(tmp_path, tmp_path / "nothing.jpg")
    with pytest.raises(Problem, match=r"attachment\.file\.missing"):
        attachments.open_file(tmp_path, "0" * 64 + ":" + "A" * 43)


def jpeg(orientation=1):
    picture = Image.effect_noise((64, 32), 60).convert("RGB")
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "CameraOfMira"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (41.0, 19.0, 30.0)
    out = BytesIO()
    picture.save(out, "JPEG", exif=exif, comment=b"taken at her home", quality=92)
    return out.getvalue()


def test_a_photo_is_sealed_without_place_time_and_camera(tmp_path):
    source = jpeg()
    assert b"CameraOfMira" in source
    source += jpeg()  # some phones hide a second picture behind the first
    sealed = attachments.seal_file(tmp_path, source)
    kept = attachments.open_file(tmp_path, sealed.name)
    with Image.open(BytesIO(kept)) as after, Image.open(BytesIO(source)) as before:
        assert dict(after.getexif()) == {}
        differences = ImageChops.difference(after, before).getextrema()
        assert max(most for _, most in differences) <= 6, "its picture looks as it did"
    for trace in (b"CameraOfMira", b"Exif", b"her home"):
        assert trace not in kept


def test_a_photo_taken_upright_is_turned_before_it_forgets_that(tmp_path):
    sealed = attachments.seal_file(tmp_path, jpeg(orientation=6))
    with Image.open(BytesIO(attachments.open_file(tmp_path, sealed.name))) as after:
        assert after.size == (32, 64)
        assert dict(after.getexif()) == {}


def test_a_png_loses_its_remarks(tmp_path):
    remarks = PngImagePlugin.PngInfo()
    remarks.add_text("Comment", "taken at her home")
    out = BytesIO()
    Image.new("RGBA", (8, 8), (1, 2, 3, 4)).save(out, "PNG", pnginfo=remarks)
    sealed = attachments.seal_file(tmp_path, out.getvalue())
    kept = attachments.open_file(tmp_path, sealed.name)
    assert b"her home" not in kept
    with Image.open(BytesIO(kept)) as after:
        assert after.getpixel((0, 0)) == (1, 2, 3, 4)


def test_a_broken_picture_is_kept_as_it_is(tmp_path):
    broken = jpeg()[:200]
    sealed = attachments.seal_file(tmp_path, broken)
    assert attachments.open_file(tmp_path, sealed.name) == broken


def attach(device, record="r", path="photo"):
    sealed = attachments.seal_file(device.folder, content(1000))

    def work(db):
        drafts.begin(db, record, "c", "visit", "1")
        attachments.add(db, record, sealed)
        drafts.save_answers(db, record, {path: sealed.name})

    device.store.write(work)
    return sealed


def test_a_photo_goes_up_after_its_form_is_finished_and_comes_down_elsewhere(mira, arben, office):
    sealed = attach(mira)
    assert mira.store.read(attachments.to_send) == ()
    mira.store.write(lambda db: drafts.finish(db, "r"))
    assert mira.store.read(attachments.to_send) == ()
    assert mira.store.read(attachments.waiting) == 1
    office.sync(mira)
    assert mira.store.read(attachments.to_send) == ((sealed.hash, sealed.bytes),)
    mira.store.write(lambda db: attachments.sent(db, sealed.hash))
    assert mira.store.read(attachments.to_send) == ()
    office.sync(arben)
    assert arben.store.read(attachments.to_fetch) == (sealed.hash,)
    size = attachments.keep_file(
        arben.folder, sealed.hash, attachments.path_of(mira.folder, sealed.hash).read_bytes()
    )
    arben.store.write(lambda db: attachments.fetched(db, sealed.hash, size))
    assert arben.store.read(attachments.to_fetch) == ()
    assert attachments.open_file(arben.folder, sealed.name) == content(1000)


def test_the_photo_of_a_discarded_draft_is_deleted(mira):
    sealed = attach(mira)
    mira.store.write(lambda db: drafts.discard(db, "r"))
    assert not attachments.path_of(mira.folder, sealed.hash).exists()
    assert mira.store.read(lambda db: db.rows("SELECT hash FROM attachment")) == []


def test_discarding_an_edit_keeps_the_photo_that_was_finished(mira):
    kept = attach(mira)
    mira.store.write(lambda db: drafts.finish(db, "r"))
    mira.store.write(lambda db: drafts.open_draft(db, "r"))
    dropped = attach(mira, path="second_photo")
    mira.store.write(lambda db: drafts.discard(db, "r"))
    assert attachments.path_of(mira.folder, kept.hash).exists()
    assert not attachments.path_of(mira.folder, dropped.hash).exists()
