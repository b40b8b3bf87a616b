"""Who is asking: a session's cookie with its CSRF token for what changes something, or a program's bearer token."""

from __future__ import annotations

import secrets
from typing import Annotated

from fastapi import Depends, HTTPException, Request
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from ..store.archive import Archive
from ..store.desk.people import person_of_token, session_of
from .headers import SAFE

COOKIE = "gouji_session"
CSRF_HEADER = "X-CSRF-Token"

LOGINS = RateLimitItemPerMinute(10, 5)
"""Tries in five minutes, for one name and for one address."""

_cookie = APIKeyCookie(name=COOKIE, auto_error=False, description="Of a browser; see /login.")
_bearer = HTTPBearer(auto_error=False, description="A program's token: `gouji people --token NAME`.")


def archive_of(request: Request) -> Archive:
    """The app's database."""
    archive: Archive = request.app.state.archive
    return archive


def who_asks(
    request: Request,
    secret: Annotated[str | None, Depends(_cookie)],
    bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> str:
    """The person who asks.

    Raises:
        HTTPException: 401 for nobody, 403 for a change without the session's CSRF token.
    """
    archive = archive_of(request)
    if bearer is not None:
        person = person_of_token(archive, bearer.credentials)
        if person is not None:
            return person
    session = session_of(archive, secret) if secret else None
    if session is None:
        raise HTTPException(401, "Nobody is logged in.", {"WWW-Authenticate": "Bearer"})
    if request.method not in SAFE:
        sent = request.headers.get(CSRF_HEADER, "")
        if not secrets.compare_digest(sent.encode(), session.csrf.encode()):
            raise HTTPException(403, f"The header {CSRF_HEADER} is not this session's.")
    return session.person


async def _archive(request: Request) -> Archive:
    # A plain function would be sent to a thread and back for this.
    return archive_of(request)


ArchiveOf = Annotated[Archive, Depends(_archive)]
Person = Annotated[str, Depends(who_asks)]


class LoginGuard:
    """Slows down whoever tries passwords."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def may_try(self, address: str, person: str) -> bool:
        """Whether another try is allowed, which it counts."""
        by_address = self._limiter.hit(LOGINS, "address", address)
        return self._limiter.hit(LOGINS, "person", person) and by_address
