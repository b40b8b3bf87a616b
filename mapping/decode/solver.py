"""The most probable assignment of many cells at once, as a mixed-integer program solved by HiGHS.

A binary variable a reading and one a check: a check may count as holding only where its sides are equal (big-M). What a check that
holds is worth is taken at its total as first read, and a blank or a `/` counts as a 0 that is printed, so that the program stays
linear: whoever asks should compare the answer with what he has.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence

import highspy
import numpy as np

from .factors import log_potential
from .graph import Choice, Factor, Graph

log = logging.getLogger(__name__)


def most_probable(graph: Graph, nodes: Sequence[int], choice: Choice, seconds: float) -> list[int] | None:
    """The choice of all nodes in which those given are the most probable together; None where the time is too short.

    Args:
        graph: cells and checks.
        nodes: which may change.
        choice: of all nodes, the one to start from.
        seconds: wall-clock limit.
    """
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("time_limit", seconds)
    solver.setOptionValue("threads", 1)
    taken = {k: [solver.addBinary(obj=float(p)) for p in graph.nodes[k].log_probs[:-1]] for k in nodes}
    for options in taken.values():
        solver.addConstr(sum(options[1:], options[0]) == 1)
    for number in sorted({f for k in nodes for f in graph.factors_of[k]}):
        _add_check(solver, graph, graph.factors[number], choice, taken)
    solver.maximize()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        log.debug("no joint reading of %d cells within %.2f s", len(nodes), seconds)
        return None
    found = list(choice)
    for k, options in taken.items():
        found[k] = int(np.argmax(solver.vals(options)))
    return found


def _add_check(
    solver: highspy.Highs,
    graph: Graph,
    factor: Factor,
    choice: Choice,
    taken: dict[int, list[highspy.highs_var]],
) -> None:
    """A check's worth in the objective, and that it counts as holding only where its sides are equal."""
    sides = [
        np.sum([graph.nodes[k].terms[choice[k]] for k in side], axis=0)
        for side in (factor.left, factor.right)
    ]
    if any(side[3] for side in sides):  # an unread cell, as first read, leaves the check open
        return
    difference, reach = 0.0, 0.0
    for k, sign in [*((k, 1.0) for k in factor.left), *((k, -1.0) for k in factor.right)]:
        amounts = graph.nodes[k].terms[:, 0]
        if k in taken:
            difference = difference + sum(
                sign * float(a) * x for a, x in zip(amounts, taken[k], strict=False)
            )
            reach += float(np.abs(amounts).max())
        else:
            difference = difference + sign * float(amounts[choice[k]])
            reach += abs(float(amounts[choice[k]]))
    equal = np.array([[sides[0][0], 1.0, 0.0, 0.0]])
    worth = float(log_potential(equal, equal, graph.prior)[0])
    if not any(side[2] for side in sides):  # blanks leave a violated check open
        worth -= math.log1p(-graph.prior.holds)
    holds = solver.addBinary(obj=worth)
    solver.addConstr(difference + reach * holds <= reach)
    solver.addConstr(difference - reach * holds >= -reach)
