"""Pages looked at again, one reading after the other."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from gouji.document.limits import Limits
from gouji.document.record import PageInfo
from gouji.matched import DigitizedPage
from gouji.ocr.pages import open_pages, open_source
from gouji.second_look import _Lately


def test_the_ink_of_the_page_looked_at_last_is_that_pages(tmp_path: Path) -> None:
    for number in (1, 2):
        page = np.full((1200, 900), 250, np.uint8)
        cv2.putText(page, str(number), (300 * number, 600), cv2.FONT_HERSHEY_SIMPLEX, 6.0, (20,), 20)
        cv2.imwrite(str(tmp_path / f"{number}.png"), page)
    infos = (PageInfo(number=n, width=900, height=1200, rotation=0, skew_degrees=0.0) for n in (1, 2))
    first, second = (DigitizedPage(info, (), (), 1200) for info in infos)
    with open_pages(open_source(tmp_path, Limits(), folder_is_report=True), Limits()) as images:
        lately = _Lately(images)
        left = [int(np.flatnonzero(lately.ink(p)[0].mask().any(axis=0))[0]) for p in (first, second, first)]
        again = lately.ink(first)[0]
        assert lately.ink(first)[0] is again
    assert left[0] == left[2]
    assert abs(left[0] - 300) < 80
    assert abs(left[1] - 600) < 40
