"""The house rules that the import linter cannot say, read from the sources themselves."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("app", "forms", "sync_server")


def _sources(*folders: str) -> Iterator[Path]:
    for folder in folders or PACKAGES:
        yield from sorted((ROOT / folder).rglob("*.py"))


def _imports(source: Path) -> set[str]:
    """The modules that a file imports, anywhere in it, by their full names."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


def _who_imports(library: str) -> set[str]:
    return {
        source.relative_to(ROOT).as_posix()
        for source in _sources()
        if any(name == library or name.startswith(library + ".") for name in _imports(source))
    }


def test_packaging_is_no_package_since_it_would_shadow_the_library_of_that_name() -> None:
    assert not (ROOT / "packaging" / "__init__.py").exists()
    names = {path.stem for path in (ROOT / "packaging").glob("*.py")}
    assert not names & {"app", "forms", "sync_server", "packaging"}


@pytest.mark.parametrize(
    ("library", "only_in"),
    [
        ("requests", {"app/sync/http_client.py"}),
        ("pyxform", {"forms/xlsform/to_xform.py"}),
        ("fpdf", {"app/ui/bidi.py"}),
    ],
)
def test_a_library_has_one_door(library: str, only_in: set[str]) -> None:
    assert _who_imports(library) == only_in


@pytest.mark.parametrize(
    ("library", "below"),
    [
        ("kivy", ("app/ui/",)),
        ("sqlcipher3", ("app/store/", "sync_server/storage/")),
        ("sqlalchemy", ("sync_server/storage/",)),
        ("flask", ("sync_server/web/",)),
        ("waitress", ("sync_server/web/",)),
    ],
)
def test_a_library_stays_in_its_room(library: str, below: tuple[str, ...]) -> None:
    strays = {name for name in _who_imports(library) if not name.startswith(below)}
    assert not strays
    assert _who_imports(library), f"nobody imports {library}: is the check still looking at the right name?"


WINDOW_FIRST = """
import sys

class Watch:
    def find_spec(self, name, *_):
        if name == "kivy.core.window":
            sys.exit(0 if "app.ui.homeward_app" in sys.modules else "the window opens before it is arranged")

sys.meta_path.insert(0, Watch())
import {module}
sys.exit("no window")
"""


@pytest.mark.parametrize("module", ["app.ui.homeward_app", "app.ui.preview_app", "app.ui.tour"])
def test_kivy_opens_no_window_before_it_is_told_how(module: str) -> None:
    started = [sys.executable, "-c", WINDOW_FIRST.format(module=module)]
    done = subprocess.run(started, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_the_server_package_itself_imports_nothing() -> None:
    assert (ROOT / "sync_server" / "__init__.py").read_text(encoding="utf-8").strip() == ""


def test_nothing_imports_the_tests_or_the_packaging_scripts() -> None:
    for source in _sources():
        roots = {name.split(".")[0] for name in _imports(source)}
        assert not roots & {"tests"}, source


def test_no_source_file_grows_into_two_nouns() -> None:
    long = {
        source.relative_to(ROOT).as_posix(): lines
        for source in _sources()
        if (lines := len(source.read_text(encoding="utf-8").splitlines())) > 500
    }
    assert not long


def test_no_file_is_named_after_nothing() -> None:
    empty_names = re.compile(r"^(utils?|helpers?|misc|common|manager)$")
    assert not [source for source in _sources() if empty_names.match(source.stem)]


def test_locks_pin_with_hashes_and_name_no_index() -> None:
    for lock in (ROOT / "packaging" / "requirements").glob("*.txt"):
        text = lock.read_text(encoding="utf-8")
        assert "--hash=sha256:" in text
        assert "index-url" not in text
        assert "://" not in text
