"""Who may come in: passwords, tokens and sessions, and when they end."""

from __future__ import annotations

import pytest
from gouji.document.errors import UsageError
from gouji.store.archive import Archive
from gouji.store.desk.people import (
    add_person,
    end_session,
    new_token,
    password_is_right,
    people_of,
    person_of_token,
    remove_person,
    session_of,
    start_session,
)

from .conftest import rows, run

SECRET = "correct horse"


def test_a_password_lets_in_only_its_own_person(archive: Archive) -> None:
    add_person(archive, "甲", SECRET)
    add_person(archive, "乙", SECRET + "2")
    add_person(archive, "程序", None)
    assert password_is_right(archive, "甲", SECRET)
    for person, password in (("甲", SECRET + "2"), ("甲", ""), ("程序", ""), ("丙", SECRET), ("", "")):
        assert not password_is_right(archive, person, password)
    assert set(people_of(archive)) == {"甲", "乙", "程序"}


def test_of_secrets_only_hashes_are_kept(archive: Archive) -> None:
    add_person(archive, "甲", SECRET)
    secrets = {SECRET, new_token(archive, "甲"), start_session(archive, "甲")}
    (person,) = rows(archive, "SELECT * FROM people")
    (session,) = rows(archive, "SELECT session_hash FROM sessions")
    assert not secrets & {str(value) for value in (*person, *session)}
    assert person.password_hash.startswith("$argon2id$")


@pytest.mark.parametrize("name", ["", " ", " 甲", "甲\n乙", "x" * 61, "a\x00"])
def test_what_is_no_name_is_refused(archive: Archive, name: str) -> None:
    with pytest.raises(UsageError, match="is no name"):
        add_person(archive, name, SECRET)
    with pytest.raises(UsageError, match="is no name"):
        start_session(archive, name)
    assert people_of(archive) == ()


def test_short_passwords_are_refused(archive: Archive) -> None:
    with pytest.raises(UsageError, match="9 characters"):
        add_person(archive, "甲", "密" * 9)
    assert people_of(archive) == ()


def test_a_new_password_replaces_the_old_one_and_ends_all_sessions(archive: Archive) -> None:
    add_person(archive, "甲", SECRET)
    session = start_session(archive, "甲")
    add_person(archive, "甲", SECRET + "2")
    assert not password_is_right(archive, "甲", SECRET)
    assert password_is_right(archive, "甲", SECRET + "2")
    assert session_of(archive, session) is None


def test_a_token_is_its_persons_until_there_is_a_new_one(archive: Archive) -> None:
    add_person(archive, "甲", None)
    token = new_token(archive, "甲")
    assert person_of_token(archive, token) == "甲"
    assert person_of_token(archive, token + "x") is None
    assert person_of_token(archive, "") is None
    newer = new_token(archive, "甲")
    assert (person_of_token(archive, token), person_of_token(archive, newer)) == (None, "甲")
    with pytest.raises(UsageError, match="no account"):
        new_token(archive, "乙")


def test_sessions_end_when_they_are_ended(archive: Archive) -> None:
    first, second = start_session(archive, "甲"), start_session(archive, "甲")
    found, other = session_of(archive, first), session_of(archive, second)
    assert found is not None
    assert other is not None
    assert found.person == other.person == "甲"
    assert found.csrf != other.csrf
    end_session(archive, first)
    assert session_of(archive, first) is None
    assert session_of(archive, second) == other
    assert session_of(archive, "nothing") is None


def test_sessions_end_after_their_time_and_are_forgotten(archive: Archive) -> None:
    session = start_session(archive, "甲")
    run(archive, "UPDATE sessions SET expires_at = '2020-01-01 00:00:00'")
    assert session_of(archive, session) is None
    start_session(archive, "乙")
    assert [row.person for row in rows(archive, "SELECT person FROM sessions")] == ["乙"]


def test_who_was_removed_does_not_get_in(archive: Archive) -> None:
    add_person(archive, "甲", SECRET)
    token, session = new_token(archive, "甲"), start_session(archive, "甲")
    remove_person(archive, "甲")
    assert people_of(archive) == ()
    assert not password_is_right(archive, "甲", SECRET)
    assert person_of_token(archive, token) is None
    assert session_of(archive, session) is None
    with pytest.raises(UsageError):
        new_token(archive, "甲")
    with pytest.raises(UsageError, match="no account"):
        remove_person(archive, "乙")
    add_person(archive, "甲", SECRET)
    assert password_is_right(archive, "甲", SECRET)
    assert person_of_token(archive, token) is None
