"""What is installed: exactly the package's modules and data; and what it does twice it does alike."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import pytest
from gouji.document.limits import Limits
from gouji.document.record import record_to_json
from gouji.ocr.onnx import OnnxEngine
from gouji.ocr.pages import open_source
from gouji.pipeline import digitize

ROOT = Path(__file__).resolve().parents[1]
DEVELOPMENT = {"tests", "training", "fixtures", "benchmarks", "docs", "build", "dist"}
"""Folders of the checkout that are no part of the package."""

SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PACKAGES: list[str] = SETTINGS["tool"]["setuptools"]["packages"]


def folder_of(package: str) -> Path:
    return ROOT.joinpath(*package.split(".")[1:])


def test_every_folder_with_modules_is_a_declared_package() -> None:
    found = {"gouji"}
    for path in ROOT.rglob("__init__.py"):
        parts = path.relative_to(ROOT).parts[:-1]
        outside = any(part.startswith(".") or part in DEVELOPMENT for part in parts)
        if parts and not outside and "site-packages" not in parts:
            found.add(".".join(("gouji", *parts)))
    assert found == set(PACKAGES)
    for package in PACKAGES:
        assert (folder_of(package) / "__init__.py").is_file()


def expected_files() -> set[str]:
    """Names inside the wheel, its metadata left out."""
    data = SETTINGS["tool"]["setuptools"]["package-data"]
    names = set()
    for package in PACKAGES:
        for pattern in ("*.py", *data.get(package, ())):
            folder = folder_of(package)
            names |= {
                f"{package.replace('.', '/')}/{p.relative_to(folder).as_posix()}"
                for p in folder.glob(pattern)
            }
    return names


def test_data_files_are_there() -> None:
    assert {"gouji/py.typed", "gouji/mapping/forms/annual-report-2021.json"} <= expected_files()
    assert not any(
        part in name for name in expected_files() for part in ("tests/", "fixtures/", "benchmarks/")
    )


def setuptools_is_new_enough() -> bool:
    """Whether the installed setuptools can read this pyproject.toml; an isolated build would ask the network."""
    try:
        return int(version("setuptools").partition(".")[0]) >= 77
    except PackageNotFoundError:
        return False


@pytest.mark.skipif(not setuptools_is_new_enough(), reason="setuptools 77 or newer is not installed here")
def test_the_wheel_holds_exactly_the_package(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    hidden = shutil.ignore_patterns(".*", "*.egg-info", "build", "demo-out", "bench-out", "__pycache__")
    shutil.copytree(ROOT, copy, ignore=hidden)
    code = "import sys; from setuptools import build_meta; print(build_meta.build_wheel(sys.argv[1]))"
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], cwd=copy, capture_output=True, text=True, check=True
    )
    with zipfile.ZipFile(tmp_path / done.stdout.split()[-1]) as wheel:
        names = {name for name in wheel.namelist() if ".dist-info/" not in name}
        metadata = next(name for name in wheel.namelist() if name.endswith("entry_points.txt"))
        assert "gouji = gouji.cli:main" in wheel.read(metadata).decode()
    assert names == expected_files()


def test_the_same_input_gives_the_same_record_in_another_process(
    engine: OnnxEngine, tail_page: Path, tail_run: Any
) -> None:
    limits = Limits()
    record = digitize(open_source(tail_page, limits), engine, limits, with_sections=False).record
    here = json.loads(record_to_json(record))
    there = json.loads((tail_run.folder / "out" / "tail.json").read_text("utf-8"))
    assert here.pop("provenance") | {"seconds": 0} == there.pop("provenance") | {"seconds": 0}
    assert json.dumps(here, ensure_ascii=False) == json.dumps(there, ensure_ascii=False)


def test_importing_says_and_writes_nothing(tmp_path: Path) -> None:
    modules = [
        ".".join((package, path.stem)) if path.stem != "__init__" else package
        for package in PACKAGES
        for path in sorted(folder_of(package).glob("*.py"))
        if path.parent.name != "migrations" or path.stem != "env"  # a script that Alembic runs
    ]
    code = f"import importlib\nfor name in {modules!r}: importlib.import_module(name)"
    environment = {**os.environ, "HOME": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert list(tmp_path.iterdir()) == []


def test_a_run_without_a_database_loads_none_of_it() -> None:
    heavy = {"sqlalchemy", "alembic", "cv2", "pypdfium2", "openvino"}
    code = "import sys, gouji.batch.progress; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert heavy.isdisjoint(done.stdout.split())
