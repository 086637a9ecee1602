"""The server's commands, and the only place where its parts are put together.

init --dir DIR [--name NAME] [--demo] [--unattended] [--database URL]
add-user --dir DIR --login L --name N --role R --office O [--country XX] [--zone Z]
publish-form --dir DIR (FILE… | --library)
sign-off --dir DIR [--form F…] (--language L… | --all) --by NAME
add-programme --dir DIR (care | tact | FILE.toml)
demo-office --dir DIR
recovery-key --dir DIR --out FILE [--replace]
unlock-code --dir DIR --device D
cover-policy --dir DIR --office O [--lock-after S] [--cover-lasts S] [--pin | --no-pin] [--pin-least N]
serve --dir DIR [--host H] [--port P] [--port-file F]
support-bundle --dir DIR --out FILE.zip

Started as `python -m sync_server`, or as the program `homeward-server` that `make package` builds.
"""

from __future__ import annotations

import argparse
import gc
import ipaddress
import logging
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from forms import library
from forms.casework.programme import programmes
from forms.errors import FormProblem
from forms.problem_texts import explain
from forms.xform.load import load_form
from sync_server import config as configuration
from sync_server import (
    cover_policy,
    folder_lock,
    form_commands,
    jobs,
    key_commands,
    log_lines,
    support_bundle,
)
from sync_server.accounts import ROLES, Accounts, Passwords, Throttle, found_server
from sync_server.arrival_watch import ArrivalWatch
from sync_server.attachments import Attachments
from sync_server.catch_up import CatchUp
from sync_server.command_texts import text_of
from sync_server.config import ServerConfig, SetupProblem
from sync_server.demo_office import people
from sync_server.exchange import Exchange
from sync_server.form_catalogue import FormCatalogue
from sync_server.office_zones import zone_beside
from sync_server.protocol import command_line
from sync_server.protocol.problems import Problem
from sync_server.reference import add_programme
from sync_server.share_watch import ShareWatch
from sync_server.sign_off import SignOffs
from sync_server.storage.blobs import Blobs
from sync_server.storage.database import Database
from sync_server.web.build import Services, build_app
from sync_server.web.serving import Server, stop_on_signals

log = logging.getLogger("sync_server.command")


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def open_storage(config: ServerConfig, key: bytes) -> Database:
    """The database of this server, brought to the newest version."""
    if config.database is not None:
        database = Database.postgres(config.database, connections=config.threads + 2)
    else:
        database = Database.embedded(config.database_file, key, connections=config.threads + 2)
    try:
        database.migrate()
    except Problem as problem:
        database.close()
        if problem.code != "server.error":
            raise
        if config.database is not None:
            raise SetupProblem("server.database.not_reached") from None
        raise SetupProblem("server.database.does_not_open") from None
    return database


@contextmanager
def opened(folder: Path) -> Iterator[tuple[ServerConfig, Database]]:
    config = configuration.load_config(folder)
    configuration.refuse_forbidden(config)
    if config.database is None and not _has_content(config.database_file):
        # A new one in its place would hide that everything is gone.
        raise SetupProblem("server.database.missing", file=str(config.database_file))
    storage = open_storage(config, configuration.master_key(config))
    try:
        yield config, storage
        try:
            storage.checkpoint()
        except Problem as problem:
            # What was committed is durable in the journal too.
            log.warning("checkpoint.failed", extra={"code": problem.code})
    finally:
        storage.close()


def _has_content(file: Path) -> bool:
    return file.exists() and file.stat().st_size > 0


def _for_the_administrator(problem: Problem, folder: Path) -> SetupProblem:
    """What the server tells devices too, in words for who runs a command; another one is a fault of ours."""
    place = f"{folder}, or to its database"
    if problem.code == "server.storage.read_only":
        return SetupProblem("server.storage.read_only", place=place)
    if problem.code == "server.write.failed":
        return SetupProblem("server.write.failed", place=place)
    if problem.code == "server.database.damaged":
        return SetupProblem("server.database.damaged", folder=str(folder))
    if problem.code == "server.busy":
        return SetupProblem("server.database.busy")
    raise problem


def accounts_of(config: ServerConfig, storage: Database) -> Accounts:
    return Accounts(storage, now_ms, Passwords(at_once=config.logins_at_once), Throttle(time.monotonic))


def init(wanted: argparse.Namespace) -> None:
    config = configuration.new_folder(wanted.dir)
    if wanted.database:
        config = ServerConfig(folder=wanted.dir, database=configuration.safe_to_write(wanted.database))
    unattended = wanted.unattended or wanted.demo
    given = os.environ.get("HOMEWARD_MASTER_KEY")
    key = configuration.key_from_text(given) if given else configuration.new_master_key()
    try:
        if unattended:
            configuration.write_key_file(config, key)
        storage = open_storage(config, key)
        try:
            found_server(storage, wanted.name or (people.OFFICE if wanted.demo else "Homeward"), wanted.demo)
            storage.checkpoint()
        finally:
            storage.close()
        configuration.write_config(config)
    except BaseException:
        configuration.forget_new_folder(config)
        raise
    kind = "demo server (for invented people only)" if wanted.demo else "server"
    print(f"A new {kind} in {wanted.dir}.")
    if unattended:
        print(f"It starts unattended: its master key lies in {config.key_file}.")
    elif not given:
        print("Its master key, shown this once. Write it down; without it the data cannot be opened:")
        print(f"\n    {configuration.key_as_text(key)}\n")


def add_user(wanted: argparse.Namespace) -> None:
    with opened(wanted.dir) as (config, storage):
        accounts = accounts_of(config, storage)
        password = os.environ.get("HOMEWARD_PASSWORD") or _typed_password(wanted.login)
        if wanted.country:
            accounts.add_office(wanted.office, wanted.country)
        theirs = zone_beside(storage.users(), wanted.office)
        zone = (theirs or "UTC") if wanted.zone is None else wanted.zone
        accounts.add_user(
            wanted.login, wanted.name or wanted.login, wanted.role, wanted.office, zone, password
        )
    print(f"Added {wanted.login} ({wanted.role}, {wanted.office}), time zone {zone}.")
    if theirs not in (None, zone):
        print(f"Warning: the others there have {theirs}. The office's day ends when it ends for most.")
    elif wanted.zone is None:
        print("That is the zone of the others there." if theirs else "For another time zone give --zone.")


def _typed_password(login: str) -> str:
    try:
        return configuration.ask_secret(f"Password for {login}: ")
    except EOFError:
        raise SetupProblem("account.password.missing") from None


def publish_form(wanted: argparse.Namespace) -> None:
    with opened(wanted.dir) as (config, storage):
        register = None if accounts_of(config, storage).demo else SignOffs(storage, now_ms)
        checked = form_commands.checked(wanted.files, with_library=wanted.library)
        told = form_commands.publish(checked, FormCatalogue(storage, now_ms), register, wanted.dir)
    print("\n".join(told))


def sign_off(wanted: argparse.Namespace) -> None:
    with opened(wanted.dir) as (_, storage):
        register = SignOffs(storage, now_ms)
        told = form_commands.sign_off(register, wanted.form, wanted.language, wanted.by)
    print("\n".join(told))


def take_programme(wanted: argparse.Namespace) -> None:
    """By its name one that comes with Homeward, else from a file."""
    given: str = wanted.programme
    if given not in programmes():
        try:
            given = Path(given).read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            raise SetupProblem("server.programme.not_found", names=", ".join(programmes())) from None
    with opened(wanted.dir) as (_, storage):
        try:
            added = add_programme(storage, given)
        except FormProblem as problem:
            told = explain(problem)
            reason = f"{told.cause} {told.remedy}"
            raise SetupProblem(problem.code, file=wanted.programme, reason=reason) from problem
    print(f"Devices get the programme {added} with their next sync.")


def recovery_key(wanted: argparse.Namespace) -> None:
    with opened(wanted.dir) as (_, storage):
        told = key_commands.recovery_key(storage, wanted.out, wanted.replace)
    print("\n".join(told))


def unlock_code(wanted: argparse.Namespace) -> None:
    with opened(wanted.dir) as (_, storage):
        told = key_commands.unlock_code(storage, wanted.device)
    print("\n".join(told))


def set_cover_policy(wanted: argparse.Namespace) -> None:
    names = ("lock_after", "cover_lasts", "without_pin", "pin_least")
    changes = {name: value for name in names if (value := getattr(wanted, name)) is not None}
    with opened(wanted.dir) as (_, storage):
        policy = cover_policy.decide(storage, wanted.office, **changes)
    print("\n".join(cover_policy.told(wanted.office, policy)))


def make_demo(wanted: argparse.Namespace) -> None:
    # A real server never loads the invented office, nor the form engine that fills its forms.
    from sync_server.demo_office.office import make_demo_office

    with opened(wanted.dir) as (config, storage):
        definitions = {}
        for listing in FormCatalogue(storage, now_ms).current():
            definitions[listing.id] = load_form(storage.form(listing.id, listing.version) or "")
        for form_id, _ in library.forms():
            if form_id not in definitions:
                raise SetupProblem("demo.forms.missing", form=form_id, folder=str(config.folder))
        make_demo_office(
            accounts_of(config, storage),
            storage,
            lambda clock: Exchange(storage, FormCatalogue(storage, clock), clock, demo=True),
            definitions,
            datetime.now(ZoneInfo(people.OFFICE_ZONE)).date(),
            tell=print,
        )
    print(f"Everybody's password is {people.PASSWORD}")


def serve(wanted: argparse.Namespace) -> None:
    if not (wanted.behind_tls_proxy or _is_loopback(wanted.host)):
        raise SetupProblem("server.host.not_loopback")
    with opened(wanted.dir) as (config, storage), folder_lock.held(wanted.dir):
        attachments = Attachments(storage, Blobs(config.blobs), now_ms)
        forms = FormCatalogue(storage, now_ms)
        CatchUp(storage, forms, now_ms).run()
        accounts = accounts_of(config, storage)
        app = build_app(
            Services(
                config=config,
                accounts=accounts,
                exchange=Exchange(storage, forms, now_ms, demo=accounts.demo),
                forms=forms,
                attachments=attachments,
            )
        )
        try:
            server = Server(app, wanted.host, wanted.port, config)
        except OSError:
            raise SetupProblem("server.port.taken", port=wanted.port) from None
        stop_on_signals(server.stop)
        log_lines.install(wanted.dir, sys.stderr)
        arrivals = ArrivalWatch(storage, forms, now_ms)
        shares = ShareWatch(storage, now_ms)
        scheduler = jobs.start(jobs.Housekeeping(storage, attachments, now_ms, arrivals, shares))
        try:
            if wanted.port_file:
                _write_port(wanted.port_file, server.port)
            log.info("server.listening", extra={"port": server.port, "demo": accounts.demo})
            _collect_less_often()
            server.run()
        finally:
            scheduler.shutdown(wait=True)
            if wanted.port_file:
                wanted.port_file.unlink(missing_ok=True)
    log.info("server.ended")


def write_support_bundle(wanted: argparse.Namespace) -> None:
    """Needs no master key: nothing that is encrypted is opened. Broken settings are among what it tells."""
    try:
        config = configuration.load_config(wanted.dir)
    except SetupProblem as problem:
        if problem.code in ("config.folder.not_initialised", "config.file.not_readable"):
            raise
        log.warning("command.refused", extra={"code": problem.code})
        config = ServerConfig(folder=wanted.dir)
    print(support_bundle.write(config, wanted.out))


def _collect_less_often() -> None:
    """A push makes some hundred thousand objects and hardly a cycle; to look through the young ones every
    700 costs a sixth of its time. What the program itself consists of is never looked through again."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def _port(text: str) -> int:
    """Of a greater number the system would take the rest, and open another port than was asked for."""
    if not (text.isascii() and text.isdigit() and int(text) < 65536):
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
    return int(text)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _write_port(path: Path, port: int) -> None:
    """Whoever waits for the file finds the whole number in it, never a part."""
    partial = path.with_name(path.name + ".partial")
    try:
        partial.write_text(f"{port}\n", "ascii")
        os.replace(partial, path)
    except OSError:
        raise SetupProblem("server.port_file.not_written", file=str(path)) from None


def parser() -> argparse.ArgumentParser:
    commands = command_line.parser("sync_server", "Homeward's sync server.")
    verbs = commands.add_subparsers(dest="command", required=True)

    def verb(name: str, run: object, text: str) -> argparse.ArgumentParser:
        added = verbs.add_parser(name, help=text, description=text)
        added.set_defaults(run=run)
        added.add_argument(
            "--dir", type=Path, default=configuration.default_folder(), help="the server's folder"
        )
        return added

    new = verb("init", init, "make a new server")
    new.add_argument("--name", help="what devices call the server")
    new.add_argument("--demo", action="store_true", help="for invented people only, for ever")
    new.add_argument("--unattended", action="store_true", help="keep the master key beside the database")
    new.add_argument("--database", metavar="URL", help="PostgreSQL instead of an encrypted file")

    user = verb("add-user", add_user, "add a worker (password: typed, or HOMEWARD_PASSWORD)")
    user.add_argument("--login", required=True)
    user.add_argument("--name", help="what colleagues see; the login if left out")
    user.add_argument("--role", required=True, choices=ROLES)
    user.add_argument("--office", required=True)
    user.add_argument("--country", help="two letters; makes the office if it is new")
    user.add_argument("--zone", help="her time zone, as Europe/Tirane; else that of the office's others")

    form = verb("publish-form", publish_form, "publish forms (XLSForm as .md or .xlsx, or XForm .xml)")
    form.add_argument("files", nargs="*", type=Path, metavar="FILE")
    form.add_argument("--library", action="store_true", help="the forms that come with Homeward")
    form.set_defaults(refuse=form.error)

    signed = verb("sign-off", sign_off, "answer for a language of forms, so that it can be published")
    signed.add_argument("--form", nargs="+", metavar="F", help="ids of the library, or files; else all of it")
    signed.add_argument("--language", nargs="+", metavar="L", help="languages that somebody has read, as fr")
    signed.add_argument("--all", action="store_true", help="every language that is a draft")
    signed.add_argument("--by", required=True, metavar="NAME", help="who has read them")
    signed.set_defaults(refuse=signed.error)

    plan = verb("add-programme", take_programme, "give all devices the rules of a programme")
    plan.add_argument("programme", help="care, tact, or a file of your own (.toml)")

    key = verb("recovery-key", recovery_key, "make the key by which the office opens any of its devices")
    key.add_argument("--out", type=Path, required=True, metavar="FILE", help="a file that is not there yet")
    key.add_argument("--replace", action="store_true", help="make another one than devices know")

    code = verb("unlock-code", unlock_code, "a code for a device that waits after wrong passphrases")
    code.add_argument("--device", required=True, metavar="D", help="its number; its unlock screen tells it")

    left = verb("cover-policy", set_cover_policy, "how devices of an office lock, and which PIN is enough")
    left.add_argument("--office", required=True)
    left.add_argument("--lock-after", type=int, metavar="S", help="seconds without a touch, at most")
    left.add_argument("--cover-lasts", type=int, metavar="S", help="seconds that a cover comes off, at most")
    left.add_argument(
        "--pin", action="store_false", dest="without_pin", default=None, help="a PIN takes it off"
    )
    left.add_argument("--no-pin", action="store_true", dest="without_pin", default=None, help="no PIN does")
    left.add_argument("--pin-least", type=int, metavar="N", help="digits of a PIN, at least")

    verb("demo-office", make_demo, "fill a demo server with an invented office")

    run = verb("serve", serve, "answer devices until SIGTERM or Ctrl-C")
    run.add_argument("--host", default="127.0.0.1")
    run.add_argument("--port", type=_port, default=8765, help="0 chooses a free one")
    run.add_argument("--port-file", type=Path, help="gets the port as soon as the server listens")
    run.add_argument("--behind-tls-proxy", action="store_true", help="allow a host beyond this machine")

    bundle = verb(
        "support-bundle", write_support_bundle, "pack logs and versions, nobody's data, for support"
    )
    bundle.add_argument(
        "--out", type=Path, required=True, metavar="FILE.zip", help="a file that is not there yet"
    )
    return commands


def main(arguments: Sequence[str] | None = None) -> int:
    command_line.speak_any_language()
    log_lines.install(None)
    commands = parser()
    wanted = commands.parse_args(arguments)
    if wanted.command == "publish-form" and not (wanted.files or wanted.library):
        wanted.refuse("name at least one FILE, or --library")
    if wanted.command == "sign-off" and bool(wanted.language) == wanted.all:
        wanted.refuse("name the languages by --language, or take --all")
    # os.path says no, and raises nothing, where the folder may not be looked into.
    founded = os.path.exists(wanted.dir / configuration.CONFIG_FILE)
    log_lines.install(wanted.dir if founded else None)
    try:
        try:
            wanted.run(wanted)
        except Problem as problem:
            raise _for_the_administrator(problem, wanted.dir) from problem
    except SetupProblem as problem:
        log.warning("command.refused", extra={"code": problem.code})
        print(text_of(problem), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
