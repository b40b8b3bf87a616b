"""The smallest change of readings that would mend the checks that are violated: where to look first."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence, Set
from decimal import Decimal

from ..checks import CheckResult
from ..number import Value

MAX_CHANGES = 3
"""Cells in one change at the most; what needs more is not explained."""

MAX_CHECKS = 12
"""More checks that fail together are not explained: the search would take long, and three misread cells break nine at the most."""

LESS_PROBABLE = 0.1
"""A single cell that would mend a check is left out when it is so many times less probably misread than the likeliest."""

Amount = int | Decimal


def suspect_cells(
    results: Sequence[CheckResult],
    values: Mapping[str, Value],
    doubt: Mapping[str, float],
    chosen: Set[str] = frozenset(),
) -> dict[str, tuple[str, ...]]:
    """For each violated check the cells of the smallest change that would mend it and what hangs together with it.

    Checks hang together that share a cell. Of several smallest changes it is the one of the most doubtful cells; where several
    single cells would do, all but those that are surely read beside the others. Where more than `MAX_CHANGES` other numbers are
    needed all cells of the check are suspect but those that another check confirms, if any is left: a misread cell breaks every
    check it is in. The sum of a row confirms only a cell that is the only one of the row in question: it holds, too, where the row
    is shifted by a column.

    Args:
        results: of all checks; those that cannot be assessed are left out.
        values: by cell id.
        doubt: by cell id, the probability that it is misread, 0 to 1.
        chosen: cells that the checks have chosen a reading of; a check with one of them confirms nothing.
    """
    told = [r for r in results if r.state != "not_assessable"]
    holding = [set(r.identity.cells) for r in told if r.state == "holds"]
    holding = [cells for cells in holding if cells.isdisjoint(chosen)]
    violated = [r for r in told if r.state == "violated"]
    in_question = {cell for r in violated for cell in r.identity.cells}
    confirmed = {
        cell
        for cells in holding
        if len(cells & in_question) == 1 or not _are_of_one_row(cells)
        for cell in cells & in_question
    }
    suspects: dict[str, tuple[str, ...]] = {}
    for group in _groups(violated):
        change = _Search(told, values).smallest([r.identity.id for r in group], doubt)
        for r in group:
            cells = r.identity.cells
            suspects[r.identity.id] = change or tuple(c for c in cells if c not in confirmed) or cells
    return suspects


def _are_of_one_row(cells: Set[str]) -> bool:
    return len({cell.rpartition(".")[0] for cell in cells}) == 1


def _groups(violated: Sequence[CheckResult]) -> list[list[CheckResult]]:
    """The checks, those together that share cells, directly or through others."""
    groups: list[tuple[set[str], list[CheckResult]]] = []
    for result in violated:
        cells = set(result.identity.cells)
        touching = [g for g in groups if g[0] & cells]
        groups = [g for g in groups if not g[0] & cells]
        joined = [r for g in touching for r in g[1]]
        groups.append((cells.union(*(g[0] for g in touching)), [*joined, result]))
    return [results for _, results in groups]


def _most_probable(changes: Sequence[tuple[str, ...]], doubt: Mapping[str, float]) -> tuple[str, ...]:
    """The cells of the most probable change; of single cells all that are not much less probable."""

    def probability(cells: tuple[str, ...]) -> float:
        return math.prod(doubt.get(c, 0.0) for c in cells)

    best = max(changes, key=probability)
    if len(best) > 1:
        return best
    return tuple(c for (c,) in changes if probability((c,)) >= LESS_PROBABLE * probability(best))


class _Search:
    """Changes of numbers under which checks hold."""

    def __init__(self, results: Sequence[CheckResult], values: Mapping[str, Value]) -> None:
        self._signs = {
            r.identity.id: {**dict.fromkeys(r.identity.left, 1), **dict.fromkeys(r.identity.right, -1)}
            for r in results
        }
        self._residuals: dict[str, Amount] = {
            r.identity.id: r.left - r.right for r in results if r.left is not None and r.right is not None
        }
        self._amounts: dict[str, Amount] = {i: v.number or 0 for i, v in values.items()}
        self._checks: dict[str, list[str]] = {}
        for check, signs in self._signs.items():
            for cell in signs:
                self._checks.setdefault(cell, []).append(check)

    def smallest(self, violated: Sequence[str], doubt: Mapping[str, float]) -> tuple[str, ...]:
        """The cells of the smallest change that mends those checks; empty when it would be too large."""
        if len(violated) > MAX_CHECKS:
            return ()
        residuals = {check: self._residuals[check] for check in violated}
        others = {check for check, residual in self._residuals.items() if residual} - set(violated)
        for count in range(1, MAX_CHANGES + 1):
            found = list(self._changes(residuals, others, {}, count, set()))
            if found:
                return _most_probable(found, doubt)
        return ()

    def _changes(
        self,
        residuals: dict[str, Amount],
        others: set[str],
        changed: dict[str, Amount],
        count: int,
        seen: set[frozenset[tuple[str, Amount]]],
    ) -> Iterator[tuple[str, ...]]:
        """Sets of `count` more cells; `residuals` are of the checks yet to be mended, `others` are left as they are.

        What has been `seen`, which grows, is not looked at again. Each change mends one of the failing checks by itself, whichever
        that is. Two misread cells of one row are found through their columns.
        """
        state = frozenset(changed.items())
        if state in seen:
            return
        seen.add(state)
        if not residuals:
            yield tuple(changed)
            return
        if not count:
            return
        for check, residual in residuals.items():
            for cell, sign in self._signs[check].items():
                if cell in changed or (count == 1 and any(cell not in self._signs[c] for c in residuals)):
                    continue
                change = -sign * residual
                if self._amounts[cell] + change < 0:
                    continue
                rest = dict(residuals)
                for other in self._checks[cell]:
                    rest[other] = rest.get(other, 0) + self._signs[other][cell] * change
                left = {c: r for c, r in rest.items() if r and c not in others}
                yield from self._changes(left, others, {**changed, cell: change}, count - 1, seen)
