"""Every form of the library filled in at random, a thousand times each: `make torture ONLY=library`.

    python -m tests.library.fill [FORM…] [--times 1000] [--seed N] [--workers 2]

What is checked of each filling is told in fillings.py; the same seed does the same again. Over all fillings
of a form each of its questions is to be met, and each of its choices taken without being refused: what never
is, is dead, and told. So is an answer of safety that was hidden by the answer which calls for a stop.
The table has for each form

    questions     notes too; how many of these, and of the choices, are dead stands under 'met'
    finished      fillings that were finished, sent as a submission and read back
    changed back  answers that were changed and changed back; the change hid so many others ('hidden'), and
                  called so often for a stop ('stops')
"""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from concurrent.futures import ProcessPoolExecutor
from typing import Final

from forms.definition import FormDefinition
from forms.library import forms, read
from forms.xform.load import load_form
from forms.xlsform.to_xform import xform_from_xlsform
from tests.library.fillings import Filling, Met, Tally


def fill_form(form_id: str, times: int, seed: int) -> Tally:
    """All fillings of one form; never raises. It ends at the tenth failure."""
    return fill_definition(load_form(xform_from_xlsform(read(form_id)).xml), times, seed)


def fill_definition(definition: FormDefinition, times: int, seed: int) -> Tally:
    """The same for a form that is loaded."""
    tally = Tally(definition.id, sum(each.visible for each in definition.questions.values()))
    met = Met(definition)
    start = time.perf_counter()
    for number in range(times):
        name = f"{definition.id}:{seed}:{number}"
        try:
            tally.failures += [f"{name}: {found}" for found in Filling(definition, name, met, tally).fill()]
        except Exception:
            tally.failures.append(f"{name}: {traceback.format_exc(limit=-6)}")
        tally.fillings += 1
        if len(tally.failures) > 9:
            break
    tally.seconds = time.perf_counter() - start
    tally.dead_questions = tuple(sorted(met.open_questions))
    tally.dead_choices = tuple(sorted(met.open_choices))
    return tally


HEADING: Final = (
    f"{'form':22} {'questions':>9} {'fillings':>8} {'finished':>8} {'answers':>8} {'rows':>6} "
    f"{'languages':>9} {'changed back':>12} {'hidden':>7} {'stops':>6} {'met':>11} {'seconds':>7}"
)


def line_of(tally: Tally) -> str:
    dead = len(tally.dead_questions) + len(tally.dead_choices)
    return (
        f"{tally.form:22} {tally.questions:9} {tally.fillings:8} {tally.finished:8} {tally.answers:8} "
        f"{tally.rows:6} {tally.languages:9} {tally.reconsidered:12} {tally.hidden:7} {tally.stops:6} "
        f"{f'{dead} dead' if dead else 'all':>11} {tally.seconds:7.0f}"
        f"{'  FAILED' if tally.failures else ''}"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("forms", nargs="*", metavar="FORM")
    parser.add_argument("--times", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    chosen = parser.parse_args()
    ids = chosen.forms or [form_id for form_id, _ in forms()]
    start = time.perf_counter()
    tallies: list[Tally] = []
    print(HEADING)
    with ProcessPoolExecutor(chosen.workers) as pool:
        started = [pool.submit(fill_form, form_id, chosen.times, chosen.seed) for form_id in ids]
        for one in started:
            tally = one.result()
            tallies.append(tally)
            print(line_of(tally), flush=True)
            for failure in tally.failures:
                print("    ", failure)
            for path in tally.dead_questions:
                print(f"     never met: {path}")
            for path, name in tally.dead_choices:
                print(f"     never taken: {path} = {name}")
            for (change, at), count in sorted(tally.hidden_by_stops.items()):
                print(f"     hidden by the stop that {change} calls for: {at} ({count} times)")
    failed = [tally.form for tally in tallies if tally.failures or tally.hidden_by_stops]
    dead = [tally.form for tally in tallies if tally.dead]
    print(
        f"{len(tallies)} forms, {sum(t.fillings for t in tallies)} fillings, "
        f"{sum(t.finished for t in tallies)} finished and read back, "
        f"{sum(t.answers for t in tallies)} answers, "
        f"{sum(t.hidden for t in tallies)} answers hidden and back in {time.perf_counter() - start:.0f} s; "
        f"{len(failed)} forms failed, {len(dead)} have something dead"
    )
    return 1 if failed or dead else 0


if __name__ == "__main__":
    sys.exit(main())
