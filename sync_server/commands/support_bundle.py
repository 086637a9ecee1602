"""support-bundle --dir DIR --out FILE.zip: pack logs and versions, nobody's data, for support.

Needs no master key: nothing that is encrypted is opened. Broken settings are among what it tells.
"""

from __future__ import annotations

import argparse
import logging
from pathlib import Path

from sync_server import support_bundle
from sync_server.config import ServerConfig, SetupProblem, load_config

log = logging.getLogger("sync_server.command")


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--out", type=Path, required=True, metavar="FILE.zip", help="a file that is not there yet"
    )


def run(wanted: argparse.Namespace) -> None:
    try:
        config = load_config(wanted.dir)
    except SetupProblem as problem:
        if problem.code in ("config.folder.not_initialised", "config.file.not_readable"):
            raise
        log.warning("command.refused", extra={"code": problem.code})
        config = ServerConfig(folder=wanted.dir)
    print(support_bundle.write(config, wanted.out))
