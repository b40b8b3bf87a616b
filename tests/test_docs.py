"""The documentation says what the program has, and its links lead somewhere."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
import typer.main
from gouji.cli import app
from gouji.document import errors
from gouji.document.errors import ExitCode, GoujiError
from gouji.mapping.form import load_forms

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
REASON_FILES = ("models/confidence.py", "mapping/assemble.py")

COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]
OPTIONS = [
    (name, option)
    for name, command in COMMANDS.items()
    for parameter in command.params
    if parameter.param_type_name == "option"
    for option in (*parameter.opts, *parameter.secondary_opts)
]


def markdown_files() -> list[Path]:
    """Those of the repository: at the root and below docs and fixtures."""
    return sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *(ROOT / "fixtures").rglob("*.md")])


def names_of(paths: list[Path]) -> list[str]:
    return [path.relative_to(ROOT).as_posix() for path in paths]


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_each_command_is_in_the_readme(name: str) -> None:
    for readme in ("README.md", "README.zh-CN.md"):
        assert f"`gouji {name}" in (ROOT / readme).read_text("utf-8"), readme


@pytest.mark.parametrize("name", sorted(set(COMMANDS) - {"version", "schema"}))
def test_each_command_with_more_to_say_has_a_page(name: str) -> None:
    assert f"`gouji {name}`" in (DOCS / f"{name}.md").read_text("utf-8").splitlines()[0]


@pytest.mark.parametrize(("command", "option"), OPTIONS)
def test_each_option_is_in_its_commands_page(command: str, option: str) -> None:
    page = (DOCS / f"{command}.md").read_text("utf-8")
    assert re.search(rf"`{re.escape(option)}[`\s]", page), f"{option} of {command}"


def test_defaults_of_options_are_as_documented() -> None:
    page = (DOCS / "digitize.md").read_text("utf-8")
    for parameter in COMMANDS["digitize"].params:
        if isinstance(parameter.default, int | float) and not isinstance(parameter.default, bool):
            row = next(line for line in page.splitlines() if line.startswith(f"| `{parameter.opts[0]} "))
            assert f"| {parameter.default:g} |" in row or f"| {parameter.default} |" in row


@pytest.mark.parametrize("code", list(ExitCode))
def test_each_exit_code_is_documented(code: ExitCode) -> None:
    assert f"| {code.value} | `{code.name}` |" in (DOCS / "exit-codes.md").read_text("utf-8")


def error_categories() -> Iterator[str]:
    for value in vars(errors).values():
        if isinstance(value, type) and issubclass(value, GoujiError) and value is not GoujiError:
            yield value("").category


@pytest.mark.parametrize("category", sorted(error_categories()))
def test_each_error_category_is_documented(category: str) -> None:
    assert f"| `{category}` |" in (DOCS / "exit-codes.md").read_text("utf-8")


def is_reason_list(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in {"reasons", "doubts"}


def reasons_in(source: str) -> Iterator[str]:
    """Texts that are appended to reasons or doubts, returned as a tuple of reasons, or named as a constant that is appended."""
    tree = ast.parse(source)
    constants = {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr == "append" and is_reason_list(node.func.value):
                (value,) = node.args
                yield str(value.value if isinstance(value, ast.Constant) else constants[ast.unparse(value)])
        elif isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
            for part in node.value.elts:
                if isinstance(part, ast.Tuple):
                    yield from (str(item.value) for item in part.elts if isinstance(item, ast.Constant))


def test_reasons_are_found_in_code() -> None:
    code = 'WET = "wet_paper"\ndoubts.append(WET)\nreasons.append("torn")\n\ndef f():\n    return 0.0, ("burnt",)\n'
    assert set(reasons_in(code)) == {"wet_paper", "torn", "burnt"}


@pytest.mark.parametrize("file", REASON_FILES)
def test_each_reason_is_documented_and_none_invented(file: str) -> None:
    page = (DOCS / "record.md").read_text("utf-8")
    found = set(reasons_in((ROOT / file).read_text("utf-8")))
    assert found
    for reason in found:
        assert f"| `{reason}` |" in page


def test_no_reason_is_documented_that_the_code_lacks() -> None:
    page = (DOCS / "record.md").read_text("utf-8")
    table = page.split("| reason |", 1)[1].split("\n\n", 1)[0]
    documented = set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE))
    known = {r for file in REASON_FILES for r in reasons_in((ROOT / file).read_text("utf-8"))}
    assert documented == known


def test_each_part_of_the_record_is_documented() -> None:
    from gouji.document.record import Record

    page = (DOCS / "record.md").read_text("utf-8")
    schema = Record.model_json_schema(mode="serialization")
    parts = [schema, *schema["$defs"].values()]
    absent = {name for part in parts for name in part.get("properties", {}) if f"`{name}`" not in page}
    assert not absent


def test_each_id_of_the_form_is_in_the_glossary() -> None:
    page = (DOCS / "glossary.md").read_text("utf-8")
    ids = {
        part
        for form in load_forms()
        for table in form.tables
        for c in table.cells
        for part in c.id.split(".")
    }
    assert not {part for part in ids if not re.search(rf"[`.]{part}[`.]", page)}


LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def anchors(text: str) -> set[str]:
    """As GitHub makes them from headings."""
    headings = re.findall(r"^#+\s+(.*)$", FENCE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("name", names_of(markdown_files()))
def test_relative_links_lead_somewhere(name: str) -> None:
    page = ROOT / name
    text = page.read_text("utf-8")
    for link in LINK.findall(FENCE.sub("", text)):
        if re.match(r"[a-z]+:", link):
            continue
        target, _, anchor = link.partition("#")
        path = (page.parent / target).resolve() if target else page
        assert path.exists(), f"{name} links to {link}"
        assert path.is_relative_to(ROOT), f"{name} links out of the repository: {link}"
        if anchor:
            assert anchor in anchors(path.read_text("utf-8")), f"{name} links to {link}"


@pytest.mark.parametrize("path", sorted(DOCS.glob("*.md")), ids=lambda path: path.name)
def test_each_docs_page_is_reached_from_the_readme(path: Path) -> None:
    assert f"docs/{path.name}" in (ROOT / "README.md").read_text("utf-8")


@pytest.mark.parametrize("name", names_of(markdown_files()))
def test_make_targets_that_are_named_exist(name: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = set(re.findall(r"(?:`|^)make ([a-z-]+)", (ROOT / name).read_text("utf-8"), re.MULTILINE))
    assert named <= targets


def test_both_readmes_have_the_same_links_and_code() -> None:
    english, chinese = ((ROOT / name).read_text("utf-8") for name in ("README.md", "README.zh-CN.md"))
    same = {"README.md", "README.zh-CN.md"}
    assert set(LINK.findall(english)) - same == set(LINK.findall(chinese)) - same
    uncommented = [re.sub(r"\s*# .*", "", "".join(FENCE.findall(text))) for text in (english, chinese)]
    assert uncommented[0] == uncommented[1]


def test_the_two_commands_stand_right_under_the_picture() -> None:
    for name in ("README.md", "README.zh-CN.md"):
        blocks = (ROOT / name).read_text("utf-8").split("\n\n")
        picture = next(i for i, block in enumerate(blocks) if block.startswith("!["))
        assert re.fullmatch(r"```sh\nmake demo .*\nmake test .*\n```", blocks[picture + 1])


def test_the_map_names_every_package_and_module() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    tree = text.split("```", 2)[1]
    sections = re.findall(r"^(\w+)/((?:.*\n(?!\w))*.*)", tree, re.MULTILINE)
    named = {folder: set(re.findall(r"\w+", words)) for folder, words in sections}
    for folder in ("document", "ocr", "layout", "mapping", "models", "show", "evaluation", "batch", "review"):
        modules = {path.stem for path in (ROOT / folder).glob("*.py")} - {"__init__"}
        absent = modules - named[folder]
        assert not absent, f"{folder}: {sorted(absent)}"


def test_no_page_names_a_place_outside_the_repository() -> None:
    for name in names_of(markdown_files()):
        assert not re.search(
            r"\.\./shared|(?<!\w)/(?:work|tmp|home|root)/", (ROOT / name).read_text("utf-8")
        ), name


def test_decisions_are_dated_and_complete() -> None:
    entries = re.split(r"^## ", (DOCS / "decisions.md").read_text("utf-8"), flags=re.MULTILINE)[1:]
    dates = [entry[:10] for entry in entries]
    assert all(re.fullmatch(r"\d{4}-\d{2}-\d{2}", date) for date in dates)
    assert all(newer >= older for newer, older in pairwise(dates))
    for entry in entries:
        assert all(f"**{word}.**" in entry for word in ("Question", "Choice", "Why", "What would change it"))


def test_the_changelog_has_an_unreleased_part() -> None:
    assert "\n## [Unreleased]\n" in (ROOT / "CHANGELOG.md").read_text("utf-8")
