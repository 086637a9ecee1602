"""What somebody types in a dialog is never lost by a lock: each dialog with a field says what it keeps."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHEETS = {"Ask", "Dialog", "Sheet"}
#: Sheets with a field in which nothing is lost, and why.
NOTHING_TO_LOSE = {
    "app/ui/widgets/pick.py": "a word to look for in a list",
    "app/ui/widgets/file_picker.py": "the way to a file",
    "app/ui/widgets/folder_picker.py": "the way to a folder",
    "app/ui/screens/directory_pick.py": "a word to look for in a list",
    "app/ui/screens/form_choice.py": "a word to look for in a list",
}


def _name(call: ast.Call) -> str:
    if isinstance(call.func, ast.Name):
        return "" if call.func.id == "super" else call.func.id
    outer = call.func.value if isinstance(call.func, ast.Attribute) else None
    is_super = isinstance(outer, ast.Call) and isinstance(outer.func, ast.Name) and outer.func.id == "super"
    return "super" if is_super else ""


def _is_field(call: ast.Call) -> bool:
    return _name(call) == "TextField" and not any(each.arg == "secret" for each in call.keywords)


def _sheets_with_fields(tree: ast.AST) -> Iterator[tuple[int, bool]]:
    """The line of each, and whether it says what it keeps."""
    for scope in ast.walk(tree):
        bases = {base.id for base in getattr(scope, "bases", ()) if isinstance(base, ast.Name)}
        for function in ast.iter_child_nodes(scope):
            if not isinstance(function, ast.FunctionDef):
                continue
            calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
            opens = SHEETS | ({"super"} if bases & SHEETS else set())
            if any(_is_field(call) for call in calls):
                for call in calls:
                    if _name(call) in opens:
                        yield call.lineno, any(each.arg == "keeps" for each in call.keywords)


def test_each_dialog_with_a_field_says_what_it_keeps() -> None:
    found, careless = 0, []
    for source in sorted((ROOT / "app" / "ui").rglob("*.py")):
        name = source.relative_to(ROOT).as_posix()
        for line, keeps in _sheets_with_fields(ast.parse(source.read_text("utf-8"))):
            found += 1
            if not keeps and name not in NOTHING_TO_LOSE:
                careless.append(f"{name}:{line}")
    assert careless == []
    assert found >= 8
