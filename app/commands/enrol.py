"""enrol --server URL --login L: make this device known to a server, and its store."""

from __future__ import annotations

import argparse

from app.commands.secrets import new_passphrase, secret, tell_passphrase
from app.settings import Settings


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--server", required=True, help="as https://office.example; http:// on this machine itself only"
    )
    parser.add_argument("--login", required=True)
    parser.add_argument("--label", default="", help="a name for this device, shown to the office")
    parser.add_argument(
        "--demo", action="store_true", help="a device of invented people, for demo servers only"
    )


def run(settings: Settings, wanted: argparse.Namespace) -> int:
    password = secret("HOMEWARD_PASSWORD", "Password of the server: ")
    passphrase, made = new_passphrase(settings)
    from app.sync.enrolment import enrol

    keys: list[str] = []
    session = enrol(
        *(settings.folder, wanted.server, wanted.login, password, passphrase, wanted.label),
        demo=wanted.demo,
        tell_recovery_key=keys.append,
    )
    print(f"enrolled {session.login} ({session.role}, office {session.office}) as device {session.device}")
    for key in keys:
        print(f"The office's recovery key opens it, too. Compare with the coordinator: {key}")
    tell_passphrase(passphrase, made)
    return 0
