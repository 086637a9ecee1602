"""What a support bundle holds, made by a device or a server: what helps to find a fault, and nobody's data.

Everything in it is text that a person can read before sending it. Lines of logs are read again and
go in only as far as a log may say them; names of files on the disk do not go in at all.
"""

from __future__ import annotations

import io
import json
import os
import platform
import re
import shutil
import sys
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

from sync_server.protocol.log_lines import checked
from sync_server.protocol.version import PROGRAM, PROTOCOL

README: Final = "README.txt"
_LOG: Final = re.compile(r"(app|server)\.log(\.[0-9]+)?")
_LEFT_OUT: Final = '{"event":"line.left_out"}'


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a bundle; `about` says in plain words what is in it."""

    name: str
    about: str
    content: str


def log_parts(logs: Path) -> list[Part]:
    """The logs in this folder, the newest first. In the place of a line that is no log's stands that."""
    parts = []
    for file in sorted(file for file in logs.glob("*.log*") if _LOG.fullmatch(file.name)):
        try:
            lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            parts.append(Part(f"logs/{file.name}", "a log that could not be read", ""))
            continue
        content = "".join(f"{checked(line) or _LEFT_OUT}\n" for line in lines)
        about = f"what the program did and when, by codes and counts; lines: {len(lines)}"
        parts.append(Part(f"logs/{file.name}", about, content))
    return parts


def codes_part(logs: Iterable[Part]) -> Part:
    """How often each code stands in the logs, and when last."""
    found: dict[str, dict[str, Any]] = {}
    for log in logs:
        for line in map(json.loads, log.content.splitlines()):
            if "code" in line:
                one = found.setdefault(line["code"], {"times": 0, "last": ""})
                one.update(times=one["times"] + 1, last=max(one["last"], line["time"]))
    return Part("codes.json", "which problems there were, how often, and when last", _pretty(found))


def system_part(libraries: Sequence[str], folder: Path) -> Part:
    """Versions and the machine, without its name and its users'."""
    facts = {
        "homeward": PROGRAM,
        "protocol": PROTOCOL,
        "python": platform.python_version(),
        "packaged": bool(getattr(sys, "frozen", False)),
        "system": platform.system(),
        "release": platform.release(),
        "machine": platform.machine(),
        "processors": os.cpu_count(),
        "free_bytes_on_disk": shutil.disk_usage(folder).free,
        "libraries": {name: _version(name) for name in libraries},
    }
    return Part("system.json", "versions of Homeward, its libraries and the operating system", _pretty(facts))


def facts_part(name: str, about: str, facts: Mapping[str, Any]) -> Part:
    return Part(name, about, _pretty(facts))


def sizes(files: Mapping[str, Path], folders: Mapping[str, Path]) -> dict[str, Any]:
    """Bytes of each file (None where it is not there); of each folder how many files, and their bytes."""
    found: dict[str, Any] = {
        name: path.stat().st_size if path.is_file() else None for name, path in files.items()
    }
    for name, folder in folders.items():
        lengths = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
        found[name] = {"files": len(lengths), "bytes": sum(lengths)}
    return found


def readme(side: str, parts: Sequence[Part], made: datetime) -> str:
    """The page that a person reads first."""
    listed = "\n".join(f"  {part.name:18} {part.about}" for part in parts)
    return (
        f"Support bundle of a Homeward {side}, made on {made:%Y-%m-%d %H:%M} UTC.\n\n"
        "It helps to find out what went wrong. It has been sent to nobody: read it, then decide.\n\n"
        f"In it:\n{listed}\n\n"
        "Not in it: anything that was written into a form, names of people, case codes, photos, logins,\n"
        "passwords, passphrases, keys, the address of the server, names of files and folders.\n\n"
        "A device stands in the logs by its number (eight letters and digits), a form not at all. The\n"
        "times tell when the program was used. If that could harm somebody where you are, do not send it.\n"
        "All files are plain text; any editor opens them.\n"
    )


def packed(side: str, parts: Sequence[Part], made: datetime) -> bytes:
    """The bundle as a zip file. The times in it are the bundle's, not those of the files on the disk."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bundle:
        for part in (Part(README, "", readme(side, parts, made)), *parts):
            entry = zipfile.ZipInfo(part.name, made.timetuple()[:6])
            entry.external_attr = 0o600 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            bundle.writestr(entry, part.content)
    return out.getvalue()


def told(file: Path, parts: Sequence[Part]) -> str:
    """What a terminal shows of a bundle that was just written."""
    listed = "\n".join(f"  {part.name:18} {len(part.content):>9} characters  {part.about}" for part in parts)
    return f"{file}\n{listed}\nNothing was sent. Open it and begin with {README}; then decide."


def write_new(file: Path, content: bytes) -> None:
    """Write a file for its owner's eyes. OSError; FileExistsError where one is: nothing is overwritten."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.write(content)


def _version(library: str) -> str | None:
    try:
        return version(library)
    except PackageNotFoundError:
        return None


def _pretty(facts: Mapping[str, Any]) -> str:
    return json.dumps(facts, ensure_ascii=True, indent=2) + "\n"
