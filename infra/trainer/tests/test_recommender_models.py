"""Ranking models on matrices with known answers."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_array

from edgemark_trainer.readers.interactions import DAY_SECONDS, Interactions
from edgemark_trainer.recommender.autoencoder import ShallowAutoencoder
from edgemark_trainer.recommender.blend import Blend, standardised
from edgemark_trainer.recommender.content_knn import ContentKNN
from edgemark_trainer.recommender.ease import EASE, user_weighted
from edgemark_trainer.recommender.forward import (
    ForwardBlend,
    ForwardSettings,
    forward_weights,
    repeat_rates,
)
from edgemark_trainer.recommender.ials import IALS
from edgemark_trainer.recommender.item_knn import SAR, ItemKNN, best_of_rows
from edgemark_trainer.recommender.low_rank import Factors, Int8Rows, reduced
from edgemark_trainer.recommender.pairwise import PairwiseFactors
from edgemark_trainer.recommender.popularity import Popularity
from edgemark_trainer.recommender.ranker import Ranker
from edgemark_trainer.recommender.ranking_metrics import top_items

USERS, ITEMS = 300, 12


@pytest.fixture
def halves() -> csr_array:
    """Even users take most even items, odd users most odd ones."""
    rng = np.random.default_rng(0)
    own = np.add.outer(np.arange(USERS), np.arange(ITEMS)) % 2 == 0
    return csr_array((own & (rng.random((USERS, ITEMS)) < 0.7)).astype(float))


@pytest.fixture
def random_matrix() -> csr_array:
    return csr_array((np.random.default_rng(1).random((30, 20)) < 0.25).astype(float))


def ease_by_hand(x: np.ndarray, penalties: np.ndarray) -> np.ndarray:
    p = np.linalg.inv(x.T @ x + np.diag(penalties))
    b = -p / np.diag(p)
    np.fill_diagonal(b, 0)
    return b


@pytest.mark.parametrize(
    "model",
    [
        ItemKNN(5),
        SAR(),
        EASE(20.0),
        EASE(20.0, column_power=0, user_power=0.5),
        IALS(4, penalty=0.1),
        ShallowAutoencoder(4, epochs=8, rate=0.05, batch=64),
        PairwiseFactors("bpr", 8, epochs=5, rate=0.03, batch=128),
        PairwiseFactors("warp", 8, epochs=5, rate=0.03, batch=128),
        Blend([(1.0, EASE(20.0)), (0.5, IALS(4, penalty=0.1))]),
    ],
    ids=lambda model: type(model).__name__ + getattr(model, "loss", ""),
)
def test_a_new_user_is_given_items_of_their_half(model: Ranker, halves: csr_array) -> None:
    history = csr_array(np.eye(ITEMS)[[0, 3]] + np.eye(ITEMS)[[4, 7]])
    scores = model.fit(halves).score(history)
    scores[history.nonzero()] = -np.inf
    lists = top_items(scores, 3)
    assert set(lists[0] % 2) == {0}
    assert set(lists[1] % 2) == {1}


@pytest.mark.parametrize(
    ("make", "attribute"),
    [
        (lambda seed: IALS(4, seed=seed), "items_"),
        (lambda seed: ShallowAutoencoder(4, epochs=2, seed=seed), "factors_"),
        (lambda seed: PairwiseFactors("warp", 4, epochs=2, seed=seed), "outputs_"),
    ],
    ids=["ials", "autoencoder", "warp"],
)
def test_a_seed_repeats_a_fit_and_another_changes_it(
    make: Callable[[int], Any], attribute: str, halves: csr_array
) -> None:
    first, again, other = (getattr(make(s).fit(halves), attribute) for s in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.allclose(first, other)


def test_popularity_lists_what_most_took(halves: csr_array) -> None:
    scores = Popularity().fit(halves).score(csr_array((2, ITEMS)))
    assert scores.tolist() == [halves.sum(axis=0).tolist()] * 2


def test_sars_jaccard_is_shared_over_either() -> None:
    matrix = csr_array(np.array([[1, 1], [1, 0], [0, 1], [1, 0]], dtype=float))
    weights = SAR().fit(matrix).weights_.toarray()
    assert weights.tolist() == [[1, 1 / 4], [1 / 4, 1]]


def test_item_knn_is_the_cosine_and_keeps_each_items_best_neighbours() -> None:
    matrix = csr_array(np.array([[1, 1, 0], [1, 1, 1], [1, 0, 1], [1, 0, 0]], dtype=float))
    every = ItemKNN(3).fit(matrix).weights_.toarray()
    assert every[0, 1] == pytest.approx(2 / np.sqrt(4 * 2))
    assert every[1, 2] == pytest.approx(1 / 2)
    one = ItemKNN(1).fit(matrix).weights_.toarray()
    assert (one > 0).sum(axis=0).tolist() == [1, 1, 1]
    assert one[0, 1] == every[0, 1]


def test_best_of_rows_keeps_the_largest() -> None:
    kept = best_of_rows(csr_array(np.array([[3.0, 1.0, 2.0], [0.0, 5.0, 0.0]])), 2)
    assert kept.toarray().tolist() == [[3, 0, 2], [0, 5, 0]]


@pytest.mark.parametrize("transpose", [False, True], ids=["item space", "user space"])
@pytest.mark.parametrize("dropout", [0.0, 0.4])
def test_ease_is_its_closed_form(random_matrix: csr_array, transpose: bool, dropout: float) -> None:
    matrix = csr_array(random_matrix.T) if transpose else random_matrix
    x = matrix.toarray()
    penalties = 2.0 + dropout / (1 - dropout) * x.sum(axis=0)
    right = ease_by_hand(x, penalties)
    model = EASE(2.0, dropout=dropout).fit(matrix)
    assert (model.left_ is not None) == transpose
    assert np.allclose(model.item_item(), right)
    assert np.allclose(model.score(matrix), x @ right)
    columns = np.random.default_rng(2).random((x.shape[1], 3))
    assert np.allclose(model.times(columns), right @ columns)


def test_column_power_0_ranks_new_items_as_user_side_ease_does(random_matrix: csr_array) -> None:
    x = random_matrix.toarray()
    user_side = ease_by_hand(x.T, np.full(len(x), 3.0)).T @ x
    scores = EASE(3.0, column_power=0).fit(random_matrix).score(random_matrix)
    for values in (user_side, scores):
        values[x > 0] = -np.inf
    assert np.array_equal(top_items(user_side, 5), top_items(scores, 5))


def test_user_weights_have_mean_1_and_spare_empty_rows() -> None:
    matrix = csr_array(np.array([[1.0, 1, 1, 1], [1, 0, 0, 0], [0, 0, 0, 0]]))
    squares = user_weighted(matrix, 1.0).multiply(1.0).toarray() ** 2
    # Weights 1/4 and 1 over their mean 5/8.
    assert squares[:, 0].tolist() == pytest.approx([0.4, 1.6, 0])


def test_ease_without_penalty_on_equal_columns_is_refused() -> None:
    with pytest.raises(ValueError, match="penalty"):
        EASE(0.0).fit(csr_array(np.ones((3, 2))))


def test_ials_reaches_the_point_where_its_gradient_vanishes(random_matrix: csr_array) -> None:
    model = IALS(3, unobserved=0.2, penalty=0.5, iterations=200).fit(random_matrix)
    x = random_matrix.toarray()
    users = np.linalg.lstsq(model.items_, model.score(random_matrix).T, rcond=None)[0].T
    scores = users @ model.items_.T
    slope = (x * (scores - 1) + 0.2 * scores).T @ users + 0.5 * model.items_
    assert np.abs(slope).max() < 1e-3


def test_standardised_rows_have_mean_0_and_deviation_1() -> None:
    rows = standardised(np.array([[1.0, 2.0, 3.0], [5.0, 5.0, 5.0]]))
    assert rows.mean(axis=1).tolist() == pytest.approx([0, 0])
    assert rows.std(axis=1).tolist() == pytest.approx([1, 0])


def test_content_finds_a_new_item_by_its_title() -> None:
    titles = ["red paper lantern", "blue paper lantern", "cake tin", "round cake tin"]
    model = ContentKNN(titles).fit(csr_array((1, 4)))
    scores = model.score(csr_array(np.array([[1.0, 0, 0, 0]])))
    assert scores[0].argmax() == 1
    assert scores[0, 2] == 0
    with pytest.raises(ValueError, match="4 texts for 5 items"):
        model.fit(csr_array((1, 5)))


def test_reduction_to_full_rank_keeps_the_scores(random_matrix: csr_array) -> None:
    model = EASE(2.0).fit(random_matrix)
    factors = reduced(model, random_matrix, 20, seed=0)
    assert np.allclose(factors.score(random_matrix), model.score(random_matrix), atol=1e-8)
    low = reduced(model, random_matrix, 4, seed=0).score(random_matrix)
    best = np.linalg.svd(model.score(random_matrix), compute_uv=False)[4:]
    # Eckart and Young: no rank 4 comes nearer.
    lost = np.linalg.norm(low - model.score(random_matrix))
    assert lost == pytest.approx(np.linalg.norm(best), rel=1e-3)


def test_turning_leaves_products_alone_and_evens_out_columns() -> None:
    rng = np.random.default_rng(0)
    scales = 2.0 ** -np.arange(16)
    factors = Factors(
        rng.standard_normal((50, 16)) * scales, rng.standard_normal((50, 16)) * scales
    )
    turned = factors.turned(1)
    right = factors.inputs @ factors.outputs.T
    assert np.allclose(turned.inputs @ turned.outputs.T, right)

    def error(given: Factors) -> float:
        rounded = Int8Rows.of(given.inputs).dense() @ Int8Rows.of(given.outputs).dense().T
        return float(np.abs(rounded - right).mean())

    assert error(turned) < error(factors)


def test_int8_rows_are_within_half_a_step() -> None:
    matrix = np.array([[1.0, -2.0, 0.3], [0.0, 0.0, 0.0]])
    rows = Int8Rows.of(matrix)
    assert rows.values[0].tolist() == [64, -127, 19]
    assert np.abs(rows.dense() - matrix).max() <= 1.0 / 127
    assert rows.dense()[1].tolist() == [0, 0, 0]


def test_forward_weights_go_from_what_was_had_to_what_came_next() -> None:
    # Half the customers take 0 and a month later 1, the others 2 and then 3.
    users = np.append(np.repeat(np.arange(40), 2), 0)
    items = np.append(np.array([[0, 1], [2, 3]] * 20).reshape(-1), 1)
    times = np.append(np.tile([0.0, 25 * DAY_SECONDS], 40), 30 * DAY_SECONDS)
    names = tuple(str(i) for i in range(40))
    data = Interactions(users, items, np.ones(81), times, names, names[:4])
    settings = ForwardSettings(1.0, 15.0, 5.0, least_history_days=5.0)
    found = forward_weights(data, settings)
    assert found[0].argmax() == 1
    assert found[2].argmax() == 3
    assert found[1].tolist() == pytest.approx([0, 0, 0, 0])
    scores = ForwardBlend(EASE(1.0), settings, 0.5).fit(data).score(csr_array(np.eye(4)[[0]]))
    assert scores[0].argmax() == 1


def test_repeat_rates_are_shares_drawn_to_their_mean() -> None:
    # All 30 customers have both items before the cut; 0 is taken again by all, 1 by nobody.
    users = np.append(np.concatenate([np.arange(30)] * 3), 0)
    items = np.append(np.repeat([0, 1, 0], 30), 0)
    times = np.append(np.repeat([0.0, 0.0, 25 * DAY_SECONDS], 30), 30 * DAY_SECONDS)
    names = tuple(str(i) for i in range(30))
    data = Interactions(users, items, np.ones(91), times, names, names[:2])
    settings = ForwardSettings(window_days=10.0, step_days=100.0, least_history_days=5.0)
    assert repeat_rates(data, settings, 0.0).tolist() == pytest.approx([1, 0])
    weight = 2 ** (-10 / 60)
    drawn = (30 * weight + 10) / (30 * weight + 20)
    assert repeat_rates(data, settings).tolist() == pytest.approx([drawn, 1 - drawn])
