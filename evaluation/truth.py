"""Truth files: what a report prints, typed by a person or known to the generator that drew it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from ..document.errors import UnreadableFileError, UsageError


class Truth(BaseModel):
    """The truth of one report.

    Attributes:
        cells: the printed number of each cell id; None where the cell prints no number.
        kinds: for each None, whether the cell is blank or says that nothing applies.
        inconsistent_checks: checks that fail as printed.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    cells: dict[str, int | Decimal | None]
    kinds: dict[str, Literal["blank", "not_applicable"]] = {}
    title: str | None = None
    agency: str | None = None
    agency_accept: tuple[str, ...] = ()
    year: int | None = None
    inconsistent_checks: tuple[str, ...] = ()


class ManifestEntry(BaseModel):
    """One document of a set: where it and its truth lie, how it is set, and the conditions it was scanned in."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str
    truth: str
    path: str = ""
    profile: str = ""
    look: str = ""

    @property
    def record_names(self) -> tuple[str, ...]:
        """What its record may be called, `.json` left out: as the document, or by its id."""
        return tuple(
            dict.fromkeys(name for name in (self.id, Path(self.path).stem, Path(self.path).name) if name)
        )


def load_truth(path: Path) -> Truth:
    """The truth in a file.

    Raises:
        UnreadableFileError: when the file cannot be read.
        UsageError: when it is not a truth file.
    """
    try:
        return Truth.model_validate_json(path.read_text("utf-8"))
    except OSError as error:
        raise UnreadableFileError(
            f"{path}: cannot be read ({error.strerror}).", "Check the path and its permissions."
        ) from error
    except (ValidationError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{path}: not a truth file: {error}", "See docs/evaluate.md for its shape."
        ) from error


def truth_of_set(path: Path) -> Iterator[tuple[ManifestEntry, Truth]]:
    """Every document of a set with its truth.

    A set is a folder with a `manifest.json` (the truth under `truth/<truth>.json`), or a folder or file of truth files, where each
    is the truth of the record of the same name (`x.truth.json` or `x.json` of `x.json`).

    Raises:
        UsageError: when there is no truth at the path.
    """
    manifest = path / "manifest.json" if path.is_dir() else path
    if manifest.name == "manifest.json" and manifest.is_file():
        for entry in _load_manifest(manifest):
            yield entry, load_truth(_truth_file(manifest.parent, entry.truth))
        return
    files = [path] if path.is_file() else sorted(path.rglob("*.truth.json")) or sorted(path.rglob("*.json"))
    if not files:
        raise UsageError(
            f"{path}: no truth file in it.", "Give a truth file, a folder of them, or a manifest.json."
        )
    for file in files:
        name = file.name.removesuffix(".json").removesuffix(".truth")
        yield ManifestEntry(id=name, truth=name), load_truth(file)


def _load_manifest(path: Path) -> list[ManifestEntry]:
    try:
        return TypeAdapter(list[ManifestEntry]).validate_json(path.read_text("utf-8"))
    except (OSError, ValidationError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: not a manifest: {error}", "See docs/evaluate.md for its shape.") from error


def _truth_file(folder: Path, name: str) -> Path:
    named = folder / name
    return named if named.is_file() else folder / "truth" / f"{name.removesuffix('.json')}.json"
