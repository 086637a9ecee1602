"""support-bundle --out FILE.zip: pack logs and versions, nobody's data, for support."""

from __future__ import annotations

import argparse
from pathlib import Path

from app import support_bundle
from app.settings import Settings


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--out", type=Path, required=True, metavar="FILE.zip", help="a file that is not there yet"
    )


def run(settings: Settings, wanted: argparse.Namespace) -> int:
    print(support_bundle.write(settings, wanted.out))
    return 0
