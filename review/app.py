"""The desk as a web application: its parts put together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from ..store.archive import open_archive
from . import cells, checks, documents, site
from .gate import LoginGuard
from .headers import SafeAnswers
from .options import DeskOptions
from .problem import tell_problems
from .scans import Scans
from .uploads import Uploads


def create_app(options: DeskOptions) -> FastAPI:
    """The application of a desk; its database is opened, and closed with it.

    Raises:
        StoreError, UsageError, MissingPartError: as `open_archive` says.
    """
    archive = open_archive(options.db)
    app = FastAPI(
        title="gouji",
        version=version("gouji"),
        description="Review of digitized annual open-government reports.",
        lifespan=_closing,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
    )
    state = app.state
    state.options, state.archive, state.logins = options, archive, LoginGuard()
    state.scans = Scans(options.db, options.pictures, options.limits)
    state.uploads = None
    if options.uploads is not None:
        limits = options.limits
        state.uploads = Uploads(options.uploads, options.db, limits.max_bytes, limits.max_pages)
        state.uploads.start()
    tell_problems(app, site.problem_page)
    app.add_exception_handler(site.LoginNeededError, site.to_login)
    for part in (cells, checks, documents, site):
        app.include_router(part.router)
    app.mount("/static", StaticFiles(packages=[("gouji.review", "static")]), "static")
    app.add_middleware(SafeAnswers, loopback_only=not options.accounts)
    return app


@asynccontextmanager
async def _closing(app: FastAPI) -> AsyncIterator[None]:
    yield
    app.state.scans.close()
    if app.state.uploads is not None:
        app.state.uploads.close()
    app.state.archive.engine.dispose()
