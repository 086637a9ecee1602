"""Makes docs/errors.md, the page of every error code, from the texts in the code, the table of what the lint
finds at the end of docs/forms.md, and what answers what at the end of docs/htcds.md: `make docs`.

    python packaging/error_catalogue.py [--check]

With --check nothing is written, and the exit status is 1 when the page is not what the code says.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from app.problems import TEXTS as APP  # noqa: E402 - found only now
from forms.casework.htcds import Field, Source, standard  # noqa: E402
from forms.lint.texts import TEXTS as LINT  # noqa: E402
from forms.problem_texts import TEXTS as FORMS  # noqa: E402
from sync_server.command_texts import TEXTS as COMMANDS  # noqa: E402
from sync_server.protocol.problems import CODES as WIRE  # noqa: E402

NOTHING_TO_DO = "Nothing has to be done."
PAGE = ROOT / "docs" / "errors.md"
FORMS_PAGE = ROOT / "docs" / "forms.md"
HTCDS_PAGE = ROOT / "docs" / "htcds.md"
_HTCDS_MARK = "<!-- The tables are made from htcds.toml by `make docs`; edit the mapping there. -->\n"
_MARK = "<!-- The table is made from the code by `make docs`; edit the texts there. -->\n"

_HEAD = """\
# Error codes

Every problem that Homeward tells has a stable code. It stands in brackets behind the text, in the logs and
in a [support bundle](index.md#when-something-goes-wrong). Look it up here: what happened, and what to do.
Names in {braces} are filled in with a number, the name of a form, a question, a file or a setting, or a
command; never with anything that tells of a person.

*Made from the code by `make docs`; edit the texts there.*
"""


@dataclass(frozen=True, slots=True)
class Place:
    """Where codes come from, and what a reader should know of that."""

    title: str
    about: str
    rows: tuple[tuple[str, ...], ...]
    heads: tuple[str, ...] = ("code", "what happened", "what to do")


def places() -> tuple[Place, ...]:
    return (
        Place(
            "App",
            "Shown on the device, in the language of its screens; these are the English texts.",
            tuple((code, *_parted(text)) for code, text in sorted(APP.items()) if code not in WIRE),
        ),
        Place(
            "Wire",
            "Told by the server to a device, as `application/problem+json` with this HTTP status "
            "([the protocol](../sync_server/protocol/README.md)); the device shows the text.",
            tuple((code, str(status), *_parted(APP[code])) for code, status in sorted(WIRE.items())),
            ("code", "status", "what happened", "what to do"),
        ),
        Place(
            "Forms",
            "Told by the server's command `publish-form`, and from the sources by `python -m forms check`, "
            "to who writes a form. Nothing of a form with one of these is published.",
            tuple((code, *map(_plain, texts)) for code, texts in sorted(FORMS.items())),
        ),
        Place(
            "Server commands",
            "Told by the server's commands to who looks after the server.",
            tuple((code, *_parted(text)) for code, text in sorted(COMMANDS.items())),
        ),
    )


def page() -> str:
    return "\n".join([_HEAD, *(_section(place) for place in places())])


def _section(place: Place) -> str:
    rows = [place.heads, tuple("---" for _ in place.heads)]
    rows += [(f"`{code}`", *rest) for code, *rest in place.rows]
    return f"## {place.title}\n\n{place.about}\n\n{_table(rows)}\n"


def _table(rows: Iterable[tuple[str, ...]]) -> str:
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows)


def _parted(text: str) -> tuple[str, str]:
    """A text of one string: its first sentence says what happened, the others what to do."""
    happened, _, remedy = re.sub(r"(?<=[.?!])\s+", "\n", _plain(text), count=1).partition("\n")
    return happened, remedy or NOTHING_TO_DO


def _plain(text: str) -> str:
    return text.replace("{{", "{").replace("}}", "}")


def codes() -> Mapping[str, str]:
    """Every code of the page and the title of its place."""
    return {row[0]: place.title for place in places() for row in place.rows}


def forms_page() -> str:
    """The page for writers of forms, with the table of the lint as the code has it."""
    written, _, _ = FORMS_PAGE.read_text(encoding="utf-8").partition(_MARK)
    rows = [("code", "what was found", "what to do"), ("---", "---", "---")]
    rows += [(f"`{code}`", *map(_plain, texts)) for code, texts in sorted(LINT.items())]
    return f"{written}{_MARK}\n{_table(rows)}\n"


def htcds_page() -> str:
    """The page of the exchange, with the tables of what answers which field and of what nobody asks."""
    written, _, _ = HTCDS_PAGE.read_text(encoding="utf-8").partition(_HTCDS_MARK)
    fields, reasons = standard().fields.values(), standard().reasons
    answered = [known for known in fields if known.sources]
    rows = [("field", "our meaning", "the same", "written as", "read as", "has no word"), ("---",) * 6]
    rows += [_answered(known, source) for known in answered for source in known.sources]
    missing = [("not asked", "why"), ("---", "---")]
    for code, reason in reasons.items():
        names = ", ".join(f"`{known.name}`" for known in fields if known.not_asked == code)
        missing.append((names, reason))
    return (
        f"{written}{_HTCDS_MARK}\n## What answers what\n\n{len(answered)} of {len(fields)} fields are "
        f"answered by questions of the library.\n\n{_table(rows)}\n\n## What HTCDS has and nobody asks\n\n"
        f"{len(fields) - len(answered)} fields are left out on purpose, or await a question.\n\n"
        f"{_table(missing)}\n"
    )


def _answered(known: Field, source: Source) -> tuple[str, ...]:
    condition = "".join(f", where `{name}` is {wanted}" for name, wanted in source.when.items())
    same = _pairs(source.same.items(), "=") if known.choices else "all of it"
    return (
        f"`{known.name}`",
        f"`{source.meaning}`{condition}",
        same,
        _pairs(source.kind_of.items(), "→"),
        _pairs(((ours, theirs) for theirs, ours in source.holds.items()), "←"),
        ", ".join(sorted(source.silent)),
    )


def _pairs(pairs: Iterable[tuple[str, str]], sign: str) -> str:
    """Our choice and theirs, those that share theirs together."""
    together: dict[str, list[str]] = {}
    for ours, theirs in pairs:
        together.setdefault(theirs, []).append(ours)
    return "; ".join(f"{', '.join(ours)} {sign} `{theirs.strip()}`" for theirs, ours in together.items())


def main() -> int:
    parser = argparse.ArgumentParser(description="Makes docs/errors.md from the texts in the code.")
    parser.add_argument("--check", action="store_true", help="only tell whether the pages are up to date")
    wanted = {PAGE: page(), FORMS_PAGE: forms_page(), HTCDS_PAGE: htcds_page()}
    if not parser.parse_args().check:
        for path, text in wanted.items():
            path.write_text(text, encoding="utf-8")
        print(f"{PAGE.relative_to(ROOT)}: {len(codes())} codes")
        print(f"{FORMS_PAGE.relative_to(ROOT)}: {len(LINT)} codes of the lint")
        print(f"{HTCDS_PAGE.relative_to(ROOT)}: {len(standard().fields)} fields of HTCDS")
        return 0
    old = [path for path, text in wanted.items() if path.read_text(encoding="utf-8") != text]
    for path in old:
        print(f"{path.relative_to(ROOT)} is not what the code says: run 'make docs'.", file=sys.stderr)
    return 1 if old else 0


if __name__ == "__main__":
    sys.exit(main())
