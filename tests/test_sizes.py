"""Files and functions stay small, and are named by their subject."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MAX_FILE_LINES = 400
MAX_BODY_LINES = 50
VAGUE = {"utils.py", "util.py", "helpers.py", "common.py", "misc.py"}
NOT_OURS = {"build", "dist", "demo-out", "bench-out", "node_modules", "__pycache__"}


def python_files(folder: Path) -> list[Path]:
    """Our Python files below a folder; hidden ones, environments and build outputs left out."""
    found = []
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.name in NOT_OURS or path.name.endswith(".egg-info"):
            continue
        if path.is_dir() and not (path / "pyvenv.cfg").exists():
            found += python_files(path)
        elif path.suffix == ".py":
            found.append(path)
    return found


FILES = [path for path in python_files(ROOT) if path.parts[len(ROOT.parts)] != "tests"]


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from the first statement after the docstring to the last one."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def test_the_package_is_looked_at() -> None:
    names = {path.relative_to(ROOT).as_posix() for path in FILES}
    assert {"pipeline.py", "cli.py", "layout/page.py", "fixtures/scanmaker/cli.py"} <= names


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_a_file_and_its_functions_are_small(path: Path) -> None:
    text = path.read_text("utf-8")
    assert text.count("\n") < MAX_FILE_LINES
    functions = [
        n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    long = {f.name: body_lines(f) for f in functions if body_lines(f) > MAX_BODY_LINES}
    assert long == {}


def test_no_file_is_named_after_nothing() -> None:
    assert [path for path in python_files(ROOT) if path.name in VAGUE] == []


def test_packages_do_nothing_when_imported() -> None:
    for path in FILES:
        if path.name == "__init__.py":
            statements = ast.parse(path.read_text("utf-8")).body
            assert all(isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant) for s in statements), (
                path
            )
