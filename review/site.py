"""The desk's pages. Each is a frame that the server fills; what moves is in `static/`."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, PackageLoader, select_autoescape
from pydantic import ValidationError

from ..document.errors import UsageError
from ..store.connect import reading
from ..store.desk.audit import audit_figures
from ..store.desk.carpet import carpet_groups
from ..store.desk.checks import check_view, violated_checks
from ..store.desk.documents import extras_of, record_of
from ..store.desk.parts import RowId
from ..store.desk.people import SESSION, Session, end_session, password_is_right, session_of, start_session
from ..store.desk.progress import choices, progress
from ..store.desk.queue import QueueFilter, queued_reports
from ..store.desk.show import desk_cells
from .checks import CheckId
from .gate import COOKIE, ArchiveOf, archive_of
from .language import LANGUAGE_COOKIE, language_of, words
from .printed_table import printed_tables
from .problem import Problem

router = APIRouter(include_in_schema=False)

_templates = Environment(
    loader=PackageLoader("gouji.review"), autoescape=select_autoescape(default=True), trim_blocks=True
)

YEAR_SECONDS = 365 * 24 * 3600


class LoginNeededError(Exception):
    """Nobody is logged in: the login page comes instead."""


def visitor(request: Request) -> Session:
    """Who looks at a page.

    Raises:
        LoginNeededError: for nobody.
    """
    session = _session(request)
    if session is None:
        raise LoginNeededError
    return session


Visitor = Annotated[Session, Depends(visitor)]


def to_login(request: Request, _error: Exception) -> Response:
    """The login page, which leads back to where somebody wanted to go."""
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"/login?next={quote(wanted, safe='')}", 303)


def problem_page(request: Request, problem: Problem, status: int) -> Response:
    """What went wrong, for people; where the database is away nobody is known."""
    session = None if status >= 500 else _session(request)
    return page(request, "error.html", session, status, problem=problem)


def page(
    request: Request, name: str, session: Session | None, status: int = 200, **data: Any
) -> HTMLResponse:
    """A page of the desk; `data` is what its template fills in."""
    language = language_of(request)
    said = words(language)
    html = _templates.get_template(name).render(
        t=said.__getitem__,
        words=said,
        language=language,
        person=None if session is None else session.person,
        csrf=None if session is None else session.csrf,
        here=request.url.path,
        accounts=request.app.state.options.accounts,
        uploads=request.app.state.uploads is not None,
        **data,
    )
    return HTMLResponse(html, status)


@router.get("/")
def get_queue(request: Request, archive: ArchiveOf, session: Visitor) -> Response:
    """What waits, and where to start."""
    wanted = _filter_of(request)
    return page(
        request,
        "queue.html",
        session,
        wanted=wanted,
        query=request.url.query,
        choices=choices(archive),
        progress=progress(archive, session.person, wanted),
        reports=queued_reports(archive, wanted),
    )


@router.get("/desk")
def get_desk(request: Request, session: Visitor) -> Response:
    """One cell after the other."""
    return page(request, "desk.html", session, wanted=_filter_of(request).model_dump(exclude_none=True))


@router.get("/records/{record_id}")
def get_table(request: Request, archive: ArchiveOf, session: Visitor, record_id: RowId) -> Response:
    """The whole report: the scan, and beside it the tables as read."""
    record = record_of(archive, record_id)
    with reading(archive.engine) as connection:
        cells = desk_cells(connection, record_id)
        violated = violated_checks(connection, record_id)
        extra_rows, failures = extras_of(connection, record_id)
    return page(
        request,
        "table.html",
        session,
        record=record,
        tables=printed_tables(cells),
        violated=violated,
        extra_rows=extra_rows,
        failures=failures,
    )


@router.get("/records/{record_id}/checks/{check_id}")
def get_check(
    request: Request, archive: ArchiveOf, session: Visitor, record_id: RowId, check_id: CheckId
) -> Response:
    """One failing check."""
    check = check_view(archive, record_id, check_id)
    pages = record_of(archive, record_id).pages
    return page(request, "check.html", session, check=check, pages=pages)


@router.get("/carpet")
def get_carpet(request: Request, archive: ArchiveOf, session: Visitor) -> Response:
    """Cells of many reports that were read as the same."""
    return page(request, "carpet.html", session, groups=carpet_groups(archive))


@router.get("/audit")
def get_audit(request: Request, archive: ArchiveOf, session: Visitor) -> Response:
    """Is the promise kept?"""
    return page(request, "audit.html", session, figures=audit_figures(archive))


@router.get("/login")
def get_login(request: Request) -> Response:
    """Who are you?"""
    return page(
        request, "login.html", None, next=_own_path(request.query_params.get("next", "/")), problem=None
    )


@router.post("/login")
def post_login(
    request: Request,
    archive: ArchiveOf,
    name: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
    next: Annotated[str, Form(max_length=4000)] = "/",
) -> Response:
    """Lets somebody in."""
    options = request.app.state.options
    problem = _refusal(request, name, password) if options.accounts else None
    if problem is None:
        try:
            secret = start_session(archive, name.strip())
        except UsageError:
            problem = "login.bad_name"
    if problem is not None:
        return page(
            request,
            "login.html",
            None,
            429 if problem == "login.slow" else 403,
            next=_own_path(next),
            problem=problem,
        )
    answer = RedirectResponse(_own_path(next), 303)
    answer.set_cookie(
        COOKIE,
        secret,
        max_age=int(SESSION.total_seconds()),
        httponly=True,
        samesite="strict",
        secure=options.tls is not None,
    )
    return answer


@router.post("/logout")
def post_logout(
    request: Request, archive: ArchiveOf, session: Visitor, csrf: Annotated[str, Form()] = ""
) -> Response:
    """Lets somebody go."""
    if csrf == session.csrf:
        end_session(archive, request.cookies[COOKIE])
    return RedirectResponse("/login", 303)


@router.post("/language")
def post_language(
    language: Annotated[str, Form()] = "zh", next: Annotated[str, Form(max_length=4000)] = "/"
) -> Response:
    """Switches the language of this browser."""
    answer = RedirectResponse(_own_path(next), 303)
    chosen = "en" if language == "en" else "zh"
    answer.set_cookie(LANGUAGE_COOKIE, chosen, max_age=YEAR_SECONDS, httponly=True, samesite="strict")
    return answer


def _session(request: Request) -> Session | None:
    secret = request.cookies.get(COOKIE)
    return session_of(archive_of(request), secret) if secret else None


def _refusal(request: Request, name: str, password: str) -> str | None:
    address = request.client.host if request.client else ""
    if not request.app.state.logins.may_try(address, name):
        return "login.slow"
    return None if password_is_right(archive_of(request), name.strip(), password) else "login.wrong"


def _own_path(wanted: str) -> str:
    """A path of this desk: nobody is led elsewhere."""
    return (
        wanted
        if wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and wanted.isprintable()
        else "/"
    )


def _filter_of(request: Request) -> QueueFilter:
    """The filter in a page's address; a form sends what is left open as empty."""
    given = {k: v for k, v in request.query_params.items() if v and k in QueueFilter.model_fields}
    try:
        return QueueFilter.model_validate(given)
    except ValidationError as error:
        raise UsageError("The address holds no such filter.", "Go back to the queue.") from error
