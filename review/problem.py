"""Errors as the API tells them: one shape for all, each status documented."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException

from ..document.errors import (
    EmptyDocumentError,
    GoujiError,
    InputError,
    LimitError,
    PageError,
    StoreError,
    UsageError,
)
from ..document.errors import UnsupportedMediaError as WrongType
from ..store.desk.answers import ConflictError, NotThereError
from .headers import SAFE

log = logging.getLogger(__name__)


class Problem(BaseModel):
    """What went wrong, and what to do about it."""

    model_config = ConfigDict(frozen=True)

    category: str
    message: str
    remedy: str = ""


STATUS: tuple[tuple[type[GoujiError], int], ...] = (
    (ConflictError, 409),
    (NotThereError, 404),
    (LimitError, 413),
    (WrongType, 415),
    (EmptyDocumentError, 422),
    (InputError, 404),
    (PageError, 404),
    (StoreError, 503),
    (UsageError, 422),
)
"""The first that fits; a scan that is not where it was is not there for the one who asks."""


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The documented errors of a route: these, and those that every route has."""
    return {status: {"model": Problem} for status in (400, 401, 403, 422, 503, *statuses)}


ProblemPage = Callable[[Request, Problem, int], Response]


def tell_problems(app: FastAPI, page: ProblemPage) -> None:
    """Makes every error of an app's routes a `Problem`: as JSON for programs and scripts, as `page` makes it elsewhere."""

    def _told(
        request: Request, status: int, problem: Problem, headers: dict[str, str] | None = None
    ) -> Response:
        if status >= 500:
            log.error("%s: %s", problem.category, problem.message)
        if request.method in SAFE and not request.url.path.startswith(("/api/", "/static/")):
            answer = page(request, problem, status)
            answer.headers.update(headers or {})
            return answer
        return JSONResponse(problem.model_dump(), status, headers)

    @app.exception_handler(GoujiError)
    def _ours(request: Request, error: GoujiError) -> Response:
        status = next((code for kind, code in STATUS if isinstance(error, kind)), 500)
        return _told(
            request, status, Problem(category=error.category, message=error.message, remedy=error.remedy)
        )

    @app.exception_handler(RequestValidationError)
    def _invalid(request: Request, error: RequestValidationError) -> Response:
        # What was sent is not repeated: it may be anything.
        said = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()[:5])
        return _told(
            request, 422, Problem(category="invalid", message=said, remedy="See the API's description.")
        )

    @app.exception_handler(HTTPException)
    def _http(request: Request, error: HTTPException) -> Response:
        told = Problem(category="http", message=str(error.detail))
        return _told(request, error.status_code, told, headers=dict(error.headers or {}))
