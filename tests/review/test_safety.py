"""Who may do what: sessions, passwords, other sites' pages, and what a hostile report or request can reach."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import anyio
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from gouji.review.headers import SECURITY
from gouji.store.archive import open_archive
from gouji.store.desk.people import add_person, new_token

from .conftest import CHECK, Desk, Html, OpenDesk, Visitor, change, made_record

PACKAGE = Path(__file__).resolve().parents[2] / "review"
HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\" onclick='alert(1)'"
PASSWORD = "correct horse battery"
PAGES = ("/", "/desk", "/records/1", f"/records/1/checks/{CHECK}", "/carpet", "/audit")


def filled(path: str | None) -> str:
    """A path of a route with something that fits for each of its parts."""
    values = {"record_id": "1", "correction_id": "1", "number": "1", "sha256": "0" * 64, "check_id": CHECK}
    return re.sub(r"\{(\w+)\}", lambda part: values.get(part[1], "applications.granted.total"), path or "")


def routes(app: FastAPI) -> list[tuple[str, str]]:
    """Every method and path that the app itself answers."""
    return [
        (method, filled(route.path))
        for route in iter_route_contexts(app.routes)
        if isinstance(route.original_route, APIRoute)
        for method in route.methods or ()
    ]


def with_account(desk: Desk, name: str = "Anna") -> str:
    """Gives somebody an account, and a token, which is returned."""
    archive = open_archive(desk.db)
    add_person(archive, name, PASSWORD)
    token: str = new_token(archive, name)
    archive.engine.dispose()
    return token


def test_nobody_gets_anything_from_the_api(desk: Desk) -> None:
    nobody = desk.visitor()
    asked = [(m, p) for m, p in routes(desk.app) if p.startswith("/api/")]
    assert len(asked) >= 20
    for method, path in asked:
        answer = nobody.client.request(method, path, json=None if method == "GET" else {})
        assert answer.status_code == 401, (method, path)
        assert answer.headers["www-authenticate"] == "Bearer"


def test_nobody_is_led_from_every_page_to_the_login(desk: Desk) -> None:
    nobody = desk.visitor()
    pages = [p for m, p in routes(desk.app) if m == "GET" and not p.startswith(("/api/", "/login"))]
    assert set(PAGES) <= set(pages)
    for path in pages:
        answer = nobody.get(path)
        assert answer.status_code == 303, path
        assert answer.headers["location"].startswith("/login?next=%2F")
    assert nobody.client.post("/logout").headers["location"].startswith("/login")


def test_a_name_is_enough_on_this_machine(desk: Desk) -> None:
    visitor = desk.visitor()
    assert visitor.enter("  Anna ") == 303
    assert Html(visitor.get("/").text).block("session")["person"] == "Anna"


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "An\nna", "An\u202ena"])
def test_what_is_no_name_does_not_come_in(desk: Desk, name: str) -> None:
    visitor = desk.visitor()
    assert visitor.enter(name) == 403
    assert visitor.get("/api/queue").status_code == 401


def test_an_account_needs_its_password(open_desk: OpenDesk) -> None:
    desk = open_desk(accounts=True)
    with_account(desk)
    visitor = desk.visitor()
    for name, password in (("Anna", "wrong"), ("Anna", ""), ("Bert", PASSWORD), ("", "")):
        assert visitor.enter(name, password) == 403
        assert visitor.get("/api/queue").status_code == 401
    assert visitor.enter("Anna", PASSWORD) == 303
    assert visitor.get("/api/queue").status_code == 200


def test_the_eleventh_try_has_to_wait_even_with_the_right_password(open_desk: OpenDesk) -> None:
    desk = open_desk(accounts=True)
    with_account(desk)
    visitor = desk.visitor()
    assert [visitor.enter("Anna", "wrong") for _ in range(10)] == [403] * 10
    assert visitor.enter("Anna", PASSWORD) == 429
    assert visitor.enter("Bert", PASSWORD) == 429, "the address has to wait as well"


def test_the_session_s_cookie_is_for_the_desk_alone(desk: Desk) -> None:
    answer = desk.visitor().client.post("/login", data={"name": "Anna"})
    attributes = {part.strip().lower() for part in answer.headers["set-cookie"].split(";")[1:]}
    assert {"httponly", "samesite=strict", "path=/", "max-age=43200"} <= attributes


def test_with_a_certificate_the_cookie_travels_encrypted_only(open_desk: OpenDesk) -> None:
    desk = open_desk(tls=(Path("a.pem"), Path("a.key")))
    cookie = desk.visitor().client.post("/login", data={"name": "Anna"}).headers["set-cookie"]
    assert "; secure" in cookie.lower()


def test_a_session_ends(desk: Desk, anna: Visitor) -> None:
    assert anna.get("/api/queue").status_code == 200
    change(desk.db, "UPDATE sessions SET expires_at = '2020-01-01 00:00:00.000000'")
    assert anna.get("/api/queue").status_code == 401
    assert anna.get("/").status_code == 303


def test_a_closed_account_is_out_at_once(open_desk: OpenDesk) -> None:
    from gouji.store.desk.people import remove_person

    desk = open_desk(accounts=True)
    token = with_account(desk)
    visitor, program = desk.visitor(), desk.visitor(Authorization=f"Bearer {token}")
    assert visitor.enter("Anna", PASSWORD) == 303
    assert program.get("/api/queue").status_code == 200
    archive = open_archive(desk.db)
    remove_person(archive, "Anna")
    archive.engine.dispose()
    assert (visitor.get("/api/queue").status_code, program.get("/api/queue").status_code) == (401, 401)
    assert visitor.enter("Anna", PASSWORD) == 403


def test_who_logs_out_is_out(anna: Visitor) -> None:
    secret = anna.client.cookies["gouji_session"]
    assert anna.client.post("/logout", data={"csrf": "wrong"}).status_code == 303
    assert anna.get("/api/queue").status_code == 200, "another page may not log anybody out"
    assert anna.client.post("/logout", data={"csrf": anna.csrf}).headers["location"] == "/login"
    anna.client.cookies.set("gouji_session", secret)
    assert anna.get("/api/queue").status_code == 401


def test_every_change_needs_the_session_s_token(desk: Desk, anna: Visitor) -> None:
    theirs = desk.visitor("Bert").csrf
    changes = [(m, p) for m, p in routes(desk.app) if p.startswith("/api/") and m != "GET"]
    assert len(changes) >= 9
    for method, path in changes:
        for token in ({}, {"X-CSRF-Token": ""}, {"X-CSRF-Token": theirs}, {"X-CSRF-Token": "ü".encode()}):
            answer = anna.client.request(method, path, json={}, headers=token)
            assert answer.status_code == 403, (method, path, token)


@pytest.mark.parametrize(
    "foreign",
    [
        {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"},
        {"Origin": "null"}, {"Origin": "http://127.0.0.1:81"}, {"Origin": "http://127.0.0.1.evil.example"},
    ],
)  # fmt: skip
def test_another_site_s_page_changes_nothing(desk: Desk, anna: Visitor, foreign: dict[str, str]) -> None:
    assert anna.post("/api/queue/renew", None, **foreign).status_code == 403
    for path in ("/login", "/logout", "/language"):
        answer = anna.client.post(path, data={"name": "Eve", "csrf": anna.csrf}, headers=foreign)
        assert answer.status_code == 403, path
        assert "set-cookie" not in answer.headers
    own = {"Origin": "http://127.0.0.1", "Sec-Fetch-Site": "same-origin"}
    assert anna.post("/api/queue/renew", None, **own).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8765", "127.0.0.1.evil.example", "", "[", "10.0.0.1"]
)
def test_a_name_that_an_attacker_points_here_is_not_answered(desk: Desk, anna: Visitor, host: str) -> None:
    for path in ("/", "/login", "/api/queue", "/static/api.js"):
        assert anna.get(path, headers={"Host": host}).status_code == 403


@pytest.mark.parametrize("host", ["127.0.0.1:8765", "localhost", "localhost:1", "[::1]:8765"])
def test_names_of_this_machine_are_answered(desk: Desk, host: str) -> None:
    assert desk.visitor().get("/login", headers={"Host": host}).status_code == 200


def test_a_desk_with_accounts_answers_to_any_name(open_desk: OpenDesk) -> None:
    desk = open_desk(accounts=True)
    assert desk.visitor().get("/login", headers={"Host": "desk.example"}).status_code == 200


def test_a_program_s_token_is_enough_for_changes(desk: Desk) -> None:
    token = with_account(desk)
    program = desk.visitor(Authorization=f"Bearer {token}")
    assert len(program.sent("/api/queue/claim", {"count": 2})) == 2
    for wrong in ("Bearer nothing", f"Basic {token}", f"Bearer {token}x", "Bearer "):
        assert desk.visitor(Authorization=wrong).post("/api/queue/renew").status_code == 401


def test_every_answer_carries_the_headers(desk: Desk, anna: Visitor) -> None:
    @desk.app.get("/broken")
    def broken() -> None:
        raise RuntimeError("told to nobody")

    anna.client.post("/language", data={"language": "en"})
    anna.client._transport.raise_server_exceptions = False
    answers = [anna.get(path) for path in (*PAGES, "/login", "/static/api.js", "/static/desk.css", "/static/no",
                                           "/nothing", "/records/99", "/api/queue", "/api/records/99",
                                           "/api/openapi.json", "/broken", "/api/queue?year=1")]  # fmt: skip
    answers += [desk.visitor().get("/"), anna.get("/", headers={"Host": "evil.example"}),
                anna.post("/api/queue/claim", {"count": 99}), anna.client.post("/login", data={"name": ""})]  # fmt: skip
    assert {a.status_code for a in answers} == {200, 303, 403, 404, 422, 500}
    for answer in answers:
        for name, value in SECURITY.items():
            assert answer.headers.get(name) == value, (answer.request.url, answer.status_code, name)
        assert "cache-control" in answer.headers
        assert "told to nobody" not in answer.text
    assert "unsafe" not in SECURITY["Content-Security-Policy"]


@pytest.mark.parametrize("path", sorted((PACKAGE / "templates").glob("*.html")), ids=lambda path: path.name)
def test_no_template_has_anything_that_the_policy_forbids(path: Path) -> None:
    page = Html(re.sub(r"\{[{%#].*?[}%#]\}", "", path.read_text("utf-8"), flags=re.DOTALL))
    for tag, attributes in page.tags:
        assert tag not in ("style", "iframe", "object", "embed", "base")
        assert not [name for name in attributes if name.startswith("on") or name == "style"]
    for attributes, text in page.scripts:
        assert attributes.get("type") == "application/json" or (attributes["src"] and not text.strip())
    assert not re.search(r"\|\s*safe\b|autoescape|javascript:", path.read_text("utf-8"))


@pytest.mark.parametrize("path", sorted((PACKAGE / "static").glob("*.js")), ids=lambda path: path.name)
def test_no_script_makes_markup_of_data(path: Path) -> None:
    forbidden = (
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|setAttribute\(.style"
    )
    assert not re.search(forbidden, path.read_text("utf-8"))


def test_the_login_leads_nowhere_else(desk: Desk) -> None:
    elsewhere = ("https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)",
                 "/\t/evil.example", "/\n/evil.example", "", "evil.example", " //evil.example", "/\u202e")  # fmt: skip
    for wanted in elsewhere:
        for path, form in (("/login", {"name": "Anna"}), ("/language", {"language": "en"})):
            answer = desk.visitor().client.post(path, data={**form, "next": wanted})
            assert (answer.status_code, answer.headers["location"]) == (303, "/"), wanted
        page = Html(desk.visitor().get("/login", params={"next": wanted}).text)
        assert [a["value"] for t, a in page.tags if a.get("name") == "next"][-1] == "/"
    answer = desk.visitor().client.post("/login", data={"name": "Anna", "next": "/records/1?a=b"})
    assert answer.headers["location"] == "/records/1?a=b"


def hostile_record() -> dict[str, Any]:
    """A record in which every text that a document can bring along is an attack."""
    data = made_record()
    field = {"text": HOSTILE, "confidence": 0.9, "page": 1, "bbox": [0, 0, 9, 9]}
    for cell in data["cells"]:
        cell |= {"row_label": HOSTILE, "column_label": HOSTILE, "raw_text": HOSTILE, "note": HOSTILE}
        cell["row_label_read"] = HOSTILE
        if cell["reasons"]:
            cell["reasons"] = [HOSTILE]
    value = {"raw_text": HOSTILE, "value": None, "page": 1, "bbox": [0, 0, 9, 9]}
    return data | {
        "agency": field,
        "title": field,
        "source": data["source"] | {"path": f"/in/{HOSTILE}/{HOSTILE}"},
        "extra_rows": [{"table": "applications", "label_read": HOSTILE, "values": [value]}],
        "sections": [{"number": HOSTILE, "heading": HOSTILE, "text": HOSTILE, "pages": [1]}],
        "failures": [{"where": HOSTILE, "what": HOSTILE, "why": HOSTILE}],
    }


@pytest.mark.parametrize(
    "path", [*PAGES, "/login", "/?agency=" + HOSTILE.replace("&", ""), "/login?next=/" + HOSTILE]
)
def test_a_hostile_report_is_text_on_every_page(open_desk: OpenDesk, path: str) -> None:
    anna = open_desk([hostile_record()]).visitor("Anna")
    answer = anna.get(path)
    assert answer.status_code == 200
    page = Html(answer.text)
    for tag, attributes in page.tags:
        assert tag != "img"
        assert not [name for name in attributes if name.startswith("on")]
    for attributes, text in page.scripts:
        if attributes.get("type") == "application/json":
            assert "<" not in text
            page.block(str(attributes["id"]))
        else:
            assert str(attributes["src"]).startswith("/static/")
            assert not text.strip()


def test_a_hostile_name_is_text(desk: Desk) -> None:
    name = "<script>alert(1)</script>"
    page = Html(desk.visitor(name).get("/").text)
    assert page.block("session")["person"] == name
    assert all(a.get("type") == "application/json" or a.get("src") for a, _ in page.scripts)


def asked_as_is(app: FastAPI, path: str, cookie: str) -> tuple[int, bytes]:
    """Status and body for a path that no client has tidied."""
    found: dict[str, Any] = {"status": 0, "body": b""}

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        found["status"] = message.get("status", found["status"])
        found["body"] += message.get("body", b"")

    headers = [(b"host", b"127.0.0.1"), (b"cookie", cookie.encode())]
    scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
             "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "", "headers": headers,
             "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80)}  # fmt: skip
    anyio.run(app, scope, receive, send)
    return found["status"], found["body"]


@pytest.mark.parametrize(
    "up", ["../", "../../", "..\\", "%2e%2e/", "%2e%2e%2f", "..%2f", "....//", "/", "\0"]
)
@pytest.mark.parametrize(
    "pattern",
    [
        "/static/{up}gate.py", "/static/{up}words/zh.json", "/static//{up}etc/passwd", "/api/documents/{up}desk.db",
        "/api/documents/{up}" + "0" * 64, "/api/records/{up}1", "/api/records/1/pages/{up}1",
        "/api/records/1/cells/{up}etc/passwd/crop", "/api/records/1/cells/{up}a/history",
        "/api/records/1/checks/{up}a",
    ],
)  # fmt: skip
def test_no_request_reaches_the_file_system(desk: Desk, anna: Visitor, pattern: str, up: str) -> None:
    cookie = f"gouji_session={anna.client.cookies['gouji_session']}"
    status, body = asked_as_is(desk.app, pattern.format(up=up), cookie)
    assert status in (401, 404, 422), body
    assert b"root:" not in body
    assert b"CSRF_HEADER" not in body
