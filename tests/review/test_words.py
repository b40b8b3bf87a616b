"""Both languages say everything that the pages ask them to say."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest
from gouji.document.record import CellKind, CellStatus, CheckState
from gouji.review.language import words
from gouji.store.desk.parts import Purpose, Step

from .conftest import Desk, Html, Visitor

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted(
    [
        *(ROOT / "review" / "templates").glob("*.html"),
        *(ROOT / "review" / "static").glob("*.js"),
        ROOT / "review" / "site.py",
    ]
)
PREFIXES = {key.partition(".")[0] for key in words("zh")}


def reasons() -> tuple[str, ...]:
    """Those that docs/record.md explains, which are all that there are."""
    page = (ROOT / "docs" / "record.md").read_text("utf-8")
    table = page.split("| reason |", 1)[1].split("\n\n", 1)[0]
    return tuple(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE))


MEMBERS = {
    "check": get_args(CheckState),
    "kind": get_args(CellKind),
    "purpose": get_args(Purpose),
    "reason": reasons(),
    "status": (*get_args(CellStatus), "corrected"),
}
"""What is put behind a prefix where a key is made of two parts."""


def test_both_languages_have_the_same_keys_and_nothing_empty() -> None:
    zh, en = words("zh"), words("en")
    assert set(zh) == set(en)
    assert [key for key in zh if not zh[key].strip() or not en[key].strip()] == []


def test_both_languages_fill_in_the_same() -> None:
    zh, en = words("zh"), words("en")
    differ = [k for k in zh if set(re.findall(r"\{\w+\}", zh[k])) != set(re.findall(r"\{\w+\}", en[k]))]
    assert differ == []


def test_chinese_is_chinese() -> None:
    latin = {key for key, text in words("zh").items() if not re.search(r"[\u4e00-\u9fff]", text)}
    assert latin <= {"nav.language", "unit.seconds", "kind.not_applicable", "desk.name", "audit.of"}
    assert [key for key, text in words("en").items() if re.search(r"[\u4e00-\u9fff]", text)] == [
        "nav.language"
    ]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_every_key_that_is_named_is_there(path: Path) -> None:
    text = path.read_text("utf-8")
    quoted = set(re.findall(r"[\"'`]([a-z]+\.[a-z_]+)[\"'`]", text))
    named = {key for key in quoted if key.partition(".")[0] in PREFIXES and not key.endswith(".html")}
    called = set(re.findall(r"\b(?:t|say)\(\s*[\"']([^\"']+?)[\"']\s*[,)]", text))
    assert (named | called) - set(words("zh")) == set()


def test_keys_are_named_at_all() -> None:
    text = "".join(path.read_text("utf-8") for path in SOURCES)
    assert len(set(re.findall(r"\b(?:t|say)\([\"']([\w.]+)[\"']", text))) > 100


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_keys_of_two_parts_have_known_prefixes(path: Path) -> None:
    text = path.read_text("utf-8")
    made = re.findall(r"`([a-z]+)\.\$\{", text) + re.findall(r"[\"']([a-z]+)\.[\"']\s*(?:~|\+|\))", text)
    assert set(made) <= set(MEMBERS)


@pytest.mark.parametrize("prefix", sorted(MEMBERS))
def test_every_member_of_a_prefix_has_a_word(prefix: str) -> None:
    assert MEMBERS[prefix]
    assert [m for m in MEMBERS[prefix] if f"{prefix}.{m}" not in words("zh")] == []


def test_every_step_but_the_first_is_announced() -> None:
    script = (ROOT / "review" / "static" / "desk.js").read_text("utf-8")
    (listed,) = re.findall(r"const said = \{(.*?)\}", script)
    assert set(re.findall(r"(\w+):", listed)) == set(get_args(Step)) - {"first"}


def language(visitor: Visitor, **headers: str) -> str | None:
    tags = Html(visitor.get("/login", headers=headers).text).tags
    return next(attributes["lang"] for tag, attributes in tags if tag == "html")


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        ("", "zh-CN"), ("en", "en"), ("en-GB,en;q=0.9", "en"), ("de,en;q=0.5", "en"), ("de", "zh-CN"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"), ("en,zh;q=0.5", "zh-CN"), ("*", "zh-CN"), (";;,=", "zh-CN"),
    ],
)  # fmt: skip
def test_a_browser_that_wants_english_and_no_chinese_gets_it(
    desk: Desk, accepted: str, expected: str
) -> None:
    assert language(desk.visitor(), **{"Accept-Language": accepted}) == expected


def test_a_browser_that_says_nothing_gets_chinese(desk: Desk) -> None:
    assert language(desk.visitor()) == "zh-CN"


def test_the_switch_holds_in_this_browser(desk: Desk) -> None:
    visitor = desk.visitor()
    for chosen, expected in (("en", "en"), ("zh", "zh-CN"), ("fr", "zh-CN")):
        answer = visitor.client.post("/language", data={"language": chosen, "next": "/login"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/login")
        assert language(visitor, **{"Accept-Language": "en" if chosen == "zh" else "zh"}) == expected
