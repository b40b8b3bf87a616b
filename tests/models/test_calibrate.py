"""The confidence model trained: what it promises on documents that it has not seen, and that it never rewards doubt."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from gouji.document.errors import UsageError
from gouji.models.calibrate import LabelledDocument, calibrate
from gouji.models.confidence import (
    STRATA,
    WORN_TABLE,
    ConfidenceModel,
    calibrated,
    confidences,
    judge,
    load_model,
    model_to_json,
    sigmoid,
)
from gouji.models.drift import measure_document
from gouji.models.features import FEATURES, Evidence, to_features, with_surroundings
from gouji.models.trees import sum_of_trees

PLAIN = Evidence(
    kind="number", digits=1, own=0.9999, rival=0.0001, joint=0.9999, chosen=False, support=0.0, violated=0,
    suspect=False, label_similarity=1.0, label_margin=0.5, column_similarity=1.0, table_support=1.0,
    text_height=30.0, doubts=(),
)  # fmt: skip


def made_up(count: int, seed: int) -> list[LabelledDocument]:
    """Documents whose cells are right as often as their readers say, and half as often where ink is faint."""
    rng = np.random.default_rng(seed)
    documents = []
    for k in range(count):
        cells, right = {}, {}
        for n in range(100):
            own = float(1 - 10 ** -rng.uniform(0.3, 5))
            faint = bool(rng.uniform() < 0.05)
            name = f"applications.row{n // 7}.column{n % 7}"
            cells[name] = replace(PLAIN, own=own, joint=own, doubts=("faint_ink",) if faint else ())
            right[name] = bool(rng.uniform() < own * (0.5 if faint else 1.0))
        evidence = with_surroundings(cells)
        measures = measure_document(list(evidence.values()), 0, 40)
        documents.append(LabelledDocument(f"d{seed}-{k}", f"look{k % 8}", evidence, right, measures))
    return documents


@pytest.fixture(scope="module")
def model() -> ConfidenceModel:
    return calibrate(made_up(80, seed=1))


def test_confidences_are_probabilities_on_unseen_documents(model: ConfidenceModel) -> None:
    said, right = [], []
    for d in made_up(60, seed=2):
        said.append(confidences(d.evidence.values(), model))
        right.append([d.right[i] for i in d.evidence])
    p, y = np.concatenate(said), np.concatenate(right)
    for low, high in [(0.2, 0.6), (0.6, 0.9), (0.9, 0.99), (0.99, 1.0)]:
        inside = (p >= low) & (p < high)
        assert y[inside].mean() == pytest.approx(p[inside].mean(), abs=0.05)


def test_accepted_cells_keep_the_stated_risk_on_unseen_documents(model: ConfidenceModel) -> None:
    threshold = model.threshold(0.01)
    accepted, wrong = 0, 0
    for d in made_up(200, seed=3):
        for cell_id, (_, reasons) in judge(d.evidence, model, threshold).items():
            accepted += not reasons
            wrong += not reasons and not d.right[cell_id]
    assert accepted > 5000
    assert wrong / accepted < 0.01


def test_the_file_holds_the_model_and_the_trees_are_scikit_learns(
    model: ConfidenceModel, tmp_path: Path
) -> None:
    from gouji.models import calibrate as module
    from sklearn.ensemble import HistGradientBoostingClassifier

    (tmp_path / "model.json").write_text(model_to_json(model), "utf-8")
    again = load_model(tmp_path / "model.json")
    assert again == model
    documents = made_up(30, seed=4)
    features = np.stack([to_features(e) for d in documents for e in d.evidence.values()])
    right = np.array([d.right[i] for d in documents for i in d.evidence])
    base, trees = module._fit_trees(features, right)
    booster = HistGradientBoostingClassifier(**module.BOOSTER).fit(features, right)
    ours = sigmoid(base + sum_of_trees(trees, features))
    assert ours == pytest.approx(booster.predict_proba(features)[:, 1], abs=1e-5)


@pytest.mark.parametrize("name", ["merged_cell", "unclear_note", "unexpected_sign"])
def test_doubts_about_the_meaning_always_go_to_a_person(model: ConfidenceModel, name: str) -> None:
    ((_, reasons),) = judge({"a.b.c": replace(PLAIN, doubts=(name,))}, model, 0.0).values()
    assert name in reasons


def test_what_the_checks_chose_is_for_a_person_to_confirm(model: ConfidenceModel) -> None:
    ((_, reasons),) = judge({"a.b.c": replace(PLAIN, chosen=True)}, model, 0.0).values()
    assert "chosen_by_checks" in reasons


def test_a_seal_over_blank_cells_makes_no_table_worn(model: ConfidenceModel) -> None:
    """Its pieces are doubtful, and say nothing of dashes elsewhere; doubtful print in black does."""
    blanks = {f"t.r{k}.c": replace(PLAIN, kind="blank") for k in range(20)}
    stained = {f"t.s{k}.c": replace(PLAIN, own=0.3, doubts=("coloured_ink",)) for k in range(5)}
    faint = {name: replace(e, doubts=("faint_ink",)) for name, e in stained.items()}
    for beside, reasons in ((stained, ()), (faint, ("worn_blank",))):
        evidence = with_surroundings({**blanks, **beside})
        assert all(judge(evidence, model, 0.0)[name][1] == reasons for name in blanks)


@pytest.mark.parametrize("kind", ["missing", "illegible"])
def test_what_was_not_read_is_never_accepted(model: ConfidenceModel, kind: str) -> None:
    ((confidence, reasons),) = judge({"a.b.c": replace(PLAIN, kind=kind)}, model, 0.0).values()
    assert (confidence, reasons) == (0.0, (kind,))


def test_a_blank_on_worn_print_is_never_accepted(model: ConfidenceModel) -> None:
    """Copying wears dashes away whole; on a table of sure print a blank is one."""
    evidence = {"a": replace(PLAIN, kind="blank")}
    assert judge(evidence, model, 0.0)["a"][1] == ()
    worn = replace(PLAIN, kind="blank", table=replace(PLAIN.table, worn=WORN_TABLE))
    assert judge({"a": worn}, model, 0.0)["a"][1] == ("worn_blank",)
    assert judge({"a": replace(worn, kind="number")}, model, 0.0)["a"][1] == ()


@pytest.mark.parametrize(("kind", "doubt"), [("blank", "faint_ink"), ("number", "ink_at_border")])
def test_a_blank_with_a_trace_and_half_a_number_are_never_accepted(
    model: ConfidenceModel, kind: str, doubt: str
) -> None:
    sure = replace(PLAIN, kind=kind)
    assert judge({"a": sure}, model, 0.0)["a"][1] == ()
    assert judge({"a": replace(sure, doubts=(doubt,))}, model, 0.0)["a"][1] == (doubt,)


def test_more_doubt_never_raises_a_confidence() -> None:
    """Of the model that ships: each feature for which that is promised, from any cell."""
    from gouji.models.calibrate import FREE, RISES

    rng = np.random.default_rng(7)
    shipped = load_model()
    cells = np.stack([to_features(PLAIN)] * 200) + rng.uniform(-1, 1, (200, len(FEATURES)))
    before = shipped.scores(cells)
    for k, name in enumerate(FEATURES):
        if name not in FREE:
            changed = cells.copy()
            changed[:, k] += rng.uniform(0, 2, 200)
            sign = 1 if name in RISES else -1
            assert (sign * (shipped.scores(changed) - before) >= -1e-9).all(), name


def test_a_worse_stratum_never_raises_a_confidence() -> None:
    scores = np.linspace(-8, 12, 400)
    lines = load_model().strata
    clear, worn, broken = (calibrated(scores, [name] * 400, lines) for name in STRATA)
    assert (clear >= worn).all()
    assert (worn >= broken).all()


def test_a_model_of_other_features_is_refused(model: ConfidenceModel, tmp_path: Path) -> None:
    (tmp_path / "old.json").write_text(model_to_json(replace(model, features=("own",))), "utf-8")
    with pytest.raises(UsageError, match="other features"):
        load_model(tmp_path / "old.json")
    (tmp_path / "none.json").write_text("{}", "utf-8")
    with pytest.raises(UsageError, match=r"none\.json"):
        load_model(tmp_path / "none.json")


def test_a_risk_that_cannot_be_shown_is_refused(model: ConfidenceModel) -> None:
    with pytest.raises(UsageError, match="--risk 1e-06"):
        model.threshold(1e-6)
    assert model.threshold(model.least_risk()) > 0.5, "what the message asks for is granted"


def test_too_few_documents_are_refused() -> None:
    with pytest.raises(UsageError, match="3 documents"):
        calibrate(made_up(3, seed=5))
