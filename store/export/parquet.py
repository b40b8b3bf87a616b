"""Parquet."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from ...document.errors import MissingPartError
from ...document.whole import draft_of
from ..archive import Archive
from ..views import cell_ids
from .rows import LONG, WIDE, Language, Layout, Value, as_float, column_names, rows

PART = {"long": 20_000, "wide": 100}
"""Rows that are in memory together."""

WHOLE = {"year", "page", "x0", "y0", "x1", "y1"}


def export_parquet(archive: Archive, path: Path, layout: Layout, language: Language) -> int:
    """Writes Parquet: numbers as float64, text as text; `wide` has numbers only. The number of rows.

    Raises:
        MissingPartError: without Polars.
        OutputError: when the file cannot be written.
    """
    try:
        import polars
        from polars.exceptions import PolarsError
    except ImportError as error:
        raise MissingPartError(
            "Parquet is written with Polars, which is not installed.", "Install gouji[parquet]."
        ) from error
    ids = LONG if layout == "long" else (*WIDE, *cell_ids())
    numbers = {"value", "confidence"} if layout == "long" else set(cell_ids())
    kinds = [polars.Float64 if i in numbers else polars.Int64 if i in WHOLE else polars.String for i in ids]
    schema = dict(zip(column_names(layout, language), kinds, strict=True))
    places = [k for k, i in enumerate(ids) if i in numbers]
    count = 0
    with (
        draft_of(path, PolarsError) as draft,
        TemporaryDirectory(dir=draft.parent, prefix=".gouji-parquet-") as parts,
    ):
        written: list[Path] = []
        for part in _parts(_with_floats(rows(archive, layout, language), places), layout):
            written.append(Path(parts) / f"{len(written)}.parquet")
            polars.DataFrame(part, schema=schema, orient="row").write_parquet(written[-1])
            count += len(part)
        # Put together part by part: a frame of all would hold the whole archive.
        polars.scan_parquet(written, glob=False).sink_parquet(draft)
    return count


def _with_floats(found: Iterator[list[Value]], places: list[int]) -> Iterator[list[Value]]:
    for values in found:
        for k in places:
            values[k] = as_float(values[k])
        yield values


def _parts(found: Iterator[list[Value]], layout: Layout) -> Iterator[list[list[Value]]]:
    """At least one, so that a table without rows has its columns."""
    yield list(islice(found, PART[layout]))
    while part := list(islice(found, PART[layout])):
        yield part
