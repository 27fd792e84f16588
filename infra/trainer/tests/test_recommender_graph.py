"""The exported graph keeps its contract: masks, biases, contributions, k, int8 near float."""

from pathlib import Path

import numpy as np
import pytest

from edgemark_trainer.recommender import graph as graphs
from edgemark_trainer.recommender.graph import export_dense, export_low_rank
from edgemark_trainer.recommender.graph_runner import GraphRecommender
from edgemark_trainer.recommender.low_rank import Factors

ITEMS, DIMENSIONS = 40, 16
NONE = np.zeros(1)


def weights() -> Factors:
    rng = np.random.default_rng(0)
    shape = (ITEMS, DIMENSIONS)
    return Factors(rng.standard_normal(shape), rng.standard_normal(shape))


KINDS = ["dense", "float32", "bytes", "float32 with own", "bytes with own"]


@pytest.fixture(scope="module", params=KINDS)
def graph(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> GraphRecommender:
    path: Path = tmp_path_factory.mktemp("graph") / "model.onnx"
    factors = weights()
    if request.param == "dense":
        export_dense(factors.inputs @ factors.outputs.T, path)
        return GraphRecommender(path)
    with pytest.MonkeyPatch.context() as patch:
        if request.param.startswith("bytes"):
            patch.setattr(graphs, "MOST_UNFOLDED", 0)
        # Own weights of nothing must change nothing: every test below holds for this graph too.
        own = np.zeros(ITEMS) if request.param.endswith("own") else None
        export_low_rank(factors, path, own=own)
    return GraphRecommender(path)


HISTORY = np.array([3, 17, 8])
COUNTS = np.array([1.0, 0.5, 2.0])


def float_scores() -> np.ndarray:
    factors = weights()
    result: np.ndarray = COUNTS @ factors.inputs[HISTORY] @ factors.outputs.T
    return result


def test_scores_are_near_those_of_the_float_model(graph: GraphRecommender) -> None:
    found = graph.run(HISTORY, COUNTS, np.zeros(3), NONE, ITEMS)
    right = float_scores()
    assert np.abs(found.item_scores - right).max() < 0.03 * np.abs(right).max()
    assert found.scores.tolist() == sorted(found.scores.tolist(), reverse=True)
    assert sorted(found.ids.tolist()) == list(range(ITEMS))
    assert np.allclose(found.scores, found.item_scores[found.ids])


def test_history_bias_masks_or_lifts_its_own_item_only(graph: GraphRecommender) -> None:
    plain = graph.run(HISTORY, COUNTS, np.zeros(3), NONE, ITEMS)
    bias = np.array([-np.inf, 0.0, 100.0])
    found = graph.run(HISTORY, COUNTS, bias, NONE, ITEMS)
    assert found.ids[0] == 8
    assert found.scores[0] == pytest.approx(plain.item_scores[8] + 100, abs=1e-3)
    assert found.ids[-1] == 3
    assert np.isneginf(found.scores[-1])
    assert np.allclose(found.item_scores, plain.item_scores)


def test_an_excluded_item_of_weight_0_is_masked_and_changes_no_other(
    graph: GraphRecommender,
) -> None:
    plain = graph.run(HISTORY, COUNTS, np.zeros(3), NONE, ITEMS)
    best = int(plain.ids[0])
    assert best not in HISTORY
    more = (np.append(HISTORY, best), np.append(COUNTS, 0.0), np.append(np.zeros(3), -np.inf))
    found = graph.run(*more, NONE, ITEMS - 1)
    assert found.ids.tolist() == plain.ids[1:].tolist()
    assert found.scores == pytest.approx(plain.scores[1:], abs=1e-4)


def test_item_bias_filters_and_adds(graph: GraphRecommender) -> None:
    bias = np.full(ITEMS, -np.inf)
    bias[[4, 5]] = [0.0, 50.0]
    found = graph.run(HISTORY, COUNTS, np.zeros(3), bias, 3)
    assert found.ids[:2].tolist() == [5, 4]
    assert np.isneginf(found.scores[2])


def test_contributions_add_up_to_the_score(graph: GraphRecommender) -> None:
    found = graph.run(HISTORY, COUNTS, np.zeros(3), NONE, 10)
    assert found.contributions.shape == (10, 3)
    largest = float(np.abs(found.scores).max())
    assert found.contributions.sum(axis=1) == pytest.approx(found.scores, abs=2e-4 * largest)


def test_without_an_item_the_score_loses_its_contribution(graph: GraphRecommender) -> None:
    whole = graph.run(HISTORY, COUNTS, np.zeros(3), NONE, 5)
    rest = graph.run(HISTORY[:2], COUNTS[:2], np.zeros(2), NONE, 1)
    for place, item in enumerate(whole.ids):
        lost = whole.scores[place] - rest.item_scores[item]
        assert lost == pytest.approx(whole.contributions[place, 2], abs=1e-2)


def test_k_over_the_catalogue_gives_all_items(graph: GraphRecommender) -> None:
    found = graph.run(HISTORY, COUNTS, np.zeros(3), NONE, 1000)
    assert len(found.ids) == ITEMS


def test_a_history_of_weight_0_scores_nothing(graph: GraphRecommender) -> None:
    found = graph.run(np.array([1]), np.zeros(1), np.zeros(1), NONE, 3)
    assert np.abs(found.item_scores).max() < 1e-20


def test_own_weights_are_added_to_history_items_alone(tmp_path: Path) -> None:
    own = np.arange(ITEMS, dtype=float)
    plain, more = tmp_path / "plain.onnx", tmp_path / "more.onnx"
    export_low_rank(weights(), plain)
    export_low_rank(weights(), more, own=own)
    before, after = (
        GraphRecommender(path).run(HISTORY, COUNTS, np.zeros(3), NONE, ITEMS)
        for path in (plain, more)
    )
    added = after.item_scores - before.item_scores
    right = np.zeros(ITEMS)
    right[HISTORY] = COUNTS * own[HISTORY]
    assert added == pytest.approx(right, abs=1e-5)
    place = int(np.flatnonzero(after.ids == 17)[0])
    earlier = int(np.flatnonzero(before.ids == 17)[0])
    change = after.contributions[place] - before.contributions[earlier]
    assert change == pytest.approx([0, 0.5 * 17, 0], abs=1e-5)
