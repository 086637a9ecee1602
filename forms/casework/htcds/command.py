"""`python -m forms htcds import FILE… --out ANSWERS.jsonl`: records of HTCDS become answers by our meanings.
`python -m forms htcds export ANSWERS.jsonl… --out FILE`: such answers become records of HTCDS.

Questions of an office's own forms count too where they are marked and the forms are given (`--form`).
HTCDS is read from .csv, .jsonl, .json and the .xml of its own form, and written as .csv or .jsonl. What has
no word on the other side is told by field, count and reason, never by value; an import keeps the values in
its file, as `aside`. Files of both kinds hold names: keep them where case files are kept. Whether one may be
given to somebody is decided by consent, before it is made.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from forms.casework.htcds import files
from forms.casework.htcds.crosswalk import Crosswalk, standard
from forms.casework.htcds.record import WHY, Unplaced, read, write
from forms.check import check_file, publishable
from forms.errors import FormProblem
from forms.problem_texts import explain


def declare(parser: argparse.ArgumentParser) -> None:
    """The arguments of `htcds`."""
    parser.add_argument("direction", choices=("import", "export"))
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--out", type=Path, metavar="FILE", required=True, help="the file to write")
    parser.add_argument(
        "--form", type=Path, action="append", default=[], metavar="FORM", help="an own form with marks"
    )
    parser.add_argument("--force", action="store_true", help="write over a file that is there")


def run(options: argparse.Namespace) -> int:
    """Writes one file of all records, and tells what was not said in it; 1 when nothing is written."""
    target: Path = options.out
    make = _imported if options.direction == "import" else _exported
    try:
        if target.exists() and not options.force:
            raise FormProblem("form.convert.target_exists", file=target.name)
        crosswalk = standard().marked([publishable(check_file(form)) for form in options.form])
        text, count, unplaced = make(options.files, target, crosswalk)
        _write(target, text)
    except FormProblem as problem:
        told = explain(problem)
        print(f"problem: {problem.code}\n  cause: {told.cause}\n  remedy: {told.remedy}", file=sys.stderr)
        return 1
    print(f"{target}: {count} record{'' if count == 1 else 's'}")
    times = Counter((each.name, each.why) for each in unplaced)
    for (name, why), number in sorted(times.items()):
        print(f"{name}: {number} time{'' if number == 1 else 's'}, {WHY[why]}", file=sys.stderr)
    return 0


def _imported(sources: Iterable[Path], target: Path, crosswalk: Crosswalk) -> tuple[str, int, list[Unplaced]]:
    if target.suffix.lower() != files.LINES:
        raise FormProblem("form.htcds.unknown_kind", file=target.name)
    found = [read(record, crosswalk) for source in sources for record in files.records_in(source)]
    return files.lines_of_answers(found), len(found), [one for each in found for one in each.aside]


def _exported(sources: Iterable[Path], target: Path, crosswalk: Crosswalk) -> tuple[str, int, list[Unplaced]]:
    writer = {files.TABLE: files.table_of_records, files.LINES: files.lines_of_records}.get(
        target.suffix.lower()
    )
    if writer is None:
        raise FormProblem("form.htcds.unknown_kind", file=target.name)
    found = [write(each.values, crosswalk) for source in sources for each in files.answers_in(source)]
    records = [each.record for each in found]
    return writer(records), len(records), [one for each in found for one in each.left_out]


def _write(target: Path, text: str) -> None:
    """A table begins with the mark by which spreadsheets know UTF-8."""
    encoding = "utf-8-sig" if target.suffix.lower() == files.TABLE else "utf-8"
    try:
        target.write_bytes(text.encode(encoding))
    except (OSError, UnicodeEncodeError) as problem:
        raise FormProblem("form.convert.not_written", file=target.name) from problem
