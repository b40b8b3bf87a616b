"""The form's identities (勾稽关系) evaluated over the readings. Nothing is repaired here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ..document.record import CheckState
from .form import Identity
from .number import Value


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One identity over one report.

    Attributes:
        left, right: the sums of the numbers that are printed; None for a side without any.
    """

    identity: Identity
    state: CheckState
    left: int | Decimal | None
    right: int | Decimal | None


def evaluate_checks(identities: Sequence[Identity], values: Mapping[str, Value]) -> tuple[CheckResult, ...]:
    """The state of each identity; `values` holds one value for each cell id that the identities name."""
    return tuple(_evaluate(identity, values) for identity in identities)


def _evaluate(identity: Identity, values: Mapping[str, Value]) -> CheckResult:
    left, right = ([values[i] for i in side] for side in (identity.left, identity.right))
    left_sum, right_sum = _sum(left), _sum(right)
    return CheckResult(identity, _state(left, right, left_sum, right_sum), left_sum, right_sum)


def _sum(side: Sequence[Value]) -> int | Decimal | None:
    numbers = [v.number for v in side if v.number is not None]
    return sum(numbers) if numbers else None


def _state(
    left: Sequence[Value],
    right: Sequence[Value],
    left_sum: int | Decimal | None,
    right_sum: int | Decimal | None,
) -> CheckState:
    """Holds, violated, or not to be told.

    The form's counts are never negative. A blank or `/` beside numbers stands for nothing to count, so sums that agree without
    it hold; a side that is already too large stays too large whatever its blanks hide; a side that falls short and has blanks, or
    an unread cell that could make up the difference, cannot be told.
    """
    if left_sum is None or right_sum is None:
        return "not_assessable"
    if left_sum == right_sum:
        return "not_assessable" if _any([*left, *right], ("illegible", "missing")) else "holds"
    smaller = left if left_sum < right_sum else right
    return "not_assessable" if _any(smaller, ("blank", "illegible", "missing")) else "violated"


def _any(values: Sequence[Value], kinds: tuple[str, ...]) -> bool:
    return any(v.kind in kinds for v in values)
