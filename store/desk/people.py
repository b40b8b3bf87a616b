"""Accounts and sessions. Passwords are hashed by argon2; of sessions and tokens only a hash is kept."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, insert, select, update

from ...document.errors import UsageError
from .. import tables as t
from ..archive import Archive
from ..connect import reading, writing

SESSION = timedelta(hours=12)
"""So long a session lasts: a working day."""

MIN_PASSWORD = 10
"""Characters of a password; NIST SP 800-63B asks for 8 at least."""

MAX_NAME = 60

_HASHER = PasswordHasher()


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is there; `csrf` is what their own pages send with every change."""

    person: str
    csrf: str


def add_person(archive: Archive, person: str, password: str | None) -> None:
    """An account; one that is there gets the new password and may come in again.

    Raises:
        UsageError: for a name or a password that will not do.
    """
    check_name(person)
    if password is not None and len(password) < MIN_PASSWORD:
        raise UsageError(f"A password of {len(password)} characters.", f"Choose {MIN_PASSWORD} or more.")
    hashed = None if password is None else _HASHER.hash(password)
    p = t.people.c
    with writing(archive.engine) as connection:
        values = {"password_hash": hashed, "disabled_at": None}
        if connection.execute(update(t.people).where(p.person == person).values(values)).rowcount == 0:
            row = {"person": person, "created_at": datetime.now(UTC), **values}
            connection.execute(insert(t.people).values(row))
        connection.execute(delete(t.sessions).where(t.sessions.c.person == person))


def remove_person(archive: Archive, person: str) -> None:
    """Nobody comes in under that name any more; what they have entered stays.

    Raises:
        UsageError: when there is no such account.
    """
    p = t.people.c
    with writing(archive.engine) as connection:
        gone = {"disabled_at": datetime.now(UTC), "token_hash": None}
        if connection.execute(update(t.people).where(p.person == person).values(gone)).rowcount == 0:
            raise UsageError(f"There is no account {person!r}.", "List them with `gouji people`.")
        connection.execute(delete(t.sessions).where(t.sessions.c.person == person))


def people_of(archive: Archive) -> tuple[str, ...]:
    """Who has an account that is not closed."""
    p = t.people.c
    with reading(archive.engine) as connection:
        return tuple(
            connection.execute(select(p.person).where(p.disabled_at.is_(None)).order_by(p.person)).scalars()
        )


def new_token(archive: Archive, person: str) -> str:
    """A token for programs that act for a person; the one before it is void.

    Raises:
        UsageError: when there is no such account.
    """
    token = secrets.token_urlsafe(32)
    p = t.people.c
    with writing(archive.engine) as connection:
        there = update(t.people).where(p.person == person, p.disabled_at.is_(None))
        if connection.execute(there.values(token_hash=_hash(token))).rowcount == 0:
            raise UsageError(f"There is no account {person!r}.", "Add it with `gouji people --add NAME`.")
    return token


def person_of_token(archive: Archive, token: str) -> str | None:
    """Whose token it is; None for nobody's."""
    p = t.people.c
    query = select(p.person).where(p.token_hash == _hash(token), p.disabled_at.is_(None))
    with reading(archive.engine) as connection:
        found: str | None = connection.execute(query).scalar_one_or_none()
        return found


def password_is_right(archive: Archive, person: str, password: str) -> bool:
    """Whether that is the password of an open account; takes as long for one that is not there."""
    p = t.people.c
    query = select(p.password_hash).where(p.person == person, p.disabled_at.is_(None))
    with reading(archive.engine) as connection:
        hashed = connection.execute(query).scalar_one_or_none()
    try:
        right = _HASHER.verify(hashed or _nobodys_hash(), password)
    except (VerificationError, InvalidHashError):
        return False
    return right and hashed is not None


def start_session(archive: Archive, person: str) -> str:
    """The secret of a new session, for a cookie; sessions that have ended are forgotten.

    Raises:
        UsageError: for a name that will not do.
    """
    check_name(person)
    secret = secrets.token_urlsafe(32)
    now = datetime.now(UTC)
    row = {
        "session_hash": _hash(secret),
        "person": person,
        "csrf": secrets.token_urlsafe(32),
        "expires_at": now + SESSION,
    }
    with writing(archive.engine) as connection:
        connection.execute(delete(t.sessions).where(t.sessions.c.expires_at < now))
        connection.execute(insert(t.sessions).values(row))
    return secret


def session_of(archive: Archive, secret: str) -> Session | None:
    """Whose session it is; None when it has ended, or never was."""
    s = t.sessions.c
    query = select(s.person, s.csrf).where(s.session_hash == _hash(secret), s.expires_at > datetime.now(UTC))
    with reading(archive.engine) as connection:
        row = connection.execute(query).one_or_none()
    return None if row is None else Session(row.person, row.csrf)


def end_session(archive: Archive, secret: str) -> None:
    """Nobody comes in with that secret any more."""
    with writing(archive.engine) as connection:
        connection.execute(delete(t.sessions).where(t.sessions.c.session_hash == _hash(secret)))


def check_name(person: str) -> None:
    """A name is what people call themselves, on one line.

    Raises:
        UsageError: when it is empty, too long, or holds control characters.
    """
    if not person.strip() or len(person) > MAX_NAME or not person.isprintable() or person != person.strip():
        raise UsageError(f"{person[:80]!r} is no name.", f"Up to {MAX_NAME} characters on one line.")


@cache
def _nobodys_hash() -> str:
    """Checked for a name that is not there, so that the time an answer takes tells nothing."""
    return _HASHER.hash(secrets.token_hex())


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
