"""Is everything there? One finding a part, each failure with its fix. Nothing is asked of a network."""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

import psutil
from PIL import features
from rich.console import Console

from .document.errors import ExitCode, MissingPartError
from .models.opencv import check_single_opencv
from .models.weights import DEFAULT_WEIGHTS, verify_weights
from .ocr.poppler import has_poppler

MIN_MEMORY = 1_500_000_000
"""Bytes that should be free: a page of 120 million px is 360 MB, and models and working copies come on top."""

PACKAGES = (
    "alembic", "gouji", "highspy",
    "numpy", "opencv-python-headless", "openvino", "pdf2image", "pillow", "psutil", "pydantic", "pypdfium2",
    "rapidfuzz", "rapidocr", "rich", "sqlalchemy", "typer", "xlsxwriter",
)  # fmt: skip
OPTIONAL_PACKAGES = ("matplotlib", "paddleocr", "polars", "psycopg", "ray", "scikit-learn")


@dataclass(frozen=True, slots=True)
class Finding:
    """One part: whether it is as it should be, what was found, and how to mend it.

    Attributes:
        ok: None for an optional part that is absent.
    """

    part: str
    ok: bool | None
    found: str
    fix: str = ""


def examine() -> tuple[Finding, ...]:
    """All findings, in the order of printing."""
    checks: tuple[Callable[[], tuple[Finding, ...]], ...] = (
        _python, _packages, _opencv, _weights, _poppler, _font, _memory,
    )  # fmt: skip
    return tuple(finding for check in checks for finding in check())


def print_findings() -> ExitCode:
    """Prints the findings to stdout; OK, or MISSING_PART when something needed is not as it should be."""
    console = Console(soft_wrap=True)
    findings = examine()
    for finding in findings:
        mark = {True: "[green]ok  [/]", False: "[red]FAIL[/]", None: "[yellow]--  [/]"}[finding.ok]
        console.print(f"{mark} {finding.part}: {finding.found}", highlight=False)
        if finding.ok is not True and finding.fix:
            console.print(f"       {finding.fix}", highlight=False)
    return ExitCode.MISSING_PART if any(f.ok is False for f in findings) else ExitCode.OK


def _python() -> tuple[Finding, ...]:
    found = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    return (Finding("Python", sys.version_info >= (3, 11), found, "Install Python 3.11 or newer."),)


def _packages() -> tuple[Finding, ...]:
    return tuple(
        [_package(name, "Run `make setup`, or `pip install gouji`.", needed=True) for name in PACKAGES]
        + [
            _package(name, "Only for --engine paddle; see docs/paddle.md.", needed=False)
            for name in OPTIONAL_PACKAGES
        ]
    )


def _package(name: str, fix: str, *, needed: bool) -> Finding:
    try:
        return Finding(name, True, version(name))
    except PackageNotFoundError:
        return Finding(name, False if needed else None, "not installed", fix)


def _opencv() -> tuple[Finding, ...]:
    try:
        check_single_opencv()
    except MissingPartError as error:
        return (Finding("one OpenCV", False, error.message, error.remedy),)
    return (Finding("one OpenCV", True, "no two distributions share the folder cv2"),)


def _weights() -> tuple[Finding, ...]:
    findings = []
    for weights in DEFAULT_WEIGHTS:
        try:
            path = verify_weights(weights)
            findings.append(
                Finding(weights.name, True, f"sha256 {weights.sha256[:12]}… as expected, {path.name}")
            )
        except MissingPartError as error:
            findings.append(Finding(weights.name, False, error.message, error.remedy))
    return tuple(findings)


def _poppler() -> tuple[Finding, ...]:
    if has_poppler():
        return (Finding("poppler", True, "pdftoppm is there"),)
    fix = "PDF pages are drawn by pdfium instead. For poppler: apt install poppler-utils, or brew install poppler."
    return (Finding("poppler", None, "pdftoppm is not on PATH", fix),)


def _font() -> tuple[Finding, ...]:
    ok = bool(features.check("freetype2"))
    return (
        Finding(
            "font for annotated pages",
            ok,
            "comes with Pillow" if ok else "Pillow lacks FreeType",
            "Reinstall pillow.",
        ),
    )


def _memory() -> tuple[Finding, ...]:
    free = psutil.virtual_memory().available
    return (
        Finding(
            "memory",
            free >= MIN_MEMORY,
            f"{free / 1e9:.1f} GB available",
            "Close programs, or lower --max-pixels.",
        ),
    )
