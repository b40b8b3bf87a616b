"""Labels made comparable, and how well they fit."""

from __future__ import annotations

import pytest
from gouji.mapping.bind import _are_halves
from gouji.mapping.form import RowKind, load_forms
from gouji.mapping.match import best_similarity, header_similarity, label_similarity
from gouji.mapping.normalize import is_wordy, normalize_label, ordinal_of
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz

LABELS = sorted(
    {
        row.labels[0]
        for form in load_forms()
        for table in form.tables
        for row in table.layouts[0]
        if row.kind is RowKind.DATA and row.labels
    }
)


@pytest.mark.parametrize(
    "variants",
    [
        ("（一）予以公开", "(一) 予以公开", "(一)予以公开", "（一） 予 以\n公开", "〔一〕予以公开"),
        ("1.属于国家秘密", "1、属于国家秘密", "1. 属于国家秘密", "１．属于国家秘密", "1属于国家秘密"),
        ("（七）总计", "(七)总 计", "（七）总　计", "【七】总计："),
        ("3.危及“三安全一稳定”", '3.危及"三安全一稳定"', "3、危及三安全一稳定"),
        ("逾期不补正、行政机关", "逾期不补正，行政机关", "逾期不补正行政机关"),
    ],
)
def test_ways_to_print_one_label_are_one(variants: tuple[str, ...]) -> None:
    assert len({normalize_label(v) for v in variants}) == 1
    assert all(label_similarity(v, variants[0]) == 1.0 for v in variants)


@pytest.mark.parametrize(
    ("a", "b"),
    [("（一）予以公开", "（二）予以公开"), ("第二十条第（一）项", "第二十条第（五）项"), ("总计", "其他")],
)
def test_different_labels_stay_different(a: str, b: str) -> None:
    assert normalize_label(a) != normalize_label(b)
    assert label_similarity(a, b) < 1.0


@given(st.text(max_size=30))
def test_normalizing_twice_changes_nothing(text: str) -> None:
    once = normalize_label(text)
    assert normalize_label(once) == once
    assert not any(c.isspace() for c in once)


@given(st.text("一二三（）1.、公开信息 \n", max_size=12), st.text("一二三（）1.、公开信息 \n", max_size=12))
def test_similarity_is_a_share(a: str, b: str) -> None:
    assert 0.0 <= label_similarity(a, b) <= 1.0
    assert label_similarity(a, a) == (1.0 if normalize_label(a) else 0.0)


@pytest.mark.parametrize("label", LABELS)
def test_every_label_of_the_form_fits_itself_best(label: str) -> None:
    fits = {other: label_similarity(label, other) for other in LABELS}
    assert max(fits, key=lambda other: fits[other]) == label
    assert sorted(fits.values())[-2] < 1.0


@pytest.mark.parametrize(
    ("read", "label"),
    [
        ("规范性文件", "行政规范性文件"),
        ("本年度止件数", "本年废止件数"),
        ("2.其他法律行政止公开", "2.其他法律行政法规禁止公开"),
        ("（六）其他", "（六）其他处理"),
        ("总计", "（七）总计"),
        ("予以公开", "（一）予以公开"),
        ("本年收费金额\n（单位：万元）", "本年收费金额（单位：万元）"),
        ("三\n、\n本\n年\n度\n办\n理\n结\n果", "三、本年度办理结果"),
        ("2.没有现成信息需要另行制作（需加工的除外，详见说明）", "2.没有现成信息需要另行制作"),
        ("四、结转下年度继续办理（截至12月31日尚未办结，按件填写）", "四、结转下年度继续办理"),
        ("四、结转下年度继续办理（截至12月31日尚未办结", "四、结转下年度继续办理"),
        ("（二）部分公开", "（二）部分公开（区分处理的，只计这一情形，不计其他情形）"),
    ],
)
def test_misprints_and_guidance_still_fit(read: str, label: str) -> None:
    assert label_similarity(read, label) > 0.7


def test_guidance_makes_no_other_label_fit() -> None:
    read = "二、上年结转政府信息公开申请数量（应与上年度报告的“结转下年度继续办理”一致）"
    assert label_similarity(read, "二、上年结转政府信息公开申请数量") == pytest.approx(0.92)
    assert label_similarity(read, "四、结转下年度继续办理") < 0.5


def test_a_row_of_header_texts_is_told_from_one_of_others() -> None:
    labels = ("申请人情况", "自然人", "法人或其他组织", "商业企业", "总计")
    assert header_similarity(("自然人", "商业\n企业", "总 计"), labels) == 1.0
    assert header_similarity(("索引号", "主题分类"), labels) < 0.3
    assert header_similarity((), labels) == 0.0
    assert best_similarity((), "总计") == 0.0
    assert best_similarity(("甲", "总计"), "总计") == 1.0


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("一、总体情况", 1),
        ("三、收到和处理", 3),
        ("（六）其他处理", 6),
        ("(七)总计", 7),
        (" 十。附注", 10),
        ("一直以来", None),
        ("总体情况", None),
        ("1.属于", None),
        ("", None),
    ],
)
def test_ordinals(text: str, number: int | None) -> None:
    assert ordinal_of(text) == number


@pytest.mark.parametrize(
    ("text", "wordy"), [("规章", True), ("无", False), ("12", False), ("—", False), ("万元 件", True)]
)
def test_words(text: str, wordy: bool) -> None:
    assert is_wordy(text) is wordy


def test_guidance_in_brackets_behind_a_short_label_counts_for_little() -> None:
    read = "规章（指以本级政府令形式公布、现行有效的规章，没有的填 0）"
    assert label_similarity(read, "规章") == pytest.approx(0.92)
    assert label_similarity(read, "行政规范性文件") < 0.5
    assert label_similarity("其他（3）", "规章（3）") < 0.8  # a short bracket is no guidance


def test_another_number_is_not_as_good_as_none() -> None:
    assert label_similarity("其他", "3.其他") == pytest.approx(0.85)
    assert label_similarity("1.其他", "3.其他") == pytest.approx(2 / 3)


def test_two_headings_are_no_halves_of_one() -> None:
    names = ["自然人", "商业企业", "科研机构", "社会公益组织"]
    assert _are_halves(["商业", "企业"], names)
    assert not _are_halves(["科研机构", "社会公益组织"], names)  # together they hold one, as each does alone
    assert not _are_halves(["维", "正"], names)


@pytest.mark.parametrize(("read", "kept"), [("（六）其他", 0.7), ("（三）其他", 1.0), ("6.其他", 1.0)])
def test_another_number_of_another_kind_makes_a_label_less_alike(read: str, kept: float) -> None:
    """The older form's row （六） is none of the newer one's rows 1. to 3.; what is numbered in one way may be misread."""
    a, b = normalize_label(read), normalize_label("3.其他")
    assert label_similarity(read, "3.其他") == pytest.approx(kept * fuzz.ratio(a, b) / 100)
