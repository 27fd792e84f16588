"""A user is folded in by the graph as by NumPy, and as the sampler would have believed of them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from edgemark_trainer.readers.interactions import Floats, Interactions
from edgemark_trainer.recommender.protocols import random_share
from edgemark_trainer.recommender.ranking_metrics import rmse
from edgemark_trainer.recommender.rating_bayes import RatingBayes, Sample
from edgemark_trainer.recommender.rating_fold_in import RatingFoldIn
from edgemark_trainer.recommender.rating_graph import Precision, export_rating
from edgemark_trainer.recommender.rating_graph_runner import GraphRater
from edgemark_trainer.recommender.rating_patterns import RatingPatterns
from edgemark_trainer.recommender.rating_shipped import ShippedRating, shortened

USERS, ITEMS, NOISE = 80, 40, 0.3
NOBODY = np.zeros(0, dtype=np.int64)


@pytest.fixture(scope="module")
def tastes() -> Interactions:
    """Even users like even items, odd users odd ones; items are of unequal quality; with noise."""
    rng = np.random.default_rng(0)
    users, items = np.nonzero(rng.random((USERS, ITEMS)) < 0.6)
    agree = np.where((users + items) % 2 == 0, 1.0, -1.0)
    values = 3 + rng.normal(0, 0.5, ITEMS)[items] + agree + rng.normal(0, NOISE, len(users))
    names = tuple(str(i) for i in range(USERS))
    values = values.clip(1, 5)
    return Interactions(users, items, values, np.zeros(len(users)), names, names[:ITEMS])


def bayes(train: Interactions, pattern: int = 3) -> RatingBayes:
    return RatingBayes(dimensions=3, sweeps=40, burn_in=10, pattern=pattern).fit(train)


@pytest.fixture(scope="module", params=[0, 3], ids=["no patterns", "patterns"])
def model(request: pytest.FixtureRequest, tastes: Interactions) -> RatingFoldIn:
    return RatingFoldIn.of(bayes(tastes, request.param), 6)


def graph_of(model: RatingFoldIn, folder: Path, precision: Precision) -> GraphRater:
    export_rating(model, folder / "model.onnx", precision)
    return GraphRater(folder / "model.onnx")


@pytest.mark.parametrize("precision", ["int8", "fp32"])
@pytest.mark.parametrize("length", [0, 1, 2, 7, ITEMS])
def test_the_graph_computes_what_numpy_does(
    model: RatingFoldIn, tmp_path: Path, precision: Precision, length: int
) -> None:
    rng = np.random.default_rng(length)
    history = rng.permutation(ITEMS)[:length]
    ratings = rng.integers(1, 6, length).astype(np.float64)
    candidates = rng.integers(0, ITEMS, 25)
    shipped = model.rounded() if precision == "int8" else model
    found = graph_of(model, tmp_path, precision).rate(history, ratings, candidates)
    assert found == pytest.approx(shipped.rate(history, ratings, candidates), abs=1e-5)
    assert found == pytest.approx(model.rate(history, ratings, candidates), abs=0.05)


def test_fold_in_is_the_ridge_regression_worked_out_by_hand() -> None:
    # One sweep, one dimension beside the bias, prior precision 4 about the mean (0.5, 0.1), noise
    # of precision 2; items (1, bias .2) and (2, bias -.3); the first was rated 4, the mean is 3.
    items = np.array([[1.0, 0.2], [2.0, -0.3]])
    prior = np.array([0.5, 0.1])
    sample = Sample(np.zeros((1, 2)), items, prior, 4 * np.eye(2), np.zeros((0, 2)), 2.0)
    bayes = RatingBayes()
    bayes.mean_, bayes.samples_, bayes.patterns_ = 3.0, [sample], RatingPatterns.none(2)
    x = np.array([1.0, 1.0])
    user = np.linalg.solve(4 * np.eye(2) + 2 * np.outer(x, x), 4 * prior + 2 * x * (4 - 3 - 0.2))
    right = [3 + 0.2 + user @ [1, 1], 3 - 0.3 + user @ [2, 1]]
    model = RatingFoldIn.of(bayes, 1)
    found = model.rate(np.array([0]), np.array([4.0]), np.array([0, 1]))
    assert found.tolist() == pytest.approx(right)


def test_a_folded_in_user_is_the_mean_of_what_the_sampler_draws(tastes: Interactions) -> None:
    # Given a sweep's items and prior, draws of a user scatter about the folded-in vector: the mean
    # of the sampler's own predictions for its own users comes near that of the fold-in.
    sampled = bayes(tastes)
    folded = ShippedRating(
        sweeps_kept=30, precision="fp32", dimensions=3, sweeps=40, burn_in=10, pattern=3
    ).fit(tastes)
    own = sampled.predict(tastes.users, tastes.items).clip(1, 5)
    found = folded.predict(tastes.users, tastes.items)
    assert float(np.sqrt(np.mean((own - found) ** 2))) < 0.1
    assert rmse(found, tastes.values) < NOISE


def test_taste_of_users_who_took_no_part_in_training_is_learned(tastes: Interactions) -> None:
    strangers = tastes.users >= USERS - 20
    model = RatingFoldIn.of(bayes(tastes.take(~strangers)), 10)
    split = random_share(tastes.take(strangers), seed=1)
    errors = [
        model.rate(split.train.items[own], split.train.values[own], split.test.items[asked])
        - split.test.values[asked]
        for user in np.unique(split.test.users)
        for own in [split.train.users == user]
        for asked in [split.test.users == user]
    ]
    assert float(np.sqrt(np.mean(np.concatenate(errors) ** 2))) < 1.5 * NOISE


def item_means(data: Interactions) -> Floats:
    result: Floats = np.bincount(data.items, data.values) / np.bincount(data.items)
    return result


def test_somebody_who_rated_nothing_gets_about_the_items_means(
    tastes: Interactions, tmp_path: Path
) -> None:
    graph = graph_of(RatingFoldIn.of(bayes(tastes, pattern=0), 10), tmp_path, "int8")
    found = graph.rate(NOBODY, np.zeros(0), np.arange(ITEMS))
    assert np.abs(found - item_means(tastes)).max() < 0.25


def test_one_rating_moves_predictions_to_the_side_it_was_given_on(
    tastes: Interactions, tmp_path: Path
) -> None:
    graph = graph_of(RatingFoldIn.of(bayes(tastes), 10), tmp_path, "int8")
    even, odd = np.arange(2, ITEMS, 2), np.arange(1, ITEMS, 2)
    high, low = (np.array([rating]) for rating in (5.0, 1.0))
    item = np.array([0])
    gaps = [
        graph.rate(item, rating, even).mean() - graph.rate(item, rating, odd).mean()
        for rating in (high, low)
    ]
    assert gaps[0] > gaps[1] + 0.5


def test_candidates_do_not_change_each_other_and_order_of_ratings_does_not_matter(
    model: RatingFoldIn, tmp_path: Path
) -> None:
    graph = graph_of(model, tmp_path, "int8")
    history, ratings = np.array([3, 9, 20]), np.array([5.0, 1.0, 4.0])
    together = graph.rate(history, ratings, np.array([1, 2, 1]))
    turned = graph.rate(history[::-1], ratings[::-1], np.array([2]))
    assert together[0] == together[2]
    assert turned[0] == pytest.approx(together[1], abs=1e-5)


def test_predictions_stay_within_the_scale(model: RatingFoldIn, tmp_path: Path) -> None:
    graph = graph_of(replace(model, scale=(2.9, 3.1)), tmp_path, "int8")
    found = graph.rate(np.array([0]), np.array([3.1]), np.arange(ITEMS))
    assert found.min() == pytest.approx(2.9)
    assert found.max() == pytest.approx(3.1)


def test_all_users_are_told_apart_by_their_own_ratings(tastes: Interactions) -> None:
    split = random_share(tastes, seed=1)
    shipped = ShippedRating(sweeps_kept=10, dimensions=3, sweeps=40, burn_in=10, pattern=3)
    found = shipped.fit(split.train).predict(split.test.users, split.test.items)
    assert rmse(found, split.test.values) < 1.5 * NOISE


def test_shortened_histories_keep_so_many_ratings_of_everybody(tastes: Interactions) -> None:
    counts = np.bincount(shortened(tastes, 5, 0).users, minlength=USERS)
    assert counts.tolist() == np.minimum(np.bincount(tastes.users), 5).tolist()
    assert len(shortened(tastes, 0, 0)) == 0


def test_patterns_of_a_user_come_from_the_users_items_alone(tastes: Interactions) -> None:
    rated = tastes.binary()
    patterns = RatingPatterns.fit(rated, 3, 0)
    features = patterns.of_users(rated)
    # Of unit mean square and at right angles, up to what the randomised computation leaves.
    assert features.T @ features / USERS == pytest.approx(np.eye(3), abs=1e-2)
    assert patterns.items.T @ patterns.items / ITEMS == pytest.approx(np.eye(3), abs=1e-6)
    assert np.array_equal(patterns.of_users(rated[:1]), features[:1])
