"""What is known about the reading of each cell of a report, gathered for the confidence model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .mapping.assemble import doubts_of
from .mapping.bind import Bound
from .mapping.checks import CheckResult
from .mapping.decode.joint import JointCell
from .models.features import Evidence, with_surroundings


def gather_evidence(
    bound: Sequence[Bound],
    joint: Mapping[str, JointCell],
    checks: Sequence[CheckResult],
    suspects: Mapping[str, Sequence[str]],
) -> dict[str, Evidence]:
    """By cell id.

    Args:
        bound: each cell of the form and where it was found.
        joint: each cell decoded with the others.
        checks: all of the form's, evaluated on `joint`.
        suspects: by the id of a violated check, the cells of the smallest change that would mend it.
    """
    violated = _violated(checks)
    suspected = {cell for cells in suspects.values() for cell in cells}
    return with_surroundings(
        {
            b.spec.id: _of_cell(b, joint[b.spec.id], violated.get(b.spec.id, 0), b.spec.id in suspected)
            for b in bound
        }
    )


def _of_cell(bound: Bound, cell: JointCell, violated: int, suspect: bool) -> Evidence:
    value = cell.decoded.value
    return Evidence(
        kind=value.kind,
        digits=0 if value.number is None else sum(c.isdigit() for c in str(value.number)),
        own=cell.own,
        rival=cell.rival,
        joint=cell.decoded.posterior,
        chosen=cell.chosen,
        support=cell.support,
        violated=violated,
        suspect=suspect,
        label_similarity=bound.row_score,
        label_margin=bound.row_margin,
        column_similarity=bound.column_score,
        table_support=bound.table_support,
        text_height=0.0 if bound.cell is None else bound.cell.content.text_height,
        doubts=doubts_of(bound, value, cell.decoded.raw_text),
    )


def _violated(checks: Sequence[CheckResult]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for check in checks:
        if check.state == "violated":
            for cell_id in check.identity.cells:
                counts[cell_id] = counts.get(cell_id, 0) + 1
    return counts
