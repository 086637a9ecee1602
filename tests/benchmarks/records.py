"""The 10,000 records that every comparison of this kind uses, and a form that can hold them.

Where the shared generator is there, its records are used, so that figures of peers stand beside
ours; elsewhere records of the same shape and size are made here.
"""

from __future__ import annotations

import contextlib
import importlib.util
import io
import os
import random
import uuid
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
_SHARED = ROOT.parent / "shared" / "peer_bench" / "gen.py"
COUNT = 10_000

Record = dict[str, Any]


def load(folder: Path) -> tuple[list[Record], list[Record], str]:
    """(records, a hundred of them with three fields changed, where they come from)."""
    if _SHARED.exists():
        os.environ["PEER_BENCH_HOME"] = str(folder)
        spec = importlib.util.spec_from_file_location("peer_bench_gen", _SHARED)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        with contextlib.redirect_stdout(io.StringIO()):
            records, changed, _, _ = module.load(str(folder / "data"))
        return records, changed, "the shared generator"
    chance = random.Random(20261122)
    records = [_record(chance) for _ in range(COUNT)]
    changed = [
        dict(one, status="reviewed", temperature_c=37.1, updated_at="2026-11-20T09:00:00.000+03:00")
        for one in chance.sample(records, 100)
    ]
    return records, changed, "an own generator of the same shape"


_SYLLABLES = ["ba", "de", "ki", "lo", "mu", "na", "po", "ra", "si", "tu", "ve", "wo", "ya", "zi"]


def _words(chance: random.Random, count: int) -> str:
    return " ".join("".join(chance.choices(_SYLLABLES, k=chance.randint(1, 3))) for _ in range(count))


def _record(chance: random.Random) -> Record:
    day, hour = f"2026-{chance.randint(1, 10):02d}-{chance.randint(1, 28):02d}", chance.randint(6, 18)
    moment = f"{day}T{hour:02d}:00:00.000+03:00"
    return {
        "record_id": str(uuid.UUID(int=chance.getrandbits(128), version=4)),
        "form_id": "sample_visit",
        "form_version": "1",
        "case_id": f"CASE-{chance.randint(1, 4000):06d}",
        "household_id": f"HH-{chance.randint(1, 2500):05d}",
        "device_id": f"tab-{chance.randint(1, 400):04d}",
        "enumerator": f"worker{chance.randint(1, 380):03d}",
        "created_at": moment,
        "updated_at": moment,
        "status": chance.choice(["draft", "complete", "needs_review"]),
        "region": "Nowhere",
        "district": _words(chance, 1),
        "village": _words(chance, 2),
        "child_name": _words(chance, 2),
        "caregiver_name": _words(chance, 2),
        "phone": f"+000{chance.randint(10_000_000, 99_999_999)}",
        "sex": chance.choice("mf"),
        "birth_date": f"20{chance.randint(21, 26)}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}",
        "gps_lat": round(chance.gauss(0, 0.08), 7),
        "gps_lon": round(chance.gauss(34, 0.08), 7),
        "gps_accuracy_m": round(chance.uniform(2.5, 38), 1),
        "temperature_c": round(chance.uniform(35.8, 40.4), 1),
        "muac_mm": chance.randint(98, 178),
        "weight_kg": round(chance.uniform(3.2, 19.5), 2),
        "resp_rate": chance.randint(22, 68),
        "symptoms": chance.sample(_SYLLABLES, chance.randint(1, 5)),
        "rdt_result": chance.choice(["positive", "negative", "invalid", None]),
        "treatment": chance.sample(_SYLLABLES, chance.randint(1, 2)),
        "referred": chance.random() < 0.22,
        "notes": _words(chance, chance.randint(100, 190)),
    }


def answers(record: Record) -> dict[str, Any]:
    """The record's fields as answers of a form: everything but its identity."""
    kept = {
        name: value for name, value in record.items() if name not in ("record_id", "form_id", "form_version")
    }
    return {
        name: ("yes" if value is True else "no" if value is False else value) for name, value in kept.items()
    }


def form_text(record: Record) -> str:
    """An XLSForm, as a table in text, with one question for each field of `record`."""
    kinds = {bool: "text", int: "integer", float: "decimal", str: "text", list: "text", type(None): "text"}
    rows = "\n".join(
        f"| | {kinds[type(value)]} | {name} | {name} |" for name, value in answers(record).items()
    )
    return (
        "| survey |\n| | type | name | label |\n" + rows + "\n| settings |\n"
        "| | form_title | form_id | version |\n| | Sample visit | sample_visit | 1 |\n"
    )
