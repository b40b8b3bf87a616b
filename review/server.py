"""The desk served until Ctrl-C."""

from __future__ import annotations

import logging
import socket
import ssl
import sys
import webbrowser
from collections.abc import Callable

import uvicorn

from ..document.errors import UsageError
from ..store.archive import open_archive
from ..store.desk.people import people_of
from .app import create_app
from .options import DeskOptions, is_loopback

log = logging.getLogger(__name__)


def serve(options: DeskOptions, *, open_browser: bool, say: Callable[[str], None]) -> None:
    """Serves a desk.

    Args:
        options: how it is set up.
        open_browser: whether this machine's browser opens it.
        say: is told where the desk is.

    Raises:
        UsageError: when others could reach a desk without accounts, the port is taken, or the certificate cannot be read.
    """
    _check_accounts(options)
    _check_certificate(options)
    listener = _listen(options)
    port = listener.getsockname()[1]
    name = f"[{options.host}]" if ":" in options.host else options.host
    url = f"{'http' if options.tls is None else 'https'}://{name}:{port}/"
    if options.tls is None and not is_loopback(options.host):
        log.warning(
            "passwords travel unencrypted: give --certificate and --key, or put a proxy with TLS before it"
        )
    app = create_app(options)
    certificate, key = options.tls or (None, None)
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=5,
            ssl_certfile=certificate,
            ssl_keyfile=key,
        )
    )
    say(url)
    if open_browser:
        webbrowser.open(url)
    server.run(sockets=[listener])


def _check_accounts(options: DeskOptions) -> None:
    if not options.accounts:
        if not is_loopback(options.host):
            raise UsageError(
                f"--host {options.host}: others can reach it, so people need accounts.", "Add --accounts."
            )
        return
    archive = open_archive(options.db)
    try:
        if not people_of(archive):
            raise UsageError("Nobody has an account yet.", "Add one with `gouji people --db DB --add NAME`.")
    finally:
        archive.engine.dispose()


def _check_certificate(options: DeskOptions) -> None:
    if options.tls is None:
        return
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(*options.tls)
    except OSError as error:
        certificate, key = options.tls
        raise UsageError(
            f"{certificate}, {key}: no certificate with its key ({error.strerror or error}).",
            "Give PEM files with --certificate and --key.",
        ) from error


def _listen(options: DeskOptions) -> socket.socket:
    family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
    # Only of a socket that says so does asyncio know that it is TCP, and sends what is ready without waiting 40 ms for more.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if sys.platform != "win32":
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((options.host, options.port))
        # Whoever comes before the application is ready waits a moment instead of being turned away.
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise UsageError(
            f"{options.host}:{options.port}: {error.strerror or error}.", "Name another with --port."
        ) from error
    return listener
