"""Where settings come from, and that a wrong one is told by its name."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.problems import Problem
from app.settings import Settings, load


def test_without_a_file_the_defaults_stand(tmp_path: Path) -> None:
    assert load(tmp_path, environment={}) == Settings(tmp_path)


def test_the_command_line_beats_the_environment_which_beats_the_file(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('language = "sq"\nsync_every = 60\nauto_sync = false\n')
    from_file = load(tmp_path, environment={})
    assert (from_file.language, from_file.sync_every, from_file.auto_sync) == ("sq", 60.0, False)
    environment = {"HOMEWARD_LANGUAGE": "uk", "HOMEWARD_AUTO_SYNC": "yes"}
    assert load(tmp_path, environment).language == "uk"
    assert load(tmp_path, environment).auto_sync is True
    assert load(tmp_path, environment, language="ar").language == "ar"
    assert load(tmp_path, environment, language=None).language == "uk"


def test_the_office_says_in_seconds_how_long_a_cover_lasts_and_when_it_locks(tmp_path: Path) -> None:
    assert (load(tmp_path, {}).cover_lasts, load(tmp_path, {}).lock_after) == (300, 600)
    (tmp_path / "settings.toml").write_text("cover_lasts = 120\nlock_after = 240\n")
    assert load(tmp_path, {}).cover_lasts == 120
    assert load(tmp_path, {"HOMEWARD_LOCK_AFTER": "60"}).lock_after == 60


def test_the_folder_may_come_from_the_environment(tmp_path: Path) -> None:
    assert load(environment={"HOMEWARD_DIR": str(tmp_path)}).folder == tmp_path


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("server = 'https://example.invalid'", "settings.name.unknown"),
        ("sync_every = -5", "settings.value.invalid"),
        ("sync_every = 'soon'", "settings.value.invalid"),
        ("sync_every = true", "settings.value.invalid"),
        ("sync_every = nan", "settings.value.invalid"),
        ("auto_sync = 'perhaps'", "settings.value.invalid"),
        ("lock_after = 0", "settings.value.invalid"),
        ("cover_lasts = 'for ever'", "settings.value.invalid"),
        ("language = 5", "settings.value.invalid"),
        ("language", "settings.file.invalid"),
    ],
)
def test_a_wrong_setting_is_told_by_its_code(tmp_path: Path, text: str, code: str) -> None:
    (tmp_path / "settings.toml").write_text(text)
    with pytest.raises(Problem) as caught:
        load(tmp_path, environment={})
    assert caught.value.code == code
