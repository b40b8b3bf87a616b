"""The cells of a report with the values that each may have, tied together by the form's checks.

A factor graph (Kschischang, Frey and Loeliger, 2001, "Factor Graphs and the Sum-Product Algorithm").
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..form import Identity
from ..number import ILLEGIBLE
from .cell import Decoded, Reading
from .factors import Terms, log_potential, terms_of
from .prior import CheckPrior

MIN_SHARE = 0.15
"""A rival must be so likely under the image alone, as a share of the likeliest reading or of there being none, for the checks to
choose it: one of the other cuts of a cell is enough, a reader's passing doubt is not. Real reports do print wrong totals."""

MIN_SHARE_OF_NOTHING = 0.5
"""The same of a blank, a `/` or a 0: what counts for nothing mends a sum by chance more often than a number does."""

MIN_REST = 1e-4
"""Share of a cell's probability that is always kept for what is none of its readings."""


@dataclass(frozen=True)
class Node:
    """A cell.

    Attributes:
        readings: those that the image supports, the likeliest first.
        log_probs: (len(readings) + 1,) float64, natural logs under the image alone; the last is of everything else.
        terms: (len(readings) + 1, 4), what each contributes to a check; everything else counts as unread.
    """

    readings: tuple[Reading, ...]
    log_probs: NDArray[np.float64]
    terms: Terms

    @property
    def is_free(self) -> bool:
        """Whether the image supports more than one reading."""
        return len(self.readings) > 1


@dataclass(frozen=True, slots=True)
class Factor:
    """A check, its cells as indices of nodes."""

    left: tuple[int, ...]
    right: tuple[int, ...]

    @property
    def nodes(self) -> tuple[int, ...]:
        """All its cells."""
        return (*self.left, *self.right)


Choice = Sequence[int]
"""For each node which of its options is taken."""


@dataclass(frozen=True)
class Graph:
    """Nodes and the factors between them."""

    ids: tuple[str, ...]
    nodes: tuple[Node, ...]
    factors: tuple[Factor, ...]
    prior: CheckPrior

    @cached_property
    def factors_of(self) -> tuple[tuple[int, ...], ...]:
        """For each node which factors it takes part in."""
        found: list[list[int]] = [[] for _ in self.nodes]
        for number, factor in enumerate(self.factors):
            for k in factor.nodes:
                found[k].append(number)
        return tuple(map(tuple, found))

    def components(self) -> Iterator[tuple[int, ...]]:
        """The free nodes that factors connect, each once."""
        unseen = {k for k, node in enumerate(self.nodes) if node.is_free}
        while unseen:
            reached, todo = set(), [min(unseen)]
            while todo:
                k = todo.pop()
                if k in unseen:
                    unseen.remove(k)
                    reached.add(k)
                    todo += [n for f in self.factors_of[k] for n in self.factors[f].nodes]
            yield tuple(sorted(reached))

    def potential(self, factor: Factor, choice: Choice) -> float:
        """One factor's natural log-potential."""
        left, right = (self._terms(side, choice) for side in (factor.left, factor.right))
        return float(log_potential(left[None], right[None], self.prior)[0])

    def _terms(self, side: tuple[int, ...], choice: Choice) -> Terms:
        """(4,): what the cells of a side contribute together."""
        return np.asarray(np.sum([self.nodes[k].terms[choice[k]] for k in side], axis=0))

    def log_probs(
        self, nodes: Sequence[int], states: NDArray[np.intp], choice: Choice
    ) -> NDArray[np.float64]:
        """(n,) float64: unnormalized log-probabilities of n assignments; the other nodes are as chosen.

        Args:
            nodes: which are assigned.
            states: (n, len(nodes)), the option of each.
            choice: of all nodes.
        """
        column = {k: states[:, j] for j, k in enumerate(nodes)}
        total = np.zeros(len(states))
        for k in nodes:
            total = total + self.nodes[k].log_probs[column[k]]

        def side(members: tuple[int, ...]) -> Terms:
            fixed = [self.nodes[k].terms[choice[k]] for k in members if k not in column]
            sums: Terms = np.zeros((len(states), 4)) + sum(fixed)
            for k in members:
                if k in column:
                    sums = sums + self.nodes[k].terms[column[k]]
            return sums

        for number in sorted({f for k in nodes for f in self.factors_of[k]}):
            factor = self.factors[number]
            total = total + log_potential(side(factor.left), side(factor.right), self.prior)
        return np.asarray(total)

    def site_log_probs(self, choice: Choice) -> list[NDArray[np.float64]]:
        """For each node the unnormalized log-probabilities of its options, all other nodes as chosen."""
        totals = [node.log_probs.copy() for node in self.nodes]
        for factor in self.factors:
            self._add_site_potentials(factor, choice, totals)
        return totals

    def _add_site_potentials(self, factor: Factor, choice: Choice, totals: list[NDArray[np.float64]]) -> None:
        """One factor's potential under each option of each of its nodes, added to the nodes' totals."""
        left, right = (self._terms(side, choice) for side in (factor.left, factor.right))
        lefts, rights = [], []
        for k in factor.nodes:
            changes = self.nodes[k].terms - self.nodes[k].terms[choice[k]]
            is_left = k in factor.left
            lefts.append(left + (changes if is_left else 0 * changes))
            rights.append(right + (0 * changes if is_left else changes))
        potentials = log_potential(np.concatenate(lefts), np.concatenate(rights), self.prior)
        start = 0
        for k in factor.nodes:
            stop = start + len(totals[k])
            totals[k] += potentials[start:stop]
            start = stop


def build_graph(decoded: Mapping[str, Decoded], identities: Sequence[Identity], prior: CheckPrior) -> Graph:
    """The cells that the identities name; `decoded` holds each of them."""
    ids = tuple(dict.fromkeys(i for identity in identities for i in identity.cells))
    index = {cell_id: k for k, cell_id in enumerate(ids)}
    factors = tuple(
        Factor(tuple(index[c] for c in i.left), tuple(index[c] for c in i.right)) for i in identities
    )
    return Graph(ids, tuple(_node(decoded[i]) for i in ids), factors, prior)


def _node(decoded: Decoded) -> Node:
    likeliest = max(decoded.posterior, 1.0 - decoded.posterior)
    rivals = tuple(r for r in decoded.alternatives if r.posterior >= _least_share(r) * likeliest)
    readings = (Reading(decoded.value, decoded.raw_text, decoded.posterior), *rivals)
    known = [max(r.posterior, MIN_REST) for r in readings]
    rest = max(MIN_REST, 1.0 - sum(known))
    values = (*(r.value for r in readings), ILLEGIBLE)
    return Node(readings, np.log([*known, rest]), terms_of(values))


def _least_share(rival: Reading) -> float:
    return MIN_SHARE if rival.value.number else MIN_SHARE_OF_NOTHING
