"""Measures a benchmark: one table with intervals, of what is ours beside what peers do."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from edgemark_trainer.card import table
from edgemark_trainer.readers import INTERACTION_DATASETS
from edgemark_trainer.recommender.benchmarks import Benchmark
from edgemark_trainer.recommender.candidate import Candidate
from edgemark_trainer.recommender.intervals import bootstrap_mean, seeds_interval
from edgemark_trainer.recommender.protocols import Split
from edgemark_trainer.recommender.ranking_metrics import (
    Beyond,
    UserFigures,
    beyond,
    top_items,
    user_figures,
)

LIST_LENGTH = 10
SHORT_LIST = 5
HEAD = [
    "model",
    "nDCG@10",
    "95 % over seeds",
    "95 % over users (first seed)",
    "P@10",
    "R@10",
    "P@5",
    "coverage",
    "novelty",
    "diversity",
    "popularity bias",
]

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Measured:
    """A candidate's figures on one split."""

    users: UserFigures
    short: UserFigures
    beyond: Beyond


def measure(benchmark: Benchmark, candidate: Candidate, split: Split) -> Measured:
    """List for every user who has a past and something to find."""
    users = split.known_users()
    wanted = benchmark.wanted(split)[users]
    some = np.diff(wanted.indptr) > 0
    history = split.train.binary()[users]
    scores = candidate.scores(split.train)[users]
    if not benchmark.with_repeats:
        scores[history.nonzero()] = -np.inf
    lists = top_items(scores, LIST_LENGTH)
    return Measured(
        user_figures(lists, wanted, LIST_LENGTH),
        user_figures(lists, wanted, SHORT_LIST),
        beyond(lists[some], history[some]),
    )


def row(name: str, found: Sequence[Measured]) -> list[str]:
    """Give a line of the table: means over seeds."""
    ndcg = [float(m.users.ndcg.mean()) for m in found]
    over_seeds = "one split" if len(found) < 2 else span(seeds_interval(ndcg))
    means = [
        np.mean([m.users.precision.mean() for m in found]),
        np.mean([m.users.recall.mean() for m in found]),
        np.mean([m.short.precision.mean() for m in found]),
        np.mean([m.beyond.coverage for m in found]),
    ]
    wide = [
        np.mean([m.beyond.novelty.mean() for m in found]),
        np.mean([m.beyond.diversity.mean() for m in found]),
        np.mean([m.beyond.popularity_bias.mean() for m in found]),
    ]
    return [
        name,
        f"{np.mean(ndcg):.4f}",
        over_seeds,
        span(bootstrap_mean(found[0].users.ndcg, 0)),
        *(f"{value:.4f}" for value in means),
        *(f"{value:.2f}" for value in wide),
    ]


def span(interval: tuple[float, float]) -> str:
    """Write an interval."""
    return f"{interval[0]:.4f} to {interval[1]:.4f}"


def run_benchmark(benchmark: Benchmark, root: Path, seeds: Sequence[int], report: Report) -> None:
    """Measure all candidates; `report` is given each line as it is known, then the table."""
    data = INTERACTION_DATASETS[benchmark.dataset].read(root)
    splits = [benchmark.split(data, seed) for seed in seeds]
    rows = []
    for candidate in benchmark.candidates:
        chosen = splits[:1] if candidate.is_slow else splits
        rows.append(row(candidate.name, [measure(benchmark, candidate, s) for s in chosen]))
        report(" | ".join(rows[-1][:4]))
    users = len(measure_users(benchmark, splits[0]))
    report(f"\n{benchmark.title}: seeds {', '.join(map(str, seeds))}, {users} users (first seed)")
    report(f"must reach {benchmark.must}; aim {benchmark.aim}; {benchmark.published}\n")
    report(table(HEAD, rows))


def measure_users(benchmark: Benchmark, split: Split) -> list[int]:
    """Give the users who have a past and something to find."""
    wanted = benchmark.wanted(split)
    return [
        int(user) for user in split.known_users() if wanted.indptr[user + 1] > wanted.indptr[user]
    ]


def run_search(benchmark: Benchmark, root: Path, seed: int, report: Report) -> None:
    """Compare the search's candidates on a part of the first seed's training events."""
    data = INTERACTION_DATASETS[benchmark.dataset].read(root)
    inner = benchmark.inner_splits(benchmark.split(data, seed).train, seed)
    for candidate in benchmark.search:
        found = [measure(benchmark, candidate, split).users.ndcg for split in inner]
        means = [float(values.mean()) for values in found]
        interval = bootstrap_mean(found[0], 0) if len(inner) == 1 else seeds_interval(means)
        report(f"{candidate.name} | {np.mean(means):.4f} | {span(interval)}")
