"""The cells of a matched report decoded together, and what that leaves in doubt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from .document.table import CellContent
from .mapping.assemble import decode_bound
from .mapping.bind import Binding
from .mapping.checks import CheckResult, evaluate_checks
from .mapping.decode.joint import JointCell, decode_jointly
from .mapping.decode.prior import load_prior
from .mapping.decode.suspects import suspect_cells
from .matched import MatchedReport

DOUBTFUL = 0.95
"""A cell whose value has a lower posterior, the checks counted, deserves another look."""


@dataclass(frozen=True)
class Decoding:
    """The values of a report's cells.

    Attributes:
        report: whose.
        joint: by cell id.
        checks: all of the form's, on these values.
        suspects: by the id of a check that is violated, or was before a choice mended it, the cells of the smallest change that
            would mend it.
    """

    report: MatchedReport
    joint: Mapping[str, JointCell]
    checks: tuple[CheckResult, ...]
    suspects: Mapping[str, tuple[str, ...]]

    @property
    def doubtful(self) -> frozenset[str]:
        """The cells that deserve another look: suspect ones, and those read with little certainty."""
        unsure = {i for i, cell in self.joint.items() if cell.decoded.posterior < DOUBTFUL}
        return frozenset(unsure.union(*self.suspects.values()))


def decode_report(report: MatchedReport) -> Decoding:
    """The most probable values of all cells together."""
    identities = [i for table in report.alignment.tables for i in table.identities]
    cells = decode_bound(report.binding.cells)
    alone = {cell_id: decoded.value for cell_id, decoded in cells.items()}
    joint = decode_jointly(cells, identities, load_prior())
    values = {cell_id: cell.decoded.value for cell_id, cell in joint.items()}
    checks = evaluate_checks(identities, values)
    doubt = {cell_id: 1.0 - cell.decoded.posterior for cell_id, cell in joint.items()}
    chosen = {cell_id for cell_id, cell in joint.items() if cell.chosen}
    suspects = suspect_cells(checks, values, doubt, chosen)
    if chosen:
        # Another cell may be the misread one: what would be suspect without the choice still is.
        first = suspect_cells(evaluate_checks(identities, alone), alone, doubt)
        suspects = {
            check: tuple(dict.fromkeys((*suspects.get(check, ()), *first.get(check, ()))))
            for check in {**first, **suspects}
        }
    return Decoding(report, joint, checks, suspects)


def with_contents(report: MatchedReport, contents: Mapping[str, CellContent]) -> MatchedReport:
    """The report with other contents of those cells, by cell id; each of them was found."""
    cells = tuple(
        replace(b, cell=replace(b.cell, content=contents[b.spec.id]))
        if b.cell is not None and b.spec.id in contents
        else b
        for b in report.binding.cells
    )
    return replace(report, binding=Binding(cells, report.binding.extra_rows))
