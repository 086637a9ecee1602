"""Homeward on a device: the composition root, from settings to the window or to one command.

    [--dir DIR] [--lang xx]          open the app at its unlock screen
    enrol --server URL --login L     make this device known to a server, and its store
    sync                             one sync without a window, for scripts
    recover --key FILE               open a device by the office's recovery key, and give it a new passphrase
    backup --to FOLDER               back this device up to a stick, for the office's recovery key
    restore --from FILE --key FILE   make a device of a backup, in a folder without one
    rejoin --server URL --login L    make a restored device known to the server
    repair                           save what can be read of a store that does not open any more
    travel [--end]                   take every case off this device before a border; bring them back
    erase                            destroy everything on this device, and say before what is lost
    tour --out DIR                   walk through the screens and save pictures
    --preview FILE                   try a form out in the window; nothing is kept
    support-bundle --out FILE.zip    pack logs and versions, nobody's data, for support

Started as `python -m app`, or as the program `homeward-app` that `make package` builds.

A passphrase or password comes from HOMEWARD_PASSPHRASE and HOMEWARD_PASSWORD, that of the recovery key
from HOMEWARD_RECOVERY_PASSPHRASE, or is asked for; without a terminal each is one line of standard input,
the password or the recovery key's passphrase first. Where no new passphrase is given, one is made and
printed, once.
"""

from __future__ import annotations

import argparse
import getpass
import locale
import logging
import os
import re
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from app import core_dumps, log_lines
from app import settings as settings_file
from app.problems import Problem, told
from app.settings import Settings
from sync_server.protocol import command_line

log = logging.getLogger("app.command")

#: What an erasing or a departure leaves in the folder when it is cut off; here so that a look needs no store.
_CUT_OFF: Final = ("keys.erased", "store.next", "store.next.part")


def main(arguments: list[str] | None = None) -> int:
    core_dumps.refuse()
    command_line.speak_any_language()
    log_lines.install(None)
    chosen = _parser().parse_args(arguments)
    try:
        if chosen.preview is not None:
            return _preview(chosen)
        settings = _settings(chosen)
        _finish_leaving(settings, chosen)
        log_lines.install(settings.folder)
        return _COMMANDS[chosen.command](settings, chosen)
    except Problem as problem:
        log.warning("command.refused", extra={"code": problem.code})
        print(told(problem), file=sys.stderr)
        if problem.code in ("store.file.missing", "store.keys.missing"):
            print(f"How to enrol: {command_line.program('app')} enrol --help", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _settings(chosen: argparse.Namespace) -> Settings:
    """A bundle for support is made where the settings are broken, too: perhaps that is why it is wanted."""
    try:
        return settings_file.load(chosen.dir, language=chosen.lang)
    except Problem as problem:
        if chosen.command != "support-bundle":
            raise
        settings = settings_file.defaults(chosen.dir)
        log_lines.install(settings.folder)
        log.warning("command.refused", extra={"code": problem.code})
        return settings


def _finish_leaving(settings: Settings, chosen: argparse.Namespace) -> None:
    """An erasing or a departure that was cut off is ended before anything else, but for who asks for help."""
    if chosen.command != "support-bundle" and _was_cut_off(settings.folder):
        from app import leaving

        try:
            leaving.finish(settings)
        except Problem as problem:
            # The window says it when it is unlocked: without one nobody would hear it.
            if chosen.command != "open":
                raise
            log.warning("command.refused", extra={"code": problem.code})


def _was_cut_off(folder: Path) -> bool:
    """Also where a sync that was under way during an erasing has put a last file down."""
    there = {name for name in (*_CUT_OFF, "store.db", "keys.json", "attachments") if (folder / name).exists()}
    return bool(there & set(_CUT_OFF)) or there == {"attachments"}


def _open(settings: Settings, chosen: argparse.Namespace) -> int:
    _prepare_kivy(settings.folder)
    from app.ui.homeward_app import HomewardApp

    HomewardApp(settings).run()
    return 0


def _preview(chosen: argparse.Namespace) -> int:
    """The window with one form and an entry that is kept nowhere. Kivy's own files are in a folder that
    is gone afterwards; the device's folder is not touched."""
    from forms.check import check_file

    report = check_file(chosen.preview)
    if report.definition is None:
        print("\n".join(report.lines()), file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(Path(folder), chosen.lang or "")
        _prepare_kivy(settings.folder)
        from app.ui import preview_app

        preview_app.run(settings, report.definition, report.file)
    return 0


def _enrol(settings: Settings, chosen: argparse.Namespace) -> int:
    password = _secret("HOMEWARD_PASSWORD", "Password of the server: ")
    passphrase, made = _new_passphrase(settings)
    from app.sync.enrolment import enrol

    keys: list[str] = []
    session = enrol(
        *(settings.folder, chosen.server, chosen.login, password, passphrase, chosen.label),
        demo=chosen.demo,
        tell_recovery_key=keys.append,
    )
    print(f"enrolled {session.login} ({session.role}, office {session.office}) as device {session.device}")
    for key in keys:
        print(f"The office's recovery key opens it, too. Compare with the coordinator: {key}")
    _tell_passphrase(passphrase, made)
    return 0


def _recover(settings: Settings, chosen: argparse.Namespace) -> int:
    from app import recovering

    key = recovering.read_key(
        chosen.key, lambda: _secret("HOMEWARD_RECOVERY_PASSPHRASE", "Passphrase of the recovery key: ")
    )
    passphrase, made = _new_passphrase(settings)
    recovering.recover(settings.folder, key, passphrase)
    print("This device has a new passphrase. The one before opens nothing any more.")
    _tell_passphrase(passphrase, made)
    return 0


def _backup(settings: Settings, chosen: argparse.Namespace) -> int:
    passphrase = _secret("HOMEWARD_PASSPHRASE", "Passphrase of this device: ")
    from app.store import Store, backup
    from app.store.store import system_now_ms
    from app.unlocking import attempts_at

    store = Store.open(settings.folder, passphrase, attempts=attempts_at(settings.folder))
    try:
        made = backup.back_up(store, chosen.to, now_ms=system_now_ms())
        backup.note(store, made)
    finally:
        store.close()
    print(f"{made.path.name}: {made.bytes} bytes, read back and whole. Keep it apart from the device.")
    return 0


def _restore(settings: Settings, chosen: argparse.Namespace) -> int:
    """With a login the device is made known at once; without one it opens, and does not sync yet."""
    from app import recovering, restoring

    restoring.refuse_used(settings.folder)
    if bool(chosen.server) != bool(chosen.login):
        chosen.parser.error("--server and --login belong together")
    key = recovering.read_key(
        chosen.key, lambda: _secret("HOMEWARD_RECOVERY_PASSPHRASE", "Passphrase of the recovery key: ")
    )
    password = _secret("HOMEWARD_PASSWORD", "Password of the server: ") if chosen.login else ""
    passphrase, made = _new_passphrase(settings)
    done = restoring.restore(settings.folder, chosen.backup, key, passphrase)
    when = datetime.fromtimestamp(done.made_ms / 1000, UTC)
    print(f"restored: device {done.device} of {done.login}, as of {when:%Y-%m-%d %H:%M} UTC by its clock")
    print(f"{done.unsent} saves and {done.drafts} drafts were not on a server then")
    _tell_passphrase(passphrase, made)
    if chosen.login:
        return _make_known(settings, chosen, passphrase, password)
    print(f"It does not sync before the server knows it: {command_line.program('app')} rejoin --help")
    return 0


def _rejoin(settings: Settings, chosen: argparse.Namespace) -> int:
    password = _secret("HOMEWARD_PASSWORD", "Password of the server: ")
    passphrase = _secret("HOMEWARD_PASSPHRASE", "Passphrase of this device: ")
    return _make_known(settings, chosen, passphrase, password)


def _make_known(settings: Settings, chosen: argparse.Namespace, passphrase: str, password: str) -> int:
    from app import restoring

    told = (chosen.server, chosen.login, password, chosen.label)
    done = restoring.make_known(settings.folder, passphrase, *told)
    print(f"known as {done.login} ({done.role}, office {done.office}), device {done.device}; sync now")
    if done.uncertain:
        print(f"{done.uncertain} answers wait for their author, since the lost device may have sent them")
    return 0


def _new_passphrase(settings: Settings) -> tuple[str, bool]:
    """Her own, checked at once, or one that is made here; and whether it was made."""
    from app import passphrases

    if sys.stdin.isatty() and "HOMEWARD_PASSPHRASE" not in os.environ:
        print("A passphrase of your own, or nothing: then one of five words is made for you.")
    typed = _secret("HOMEWARD_PASSPHRASE", "New passphrase of this device: ")
    if typed.strip():
        passphrases.refuse_weak(typed)
        return typed, False
    language = settings.language or (locale.getlocale()[0] or "en")
    return passphrases.generate(re.split("[_.-]", language)[0].lower()), True


def _tell_passphrase(passphrase: str, made: bool) -> None:
    if made:
        print("Its passphrase, shown this once. Write it down, and keep it away from the device:")
        print(f"\n    {passphrase}\n")


def _sync(settings: Settings, chosen: argparse.Namespace) -> int:
    # Asked before anything is loaded: the question comes at once, and to give up at it cuts no import off.
    passphrase = _secret("HOMEWARD_PASSPHRASE", "Passphrase of this device: ")
    from app.fieldbook import unlock

    book = unlock(replace(settings, auto_sync=False), passphrase).wait()
    try:
        outcome = book.sync_now().wait()
    finally:
        book.close().wait()
    if outcome.problem is not None:
        raise outcome.problem
    print(
        f"sent {outcome.sent}, received {outcome.received}, refused {outcome.refused}, "
        f"conflicts {outcome.conflicts}, files sent {outcome.attachments_sent}, "
        f"files received {outcome.attachments_received}"
    )
    return 0


def _repair(settings: Settings, chosen: argparse.Namespace) -> int:
    """One line a record; the exit status is 1 where unsent work was lost."""
    passphrase = _secret("HOMEWARD_PASSPHRASE", "Passphrase of this device: ")
    from app.store.folder import QUARANTINE
    from app.store.repair import repair
    from app.store.store import system_now_ms
    from app.unlocking import attempts_at

    attempts = attempts_at(settings.folder)
    done = repair(settings.folder, passphrase, now_ms=system_now_ms, attempts=attempts)
    for each in done.records:
        print(f"{each.fate:<6}  {each.code or '-':<12}  {each.form or '-'}")
    counts = ", ".join(f"{fate} {done.count(fate)}" for fate in ("saved", "server", "lost"))
    print(f"{counts}{'' if done.complete else '; there may have been more'}")
    print(f"The damaged file is in {QUARANTINE}. Sync now: the server brings what it has.")
    return 1 if done.count("lost") else 0


def _travel(settings: Settings, chosen: argparse.Namespace) -> int:
    """What is on no server is listed, a line a record; then nothing is done."""
    passphrase = _secret("HOMEWARD_PASSPHRASE", "Passphrase of this device: ")
    from app import leaving
    from app.fieldbook import unlock

    book = unlock(replace(settings, auto_sync=False), passphrase).wait()
    try:
        if chosen.end:
            book.leaving.end_travel(passphrase).wait()
            outcome = book.sync_now().wait()
            if outcome.problem is not None:
                raise outcome.problem
            print(f"The cases are here again: received {outcome.received}.")
            return 0
        try:
            book.leaving.begin_travel(passphrase).wait()
        except Problem as problem:
            if problem.code == "travel.work.unsent":
                print("\n".join(leaving.told(book.leaving.look().wait().loss)))
            raise
    finally:
        book.close().wait()
    print("No case is on this device any more. After the journey: travel --end")
    return 0


def _erase(settings: Settings, chosen: argparse.Namespace) -> int:
    """One question, after what is lost was told; the exit status is 1 where nothing was erased."""
    from app import leaving

    if chosen.unopened:
        print("What is on no server cannot be told while the device is locked. It will be lost.")
        if not _confirmed(chosen):
            return 1
        leaving.erase_unopened(settings).wait()
    else:
        passphrase = _secret("HOMEWARD_PASSPHRASE", "Passphrase of this device: ")
        from app.fieldbook import unlock

        book = unlock(replace(settings, auto_sync=False), passphrase).wait()
        try:
            print("\n".join(leaving.told(book.leaving.look().wait().loss)))
            if not _confirmed(chosen):
                return 1
            book.leaving.erase().wait()
        finally:
            book.close().wait()
    print("Nothing of it is on this device any more.")
    return 0


def _confirmed(chosen: argparse.Namespace) -> bool:
    if chosen.yes:
        return True
    if sys.stdin.isatty():
        print('Type "erase" to destroy everything on this device. There is no way back.')
    if sys.stdin.readline().strip().lower() == "erase":
        return True
    print("Nothing was erased.")
    return False


def _tour(settings: Settings, chosen: argparse.Namespace) -> int:
    _prepare_kivy(settings.folder)
    from app.ui import tour

    return tour.main(settings, chosen)


def _support_bundle(settings: Settings, chosen: argparse.Namespace) -> int:
    from app import support_bundle

    print(support_bundle.write(settings, chosen.out))
    return 0


_COMMANDS: Final[Mapping[str, Callable[[Settings, argparse.Namespace], int]]] = {
    "open": _open,
    "enrol": _enrol,
    "recover": _recover,
    "sync": _sync,
    "backup": _backup,
    "restore": _restore,
    "rejoin": _rejoin,
    "repair": _repair,
    "travel": _travel,
    "erase": _erase,
    "tour": _tour,
    "support-bundle": _support_bundle,
}


def _prepare_kivy(folder: Path) -> None:
    """Have Kivy write nothing outside our folder and read no command line; before its first import.

    Problems store.folder.read_only and store.write.failed.
    """
    home = folder / "kivy"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        home.mkdir(exist_ok=True, mode=0o700)
        # Where this folder is, Kivy copies no icons of its own into it.
        (home / "icon").mkdir(exist_ok=True, mode=0o700)
    except OSError as error:
        from app.store.folder import unsaved

        raise unsaved(error) from None
    if sys.platform == "linux":
        # Without a display SDL would else draw into memory, and the app run where nobody sees it.
        os.environ.setdefault("SDL_VIDEODRIVER", "x11,wayland")
    os.environ.update(
        KIVY_WINDOW="sdl2",  # the others end the program where there is no display
        KIVY_CLIPBOARD="sdl2",  # the others hand a copied text to a program that outlives this one
        SDL_VIDEO_X11_WMCLASS="notes",  # by which a desktop groups and names windows
        SDL_VIDEO_WAYLAND_WMCLASS="notes",
        KIVY_HOME=str(home),
        KIVY_NO_ARGS="1",
        KIVY_NO_FILELOG="1",
        KIVY_NO_CONSOLELOG="1",
        KIVY_LOG_MODE="PYTHON",  # its words go where ours go, and it leaves standard error alone
        KIVY_NO_ENV_CONFIG="1",
    )


def _secret(name: str, question: str) -> str:
    """From the environment (and out of it at once), a hidden prompt, or a line of a pipe."""
    given = os.environ.get(name)
    if given is not None:
        core_dumps.wipe_from_environment(name)
        del os.environ[name]
        return given
    if sys.stdin.isatty():
        return getpass.getpass(question)
    return sys.stdin.readline().rstrip("\r\n")


def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--dir", type=Path, default=argparse.SUPPRESS, help="folder of this device")
    common.add_argument(
        "--lang",
        default=argparse.SUPPRESS,
        help=f"language of the screens: {' '.join(settings_file.LANGUAGES)}",
    )
    parser = command_line.parser("app", "Homeward on a device.", parents=[common], allow_abbrev=False)
    parser.add_argument(
        "--preview", type=Path, metavar="FILE", help="try a form out in the window; nothing is kept"
    )
    parser.set_defaults(command="open", dir=None, lang=None)
    commands = parser.add_subparsers(title="commands")

    enrol = commands.add_parser("enrol", parents=[common], help="make this device known to a server")
    enrol.add_argument(
        "--server", required=True, help="as https://office.example; http:// on this machine itself only"
    )
    enrol.add_argument("--login", required=True)
    enrol.add_argument("--label", default="", help="a name for this device, shown to the office")
    enrol.add_argument(
        "--demo", action="store_true", help="a device of invented people, for demo servers only"
    )
    enrol.set_defaults(command="enrol")

    sync = commands.add_parser("sync", parents=[common], help="one sync without a window")
    sync.set_defaults(command="sync")

    recover = commands.add_parser(
        "recover", parents=[common], help="open a device by the office's recovery key, set a new passphrase"
    )
    recover.add_argument(
        "--key", type=Path, required=True, metavar="FILE", help="as the server's recovery-key made it"
    )
    recover.set_defaults(command="recover")
    backup = commands.add_parser(
        "backup", parents=[common], help="back this device up to a stick, for the office's recovery key"
    )
    backup.add_argument("--to", type=Path, required=True, metavar="FOLDER", help="a folder on the stick")
    backup.set_defaults(command="backup")
    restored = commands.add_parser(
        "restore", parents=[common], help="make a device of a backup, in a folder without one"
    )
    restored.add_argument(
        "--from", dest="backup", type=Path, required=True, metavar="FILE", help="a file of `backup`"
    )
    restored.add_argument(
        "--key", type=Path, required=True, metavar="FILE", help="as the server's recovery-key made it"
    )
    rejoined = commands.add_parser(
        "rejoin", parents=[common], help="make a restored device known to the server, under its own name"
    )
    for parser_of, needed in ((restored, False), (rejoined, True)):
        parser_of.add_argument("--server", required=needed, default="", help="as https://office.example")
        parser_of.add_argument("--login", required=needed, default="", help="whose device it was")
        parser_of.add_argument("--label", default="", help="a name for this device, shown to the office")
    restored.set_defaults(command="restore", parser=restored)
    rejoined.set_defaults(command="rejoin")

    mended = commands.add_parser(
        "repair", parents=[common], help="save what can be read of a store that does not open any more"
    )
    mended.set_defaults(command="repair")

    travel = commands.add_parser(
        "travel", parents=[common], help="take every case off this device before a border; bring them back"
    )
    travel.add_argument("--end", action="store_true", help="the journey is over: sync, and have them again")
    travel.set_defaults(command="travel")

    erase = commands.add_parser(
        "erase", parents=[common], help="destroy everything on this device, and say before what is lost"
    )
    erase.add_argument("--yes", action="store_true", help="without the question")
    erase.add_argument(
        "--unopened", action="store_true", help="without its passphrase; what is lost cannot be told then"
    )
    erase.set_defaults(command="erase")

    bundle = commands.add_parser(
        "support-bundle", parents=[common], help="pack logs and versions, nobody's data, for support"
    )
    bundle.add_argument(
        "--out", type=Path, required=True, metavar="FILE.zip", help="a file that is not there yet"
    )
    bundle.set_defaults(command="support-bundle")

    tour = commands.add_parser(
        "tour", parents=[common], help="walk through the screens, save pictures", allow_abbrev=False
    )
    tour.add_argument("--out", type=Path, required=True, help="where the pictures go")
    tour.add_argument("--languages", type=_languages, default=["en", "ar"], help="as en,ar")
    tour.add_argument(
        "--sizes", type=_sizes, default=[(1280, 800), (1366, 768)], help="of the window, as 1280x800,1366x768"
    )
    tour.add_argument("--walk", action="store_true", help="also do a day's work")
    tour.add_argument("--lock", action="store_true", help="lock at the end, and stay at the unlock screen")
    tour.set_defaults(command="tour")
    return parser


def _languages(text: str) -> list[str]:
    codes = [code for code in text.split(",") if code]
    if not codes or any(code not in settings_file.LANGUAGES for code in codes):
        raise argparse.ArgumentTypeError(f"languages are {', '.join(settings_file.LANGUAGES)}")
    return codes


def _sizes(text: str) -> list[tuple[int, int]]:
    try:
        return [(int(width), int(height)) for width, height in (size.split("x") for size in text.split(","))]
    except ValueError:
        raise argparse.ArgumentTypeError("sizes are like 1280x800,1366x768") from None


if __name__ == "__main__":
    sys.exit(main())
