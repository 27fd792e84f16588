"""Divisions of events and figures of lists, against answers worked out by hand."""

import numpy as np
import pytest
from scipy.sparse import csr_array

from edgemark_trainer.readers.interactions import DAY_SECONDS, Interactions, numbered
from edgemark_trainer.recommender.intervals import bootstrap_mean, seeds_interval
from edgemark_trainer.recommender.protocols import (
    Split,
    calendar_cut,
    of_known_items,
    random_share,
    stratified_by_item,
    surprise_folds,
)
from edgemark_trainer.recommender.ranking_metrics import beyond, rmse, top_items, user_figures


def events(
    users: list[int],
    items: list[int],
    times: list[float] | None = None,
    shape: tuple[int, int] = (4, 5),
) -> Interactions:
    at = np.zeros(len(users)) if times is None else np.array(times)
    names = [tuple(str(i) for i in range(count)) for count in shape]
    return Interactions(
        np.array(users), np.array(items), np.ones(len(users)), at, names[0], names[1]
    )


def test_names_are_numbered_by_first_appearance() -> None:
    indexes, names = numbered(["b", "a", "b", "c"])
    assert indexes.tolist() == [0, 1, 0, 2]
    assert names == ("b", "a", "c")


def test_values_halve_with_every_half_life_of_age() -> None:
    data = events([0, 0], [1, 1], [0.0, 10 * DAY_SECONDS])
    assert data.decayed(10, 10 * DAY_SECONDS).toarray()[0, 1] == pytest.approx(1.5)


def test_each_items_events_are_divided_by_rounding_half_to_even() -> None:
    # 0.75 of 1, 2, 3 and 4 events round to 1, 2 (1.5 to even), 2 and 3.
    items = [0] + [1] * 2 + [2] * 3 + [3] * 4
    split = stratified_by_item(events(list(range(4)) * 2 + [0, 1], items), seed=42)
    assert np.bincount(split.train.items, minlength=5).tolist() == [1, 2, 2, 3, 0]
    assert np.bincount(split.test.items, minlength=5).tolist() == [0, 0, 1, 1, 0]


def test_an_items_events_with_the_smallest_numbers_train() -> None:
    numbers = np.random.RandomState(7).rand(4)
    split = stratified_by_item(events([0, 1, 2, 3], [0, 0, 0, 0]), seed=7)
    assert split.test.users.tolist() == [int(np.argmax(numbers))]


def test_surprises_folds_are_runs_of_one_shuffle() -> None:
    # numpy.random.RandomState(0).shuffle(arange(7)) gives 6 2 1 3 0 5 4.
    folds = list(surprise_folds(7, 3, 0))
    shuffled = np.arange(7)
    np.random.RandomState(0).shuffle(shuffled)
    assert [test.tolist() for _, test in folds] == [
        shuffled[:3].tolist(),
        shuffled[3:5].tolist(),
        shuffled[5:].tolist(),
    ]
    assert folds[1][0].tolist() == [*shuffled[:3], *shuffled[5:]]


def test_a_random_share_divides_all_events_once() -> None:
    data = events(list(range(4)) * 5, [i % 5 for i in range(20)])
    split = random_share(data, seed=3)
    assert (len(split.train), len(split.test)) == (16, 4)
    pairs = sorted(zip(split.train.users, split.train.items, strict=True))
    pairs += sorted(zip(split.test.users, split.test.items, strict=True))
    assert sorted(pairs) == sorted(zip(data.users, data.items, strict=True))
    assert random_share(data, seed=3).test.users.tolist() == split.test.users.tolist()


def test_a_calendar_cut_is_of_time_not_of_events() -> None:
    split = calendar_cut(events([0] * 5, [0, 1, 2, 3, 4], [0.0, 90.0, 95.0, 99.0, 100.0]), 0.8)
    assert split.train.items.tolist() == [0]
    assert split.test.items.tolist() == [1, 2, 3, 4]


def test_new_pairs_leave_out_what_training_has_and_known_items_what_it_lacks() -> None:
    split = Split(events([0, 1], [0, 1]), events([0, 0, 0], [0, 1, 2]))
    new = split.new_pairs()
    assert new.toarray()[0].tolist() == [0, 1, 1, 0, 0]
    assert of_known_items(new, split).toarray()[0].tolist() == [0, 1, 0, 0, 0]
    assert split.known_users().tolist() == [0, 1]


def test_top_items_break_ties_by_index_and_leave_masked_places_empty() -> None:
    scores = np.array([[1.0, 3.0, 3.0, -np.inf], [-np.inf, -np.inf, 2.0, -np.inf]])
    assert top_items(scores, 3).tolist() == [[1, 2, 0], [2, -1, -1]]


def test_list_figures_are_those_worked_out_by_hand() -> None:
    wanted = csr_array(np.array([[0, 1, 1, 1, 0], [0, 0, 0, 0, 0], [1, 0, 0, 0, 0]], dtype=float))
    lists = np.array([[1, 0, 2], [0, 1, 2], [1, 2, 3]])
    found = user_figures(lists, wanted, 3)
    discounts = 1 / np.log2([2, 3, 4])
    ideal = discounts.sum()
    # The second user wants nothing and is not counted.
    assert found.ndcg.tolist() == pytest.approx([(discounts[0] + discounts[2]) / ideal, 0])
    assert found.precision.tolist() == pytest.approx([2 / 3, 0])
    assert found.recall.tolist() == pytest.approx([2 / 3, 0])


def test_a_perfect_list_of_few_wanted_items_has_ndcg_1() -> None:
    wanted = csr_array(np.array([[0, 0, 1.0, 0, 1.0]]))
    assert user_figures(np.array([[4, 2, 0]]), wanted, 3).ndcg.tolist() == pytest.approx([1])


def test_beyond_accuracy_is_that_worked_out_by_hand() -> None:
    # Items 0 and 1 have the same two users of four, item 2 one other: cosines 1, 0, 0.
    history = csr_array(
        np.array([[1, 1, 0, 0], [1, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 0]], dtype=float)
    )
    lists = np.array([[0, 1, 2], [0, 1, 2], [0, 1, -1], [0, 1, 2]])
    found = beyond(lists, history)
    assert found.coverage == pytest.approx(3 / 4)
    # Full lists of users with a history: the first two.
    assert found.novelty.tolist() == pytest.approx([(1 + 1 + 2) / 3] * 2)
    assert found.diversity.tolist() == pytest.approx([2 / 3] * 2)
    assert found.popularity_bias.tolist() == pytest.approx([(5 / 3) / 2] * 2)


def test_rmse_is_the_root_of_the_mean_square() -> None:
    assert rmse(np.array([1.0, 5.0]), np.array([4.0, 1.0])) == pytest.approx(np.sqrt(12.5))


def test_intervals_hold_the_mean_and_narrow_with_users() -> None:
    rng = np.random.default_rng(0)
    few, many = rng.random(50), rng.random(5000)
    for values in (few, many):
        low, high = bootstrap_mean(values, 1)
        assert low < values.mean() < high
        # A normal interval is a good approximation here.
        assert high - low == pytest.approx(3.92 * values.std() / np.sqrt(len(values)), rel=0.15)


def test_a_seeds_interval_is_students() -> None:
    # Mean 2, deviation 1, three seeds: 2 +- 4.3027 / sqrt(3).
    assert seeds_interval([1.0, 2.0, 3.0]) == pytest.approx((2 - 2.4842, 2 + 2.4842), abs=1e-3)
    with pytest.raises(ValueError, match="two or more"):
        seeds_interval([1.0])
