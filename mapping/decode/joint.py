"""The most probable values of all cells of a report together, given what the image supports and that checks usually hold.

Most cells have one reading that the image supports. The others fall into components that no check connects. A small component is
enumerated, which is exact; of a large one a solver finds the most probable assignment, and its posteriors come from enumerating its
most doubtful cells, the others as chosen. A value that the image does not support is never taken, and no value is made up.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from operator import mul

import numpy as np
from numpy.typing import NDArray

from ..form import Identity
from .cell import Decoded, Reading
from .graph import Graph, Node, build_graph
from .prior import CheckPrior
from .solver import most_probable

MAX_STATES = 4096
"""Assignments of one component that are enumerated."""

SOLVER_SECONDS = 0.2
"""Wall-clock limit of the solver; past it the cells' own readings stand."""


@dataclass(frozen=True, slots=True)
class JointCell:
    """A cell decoded together with the others.

    Attributes:
        decoded: its value with the joint posterior, and its rivals with theirs.
        own: posterior of that value under the image alone, 0 to 1.
        rival: of the likeliest other value, likewise.
        chosen: whether the checks made another value of it than the image's likeliest.
        support: natural log, at least 0; how much the checks that hold speak for it, those left out that a choice made hold.
    """

    decoded: Decoded
    own: float
    rival: float = 0.0
    chosen: bool = False
    support: float = 0.0


def decode_jointly(
    decoded: Mapping[str, Decoded],
    identities: Sequence[Identity],
    prior: CheckPrior,
    solver_seconds: float = SOLVER_SECONDS,
) -> dict[str, JointCell]:
    """Each cell's value and joint posterior, by cell id.

    Args:
        decoded: each cell under the image alone; holds every cell that the identities name.
        identities: the checks of the form.
        prior: how often a check holds.
        solver_seconds: see `SOLVER_SECONDS`.
    """
    graph = build_graph(decoded, identities, prior)
    first = [0] * len(graph.nodes)
    choice, marginals = _decode(graph, first, solver_seconds)
    supports = _supports(graph, first, choice)
    beside = {k for f in graph.factors for k in f.nodes if any(choice[n] for n in f.nodes)}
    joint = {cell_id: JointCell(d, d.posterior, _likeliest(d.alternatives)) for cell_id, d in decoded.items()}
    for k, cell_id in enumerate(graph.ids):
        alone = decoded[cell_id]
        cell = _joint_cell(graph.nodes[k], choice[k], marginals[k], alone, supports[k])
        if k in beside and not cell.chosen:
            # A check that a choice made hold is no evidence for the cells beside it either.
            least = min(cell.own, cell.decoded.posterior)
            cell = replace(cell, decoded=replace(cell.decoded, posterior=least))
        joint[cell_id] = cell
    return joint


def _joint_cell(
    node: Node, taken: int, marginals: NDArray[np.float64], alone: Decoded, support: float
) -> JointCell:
    ranked = [replace(r, posterior=float(p)) for r, p in zip(node.readings, marginals, strict=False)]
    best = ranked.pop(taken)
    unsupported = [r for r in alone.alternatives if r not in node.readings]
    rivals = sorted((*ranked, *unsupported), key=lambda r: -r.posterior)
    own = node.readings[taken].posterior
    if best.value.kind != "number":
        # That a sum comes out says that nothing counts here, not that nothing is printed: a 0 would do as well.
        best, support = replace(best, posterior=min(best.posterior, own)), 0.0
    return JointCell(
        Decoded(best.value, best.raw_text, best.posterior, tuple(rivals)),
        own=own,
        rival=_likeliest([r for k, r in enumerate((*node.readings, *unsupported)) if k != taken]),
        chosen=taken != 0,
        support=support,
    )


def _likeliest(readings: Sequence[Reading]) -> float:
    return max((r.posterior for r in readings), default=0.0)


def _decode(graph: Graph, first: list[int], seconds: float) -> tuple[list[int], list[NDArray[np.float64]]]:
    """The chosen option of each node, and each node's posterior over its options, everything else the last.

    A reading is chosen that is in the most probable assignment and, summed over all assignments, likelier than the image's own.
    """
    choice = list(first)
    components = list(graph.components())
    for nodes in components:
        if math.prod(len(graph.nodes[k].readings) for k in nodes) > MAX_STATES:
            solved = most_probable(graph, nodes, choice, seconds) or choice
            states = np.array([[c[k] for k in nodes] for c in (choice, solved)], dtype=np.intp)
        else:
            states = _states([len(graph.nodes[k].readings) for k in nodes])
        best = states[graph.log_probs(nodes, states, choice).argmax()]
        for k, option in zip(nodes, best, strict=True):
            choice[k] = int(option)
    for _ in components:  # each reset leaves one component less to reset
        marginals = _marginals(graph, components, choice)
        unlikely = [c for c in components if any(marginals[k][choice[k]] < marginals[k][0] for k in c)]
        if not unlikely:
            return choice, marginals
        for k in (k for c in unlikely for k in c):
            choice[k] = 0
    return choice, _marginals(graph, components, choice)


def _marginals(
    graph: Graph, components: Sequence[tuple[int, ...]], choice: Sequence[int]
) -> list[NDArray[np.float64]]:
    """Each node's posterior over its options, everything else the last; all nodes that are not enumerated are as chosen."""
    marginals = [_softmax(totals) for totals in graph.site_log_probs(choice)]
    for nodes in components:
        doubtful = _most_doubtful(graph, nodes)
        states = _states([len(graph.nodes[k].log_probs) for k in doubtful])
        weights = _softmax(graph.log_probs(doubtful, states, choice))
        for j, k in enumerate(doubtful):
            options = len(graph.nodes[k].log_probs)
            marginals[k] = np.bincount(states[:, j], weights, minlength=options).astype(np.float64)
    return marginals


def _most_doubtful(graph: Graph, nodes: Sequence[int]) -> list[int]:
    """As many of the nodes, the most doubtful first, as can be enumerated with everything else."""
    ranked = sorted(nodes, key=lambda k: graph.nodes[k].readings[0].posterior)
    sizes = accumulate((len(graph.nodes[k].log_probs) for k in ranked), mul)
    return [k for k, size in zip(ranked, sizes, strict=True) if size <= MAX_STATES]


def _states(sizes: Sequence[int]) -> NDArray[np.intp]:
    """(product of sizes, len(sizes)): every combination."""
    return np.indices(sizes, dtype=np.intp).reshape(len(sizes), -1).T


def _softmax(logs: NDArray[np.float64]) -> NDArray[np.float64]:
    weights = np.exp(logs - logs.max())
    return np.asarray(weights / weights.sum())


def _supports(graph: Graph, first: Sequence[int], choice: Sequence[int]) -> list[float]:
    """For each node how much the checks that hold speak for it, but for those that a choice made hold."""
    supports = [0.0] * len(graph.nodes)
    for factor in graph.factors:
        after = graph.potential(factor, choice)
        by_choice = any(choice[k] != first[k] for k in factor.nodes)
        if after > 0 and not (by_choice and graph.potential(factor, first) <= 0):
            for k in factor.nodes:
                supports[k] += after
    return supports
