"""Rating models on ratings with known answers."""

import numpy as np
import pytest

from edgemark_trainer.readers.interactions import Interactions
from edgemark_trainer.recommender.protocols import random_share
from edgemark_trainer.recommender.ranking_metrics import rmse
from edgemark_trainer.recommender.rater import Rater, clipped
from edgemark_trainer.recommender.rating_bayes import RatingBayes
from edgemark_trainer.recommender.rating_biases import RatingBiases
from edgemark_trainer.recommender.rating_blend import RatingBlend
from edgemark_trainer.recommender.rating_knn import RatingKNN
from edgemark_trainer.recommender.rating_patterns import RatingPatterns
from edgemark_trainer.recommender.rating_svd import RatingSVD

USERS, ITEMS, NOISE = 80, 40, 0.3


def ratings(users: np.ndarray, items: np.ndarray, values: np.ndarray) -> Interactions:
    names = tuple(str(i) for i in range(USERS))
    return Interactions(users, items, values, np.zeros(len(users)), names, names[:ITEMS])


@pytest.fixture(scope="module")
def tastes() -> Interactions:
    """Even users like even items, odd users odd ones; items are of unequal quality; with noise."""
    rng = np.random.default_rng(0)
    users, items = np.nonzero(rng.random((USERS, ITEMS)) < 0.6)
    quality = rng.normal(0, 0.5, ITEMS)
    agree = np.where((users + items) % 2 == 0, 1.0, -1.0)
    values = 3 + quality[items] + agree + rng.normal(0, NOISE, len(users))
    return ratings(users, items, values)


def error(model: Rater, data: Interactions) -> float:
    split = random_share(data, seed=1)
    found = model.fit(split.train).predict(split.test.users, split.test.items)
    return rmse(found, split.test.values)


def test_biases_know_quality_but_not_taste(tastes: Interactions) -> None:
    assert error(RatingBiases(), tastes) == pytest.approx(np.sqrt(1 + NOISE**2), rel=0.1)


@pytest.mark.parametrize(
    "model",
    [
        RatingKNN("item", shrinkage=5),
        RatingKNN("user", shrinkage=5),
        RatingSVD(dimensions=2, epochs=60, rate=0.02, penalty=0.01, batch=128),
        RatingSVD(implicit=True, dimensions=2, epochs=60, rate=0.02, penalty=0.01, batch=128),
        RatingBayes(dimensions=2, sweeps=40, burn_in=10),
        RatingBayes(dimensions=2, sweeps=40, burn_in=10, pattern=3),
        RatingBlend([RatingBiases, lambda: RatingBayes(dimensions=2, sweeps=40, burn_in=10)]),
    ],
    ids=["item-kNN", "user-kNN", "SVD", "SVD++", "Bayes", "Bayes with patterns", "blend"],
)
def test_taste_is_learned_almost_to_the_noise(model: Rater, tastes: Interactions) -> None:
    assert error(model, tastes) < 1.5 * NOISE


def test_biases_are_shrunk_means() -> None:
    # One item of mean 5 beside another of mean 1, ten ratings each by ten users: mean 3, +-2 by
    # 10 / (10 + 10); users see both and have no bias.
    users, items = np.tile(np.arange(10), 2), np.repeat([0, 1], 10)
    model = RatingBiases().fit(ratings(users, items, np.where(items == 0, 5.0, 1.0)))
    assert model.mean_ == 3
    assert model.item_[:2].tolist() == pytest.approx([1, -1])
    assert np.abs(model.user_).max() < 1e-12


def test_without_neighbours_knn_falls_back_to_the_baseline() -> None:
    data = ratings(np.array([0, 1]), np.array([0, 1]), np.array([4.0, 2.0]))
    model = RatingKNN().fit(data)
    pairs = (np.array([0]), np.array([1]))
    assert model.predict(*pairs) == pytest.approx(RatingBiases().fit(data).predict(*pairs))


def test_predictions_follow_the_order_of_pairs(tastes: Interactions) -> None:
    model = RatingKNN("user").fit(tastes)
    users, items = np.array([5, 2, 5]), np.array([1, 7, 3])
    single = [model.predict(users[i : i + 1], items[i : i + 1])[0] for i in range(3)]
    assert model.predict(users, items).tolist() == pytest.approx(single)


def test_a_seed_repeats_the_sampling(tastes: Interactions) -> None:
    pairs = (np.arange(5), np.arange(5))
    first, again, other = (
        RatingBayes(sweeps=12, burn_in=4, seed=seed).fit(tastes).predict(*pairs)
        for seed in (1, 1, 2)
    )
    assert np.array_equal(first, again)
    assert not np.allclose(first, other)


def test_patterns_tell_who_rates_the_same_items() -> None:
    # Even users rate even items only, odd ones odd items.
    users, items = np.nonzero(np.add.outer(np.arange(USERS), np.arange(ITEMS)) % 2 == 0)
    rated = ratings(users, items, np.ones(len(users))).binary()
    found = RatingPatterns.fit(rated, 2, 0).of_users(rated)
    similar = found @ found.T
    assert similar[0, 2] > 10 * abs(similar[0, 1])


def test_ratings_stay_in_their_scale() -> None:
    assert clipped(np.array([0.0, 3.0, 9.0])).tolist() == [1, 3, 5]
