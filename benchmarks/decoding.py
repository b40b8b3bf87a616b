"""What the checks mend: cells read wrong each by itself, decoded together, and decoded together after the doubtful were read again.

    python -m benchmarks.decoding TRUTH DOCUMENTS --profiles fax,worn

Cells that were not found are no matter of decoding and are counted apart.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from gouji.batch.memory import share_heaps
from gouji.decoding import Decoding, decode_report
from gouji.digitized import digitize_page
from gouji.document.limits import Limits
from gouji.evaluation.truth import Truth, truth_of_set
from gouji.mapping.assemble import decode_bound
from gouji.mapping.number import Value
from gouji.matched import match_form
from gouji.models.weights import DETECTION, RECOGNITION, find_weights
from gouji.ocr.engine import Engine
from gouji.ocr.onnx import OnnxEngine
from gouji.ocr.pages import open_pages, open_source
from gouji.second_look import look_closer, read_again

STAGES = ("each by itself", "together", "together, read again")


def measure(path: Path, printed: Truth, engine: Engine) -> tuple[Counter[str], float]:
    """Of one report how many cells each stage has wrong, and the seconds that decoding took."""
    limits = Limits()
    with open_pages(open_source(path, limits, folder_is_report=path.is_dir()), limits) as images:
        pages = [digitize_page(images.read(k), engine, with_sections=False) for k in range(len(images))]
        report = look_closer(match_form(pages), images, engine, with_sections=False)
        alone = {cell_id: cell.value for cell_id, cell in decode_bound(report.binding.cells).items()}
        started = time.perf_counter()
        together = decode_report(report)
        seconds = time.perf_counter() - started
        again = read_again(together, images, engine)
    found = {b.spec.id for b in report.binding.cells if b.cell is not None}
    stages = (alone, _values(together), _values(again))
    wrong = Counter(
        {name: _wrong(values, printed, found) for name, values in zip(STAGES, stages, strict=True)}
    )
    wrong["cells"], wrong["not found"] = len(found), len(printed.cells.keys() - found)
    return wrong, seconds


def _values(decoding: Decoding) -> Mapping[str, Value]:
    return {cell_id: cell.decoded.value for cell_id, cell in decoding.joint.items()}


def _wrong(values: Mapping[str, Value], printed: Truth, found: set[str]) -> int:
    return sum(not _is_right(values[cell_id], printed, cell_id) for cell_id in printed.cells.keys() & found)


def _is_right(value: Value, printed: Truth, cell_id: str) -> bool:
    number = printed.cells[cell_id]
    if number is None:
        return bool(value.kind == printed.kinds.get(cell_id, "blank"))
    return bool(value.kind == "number" and value.number == number)


def main() -> None:
    """Prints the counts of each profile and of all."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("truth", type=Path)
    parser.add_argument("documents", type=Path)
    parser.add_argument("--profiles", default="", help="only these, with commas between; all by default")
    arguments = parser.parse_args()
    share_heaps()
    engine = OnnxEngine(find_weights(DETECTION), find_weights(RECOGNITION), 2)
    wanted = set(filter(None, arguments.profiles.split(",")))
    totals: dict[str, Counter[str]] = {}
    seconds = []
    for entry, printed in truth_of_set(arguments.truth):
        if wanted and entry.profile not in wanted:
            continue
        (path,) = arguments.documents.glob(f"{entry.id}*")
        wrong, spent = measure(path, printed, engine)
        totals.setdefault(entry.profile, Counter()).update(wrong)
        seconds.append(spent)
    columns = ("cells", "not found", *STAGES)
    print(" | ".join(("profile", *columns)))
    for profile, counts in [*sorted(totals.items()), ("all", sum(totals.values(), Counter()))]:
        print(" | ".join((profile, *(str(counts[name]) for name in columns))))
    print(
        f"decoding once: {1000 * statistics.median(seconds):.0f} ms median, {1000 * max(seconds):.0f} longest"
    )


if __name__ == "__main__":
    main()
