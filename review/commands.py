"""The commands of the desk."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ..logs import log_to_stderr
from ..options import DEFAULT_DB, Db, Verbose

CACHE = Path.home() / ".cache" / "gouji" / "pages"


def review(
    db: Db = DEFAULT_DB,
    host: Annotated[
        str, typer.Option(help="Where to listen; elsewhere than on this machine only with --accounts.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8765,
    accounts: Annotated[
        bool, typer.Option("--accounts", help="People log in with a password; see `gouji people`.")
    ] = False,
    certificate: Annotated[Path | None, typer.Option(help="For HTTPS: the certificate, PEM.")] = None,
    key: Annotated[Path | None, typer.Option(help="For HTTPS: its key, PEM.")] = None,
    uploads: Annotated[
        Path | None, typer.Option(help="Take documents in, into this folder, and digitize them.")
    ] = None,
    double: Annotated[
        float, typer.Option(min=0, max=1, help="Share of the cells that two people enter blindly.")
    ] = 0.0,
    double_below: Annotated[
        float, typer.Option(min=0, max=1, help="Cells with a lower confidence as well.")
    ] = 0.0,
    pictures: Annotated[
        Path, typer.Option(help="Folder of page pictures that are kept; 2 GB at most.")
    ] = CACHE,
    max_bytes: Annotated[int, typer.Option(min=1, help="Bytes of a document that is sent in.")] = 100_000_000,
    max_pages: Annotated[int, typer.Option(min=1, help="Pages of a document that is sent in.")] = 200,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open it in the browser.")] = True,
    verbose: Verbose = False,
) -> None:
    """Open the review desk: a web page on which a person clears the doubtful cells."""
    from ..document.errors import UsageError
    from ..document.limits import Limits
    from ..store.desk.answers import DoubleEntry
    from .options import DeskOptions
    from .server import serve

    log_to_stderr(verbose=verbose)
    if (certificate is None) != (key is None):
        raise UsageError("HTTPS needs both a certificate and its key.", "Give --certificate and --key.")
    options = DeskOptions(
        db=db,
        host=host,
        port=port,
        accounts=accounts,
        pictures=pictures.expanduser(),
        uploads=uploads,
        double=DoubleEntry(double, double_below),
        limits=Limits(max_pages=max_pages, max_bytes=max_bytes),
        tls=None if certificate is None or key is None else (certificate, key),
    )
    serve(
        options,
        open_browser=browser,
        say=lambda url: print(f"gouji: the desk is at {url} (Ctrl-C ends it)", file=sys.stderr, flush=True),
    )


def people(
    db: Db = DEFAULT_DB,
    add: Annotated[
        str | None, typer.Option(metavar="NAME", help="Add an account, or set a new password.")
    ] = None,
    remove: Annotated[
        str | None, typer.Option(metavar="NAME", help="Close an account; entries stay.")
    ] = None,
    token: Annotated[
        str | None, typer.Option(metavar="NAME", help="Print a new token for programs that act for NAME.")
    ] = None,
) -> None:
    """List who may review, add or remove somebody, give out a token for the API."""
    from ..store.archive import open_archive
    from ..store.desk.people import add_person, new_token, people_of, remove_person

    archive = open_archive(db)
    if add is not None:
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=sys.stdin.isatty())
        add_person(archive, add, password)
    if remove is not None:
        remove_person(archive, remove)
    if token is not None:
        if token not in people_of(archive):
            add_person(archive, token, None)
        print(new_token(archive, token))
    if add is remove is token is None:
        for person in people_of(archive):
            print(person)
    archive.engine.dispose()
