"""serve --dir DIR [--host H] [--port P] [--port-file F]: answer devices until SIGTERM or Ctrl-C."""

from __future__ import annotations

import argparse
import gc
import ipaddress
import logging
import os
import sys
from pathlib import Path

from sync_server import folder_lock, jobs, log_lines
from sync_server.arrival_watch import ArrivalWatch
from sync_server.attachments import Attachments
from sync_server.catch_up import CatchUp
from sync_server.commands.opened import accounts_of, now_ms, opened
from sync_server.config import SetupProblem
from sync_server.exchange import Exchange
from sync_server.form_catalogue import FormCatalogue
from sync_server.share_watch import ShareWatch
from sync_server.storage.blobs import Blobs
from sync_server.web.build import Services, build_app
from sync_server.web.serving import Server, stop_on_signals

log = logging.getLogger("sync_server.command")


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=_port, default=8765, help="0 chooses a free one")
    parser.add_argument("--port-file", type=Path, help="gets the port as soon as the server listens")
    parser.add_argument("--behind-tls-proxy", action="store_true", help="allow a host beyond this machine")


def run(wanted: argparse.Namespace) -> None:
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
