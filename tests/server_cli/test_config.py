"""A server's folder, settings and master key."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync_server.config import (
    SetupProblem,
    key_as_text,
    key_from_text,
    load_config,
    master_key,
    new_folder,
    new_master_key,
    safe_to_write,
    write_config,
    write_key_file,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_config(new_folder(tmp_path / "server"))
    return tmp_path / "server"


def code_of(raised: pytest.ExceptionInfo[SetupProblem]) -> str:
    return raised.value.code


def nobody_answers(_prompt: str) -> str:
    raise EOFError


def test_a_new_folder_is_closed_to_others_and_its_settings_are_the_defaults(folder: Path) -> None:
    assert folder.stat().st_mode & 0o077 == 0
    config = load_config(folder, {})
    assert config.database is None
    assert config.connections > 100


def test_the_environment_overrides_the_file(folder: Path) -> None:
    (folder / "server.toml").write_text("threads = 4\n")
    assert load_config(folder, {}).threads == 4
    assert load_config(folder, {"HOMEWARD_THREADS": "6"}).threads == 6


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("treads = 4", "config.setting.unknown"),
        ("threads = 0", "config.setting.out_of_range"),
        ("connections = 100", "config.setting.out_of_range"),
        ("threads = true", "config.setting.invalid"),
        ('threads = "many"', "config.setting.invalid"),
        ('database = "mysql://host/db"', "config.database.unsupported"),
        ('database = "postgresql://host:port/db"', "config.database.invalid"),
        ('database = "postgresql://[::1/db"', "config.database.invalid"),
        ("threads = = 4", "config.file.not_toml"),
    ],
)
def test_a_wrong_setting_is_refused_not_ignored(folder: Path, line: str, code: str) -> None:
    (folder / "server.toml").write_text(line + "\n")
    with pytest.raises(SetupProblem) as raised:
        load_config(folder, {})
    assert code_of(raised) == code


def test_a_folder_that_was_never_initialised_says_so(tmp_path: Path) -> None:
    with pytest.raises(SetupProblem) as raised:
        load_config(tmp_path, {})
    assert code_of(raised) == "config.folder.not_initialised"


def test_a_folder_with_something_in_it_is_never_taken(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(SetupProblem) as raised:
        new_folder(folder)
    assert code_of(raised) == "config.folder.already_initialised"
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "one.txt").write_text("keep me")
    with pytest.raises(SetupProblem) as raised:
        new_folder(tmp_path / "letters")
    assert code_of(raised) == "config.folder.not_empty"


@pytest.mark.parametrize("url", ["homeward:secret@localhost/homeward", "h@localhost/h?password=secret"])
def test_a_password_in_the_database_url_does_not_reach_the_file(url: str) -> None:
    with pytest.raises(SetupProblem) as raised:
        safe_to_write(f"postgresql://{url}")
    assert code_of(raised) == "config.database.password_in_url"
    assert "secret" not in str(raised.value)
    assert safe_to_write("postgresql://homeward@localhost/h") == "postgresql+psycopg://homeward@localhost/h"


@given(st.binary(min_size=32, max_size=32))
def test_a_key_survives_being_written_down_and_typed_again(key: bytes) -> None:
    text = key_as_text(key)
    assert key_from_text(text) == key
    assert key_from_text(text.lower().replace("-", " ")) == key
    assert key_from_text(key.hex()) == key


@given(st.text(max_size=51))
def test_a_text_that_is_no_key_is_a_problem_and_nothing_else(text: str) -> None:
    with pytest.raises(SetupProblem) as raised:
        key_from_text(text)
    assert code_of(raised) == "config.master_key.unreadable"


def test_the_key_comes_from_the_environment_then_the_file_then_the_person(folder: Path) -> None:
    config = load_config(folder, {})
    given_key, filed, typed = new_master_key(), new_master_key(), new_master_key()
    assert master_key(config, {}, ask=lambda _: key_as_text(typed)) == typed
    write_key_file(config, filed)
    assert master_key(config, {}, ask=nobody_answers) == filed
    assert master_key(config, {"HOMEWARD_MASTER_KEY": given_key.hex()}, ask=nobody_answers) == given_key


def test_without_a_key_and_without_a_person_the_start_is_refused(folder: Path) -> None:
    with pytest.raises(SetupProblem) as raised:
        master_key(load_config(folder, {}), {}, ask=nobody_answers)
    assert code_of(raised) == "config.master_key.missing"


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
def test_a_key_file_that_others_may_read_is_refused(folder: Path) -> None:
    config = load_config(folder, {})
    write_key_file(config, new_master_key())
    assert config.key_file.stat().st_mode & 0o777 == 0o600
    config.key_file.chmod(0o640)
    with pytest.raises(SetupProblem) as raised:
        master_key(config, {}, ask=nobody_answers)
    assert code_of(raised) == "config.master_key.readable_by_others"
