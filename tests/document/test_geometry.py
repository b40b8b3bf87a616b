"""Boxes, quads and maps between frames, held against arrays that NumPy turned."""

from __future__ import annotations

import math

import numpy as np
import pytest
from gouji.document.geometry import (
    BBox,
    Homography,
    Quad,
    bbox_of_points,
    mm_to_px,
    quarter_turn,
)
from hypothesis import assume, example, given
from hypothesis import strategies as st

COORDINATES = st.floats(-5000, 5000, allow_nan=False)
POINTS = st.tuples(COORDINATES, COORDINATES)


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
@pytest.mark.parametrize("shape", [(3, 5), (5, 3), (1, 4), (4, 4)])
def test_quarter_turn_agrees_with_a_turned_array(degrees: int, shape: tuple[int, int]) -> None:
    original = np.arange(shape[0] * shape[1]).reshape(shape)
    turned = np.rot90(original, k=-degrees // 90)  # clockwise
    back = quarter_turn(shape[1], shape[0], degrees)
    for y, x in np.ndindex(turned.shape):
        ((u, v),) = back.apply([(x, y)])
        assert original[round(v), round(u)] == turned[y, x]
        assert (u, v) == (round(u), round(v))


@pytest.mark.parametrize("degrees", [-90, 45, 89, 360, 450])
def test_quarter_turn_refuses_other_angles(degrees: int) -> None:
    with pytest.raises(ValueError, match=f"got {degrees}"):
        quarter_turn(10, 20, degrees)


@st.composite
def homographies(draw: st.DrawFn) -> Homography:
    """Maps as scans have them: turned, scaled, sheared, shifted, with some perspective."""
    angle, scale = draw(st.floats(-math.pi, math.pi)), draw(st.floats(0.2, 5))
    shear, tilt = draw(st.floats(-0.5, 0.5)), draw(st.floats(-2e-5, 2e-5))
    cos, sin = scale * math.cos(angle), scale * math.sin(angle)
    x, y = draw(COORDINATES), draw(COORDINATES)
    return Homography(np.array([[cos, shear - sin, x], [sin, cos, y], [tilt, -tilt, 1.0]]))


def singular_at(h: Homography, point: tuple[float, float]) -> bool:
    return bool(abs(h.matrix[2] @ np.array([*point, 1.0])) < 0.1)


@given(homographies(), POINTS)
def test_a_homography_and_its_inverse_lead_back(h: Homography, point: tuple[float, float]) -> None:
    assume(abs(np.linalg.det(h.matrix)) > 1e-2 and not singular_at(h, point))
    (there,) = h.apply([point])
    assert h.inverse().apply([there])[0] == pytest.approx(point, abs=1e-4)


@given(homographies(), homographies(), POINTS)
def test_after_applies_the_first_map_first(
    second: Homography, first: Homography, point: tuple[float, float]
) -> None:
    assume(abs(np.linalg.det(second.after(first).matrix)) > 1e-2)
    assume(not singular_at(first, point))
    (middle,) = first.apply([point])
    assume(not singular_at(second, (float(middle[0]), float(middle[1]))))
    (one_by_one,) = second.apply([middle])
    assert second.after(first).apply([point])[0] == pytest.approx(one_by_one, rel=1e-6, abs=1e-3)


def test_a_shift_moves_and_identity_does_not() -> None:
    points = [(0.0, 0.0), (2.5, -1.0)]
    assert Homography.shift(3, -4).apply(points).tolist() == [[3.0, -4.0], [5.5, -5.0]]
    assert Homography.identity().apply(points).tolist() == [[0.0, 0.0], [2.5, -1.0]]


def test_a_homography_keeps_its_own_matrix() -> None:
    given_matrix = np.eye(3)
    h = Homography(given_matrix)
    given_matrix[0, 2] = 9.0
    assert h.apply([(0, 0)]).tolist() == [[0.0, 0.0]]
    with pytest.raises(ValueError, match="read-only"):
        h.matrix[0, 0] = 2.0


@pytest.mark.parametrize("matrix", [np.zeros((3, 3)), np.ones((3, 3)), np.eye(2), np.eye(4)])
def test_a_homography_refuses_what_cannot_be_inverted(matrix: np.ndarray) -> None:
    with pytest.raises(ValueError, match="invertible 3 x 3"):
        Homography(matrix)


@pytest.mark.parametrize("corners", [(5, 0, 4, 9), (0, 5, 9, 4), (1, 1, 0, 0)])
def test_a_bbox_of_negative_length_is_refused_and_says_its_values(
    corners: tuple[int, int, int, int],
) -> None:
    with pytest.raises(ValueError, match=f"x0={corners[0]}, y0={corners[1]}"):
        BBox(*corners)


def test_a_bbox_measures_itself() -> None:
    box = BBox(10, 20, 13, 26)
    assert (box.width, box.height, box.center) == (3, 6, (11.5, 23.0))
    assert box.contains((10, 20))
    assert box.contains((12.9, 25.9))
    assert not box.contains((13, 20))
    assert not box.contains((10, 26))
    assert BBox(0.4, 0.6, 1.5, 2.5).rounded() == (0, 1, 2, 2)


@pytest.mark.parametrize(
    ("other", "overlaps"),
    [
        ((12, 25, 20, 30), True),
        ((11, 21, 12, 22), True),
        ((13, 20, 20, 26), False),
        ((10, 26, 13, 30), False),
    ],
)
def test_boxes_that_only_touch_do_not_overlap(other: tuple[float, ...], overlaps: bool) -> None:
    a, b = BBox(10, 20, 13, 26), BBox(*other)
    assert a.overlaps(b) == b.overlaps(a) == overlaps


BOXES = st.tuples(POINTS, POINTS).map(bbox_of_points)


@given(BOXES)
def test_a_bbox_survives_being_a_quad(box: BBox) -> None:
    quad = box.to_quad()
    assert quad.to_bbox() == box
    assert quad.size() == pytest.approx((box.width, box.height), abs=1e-6)


@given(BOXES, BOXES)
def test_a_union_holds_both_and_nothing_more(a: BBox, b: BBox) -> None:
    union = a.union(b)
    assert union == b.union(a) == bbox_of_points([*a.to_quad().points, *b.to_quad().points])


@given(st.lists(POINTS, min_size=1, max_size=8))
@example([(1.0, 2.0)])
def test_the_bbox_of_points_touches_them(points: list[tuple[float, float]]) -> None:
    box = bbox_of_points(points)
    assert {box.x0, box.x1} <= {x for x, _ in points}
    assert {box.y0, box.y1} <= {y for _, y in points}
    assert all(box.x0 <= x <= box.x1 and box.y0 <= y <= box.y1 for x, y in points)


def test_no_points_have_no_bbox() -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any wording will do
        bbox_of_points([])


def test_a_quad_is_measured_along_its_own_axes() -> None:
    lying = Quad(((0, 0), (30, 0), (30, 10), (0, 10)))
    turn = quarter_turn(100, 100, 90)
    assert turn.apply_quad(lying).size() == pytest.approx((30, 10))
    assert turn.apply_quad(lying).to_bbox().width == pytest.approx(10)
    assert lying.to_array().dtype == np.float32


def test_millimetres_to_px() -> None:
    assert mm_to_px(25.4, 300) == pytest.approx(300)
    assert mm_to_px(210, 200) == pytest.approx(1653.54, abs=0.01)


def test_no_quads_have_no_images() -> None:
    assert Homography.shift(3, 4).apply_quads([]) == ()
