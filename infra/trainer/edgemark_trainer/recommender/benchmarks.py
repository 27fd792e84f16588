"""The benchmarks of ranking: protocol, goals, what was published, and what is compared."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from scipy.sparse import csr_array

from edgemark_trainer.readers.interactions import Floats, Interactions
from edgemark_trainer.recipe import recipe_text
from edgemark_trainer.recommender.blend import Blend
from edgemark_trainer.recommender.candidate import (
    Candidate,
    Scores,
    binary,
    decayed_popularity,
    graph_scores,
    int8_pack,
    linear,
    listens,
    own_frequency,
    recent,
    sar,
    with_history,
    with_repeats,
)
from edgemark_trainer.recommender.ease import EASE
from edgemark_trainer.recommender.ials import IALS
from edgemark_trainer.recommender.item_knn import ItemKNN
from edgemark_trainer.recommender.low_rank import LinearRanker
from edgemark_trainer.recommender.pack import export_fitted, fitted
from edgemark_trainer.recommender.pairwise import PairwiseFactors
from edgemark_trainer.recommender.protocols import (
    Split,
    calendar_cut,
    of_known_items,
    random_share,
    stratified_by_item,
)
from edgemark_trainer.recommender.recipe import RecommenderRecipe, parse_recommender_recipe


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A table row of goals, and how it is measured.

    `split` divides all events; training events are divided again for choosing, by `inner` where one
    such division would say little. `seeds` are those of the split; a calendar cut has none, so one
    stands for all.
    """

    title: str
    dataset: str
    split: Callable[[Interactions, int], Split]
    published: str
    must: str
    aim: str
    candidates: tuple[Candidate, ...]
    search: tuple[Candidate, ...] = ()
    seeds: tuple[int, ...] = (42, 1, 2, 3, 4)
    with_repeats: bool = False
    known_items_only: bool = True
    inner: Callable[[Interactions], list[Split]] | None = None

    def inner_splits(self, train: Interactions, seed: int) -> list[Split]:
        """Divide training events for choosing settings."""
        return [self.split(train, seed)] if self.inner is None else self.inner(train)

    def wanted(self, split: Split) -> csr_array:
        """Give the pairs to find."""
        pairs = split.test.binary() if self.with_repeats else split.new_pairs()
        return of_known_items(pairs, split) if self.known_items_only else pairs


def user_side(penalty: float, user_power: float = 0.0) -> EASE:
    """Give user-side EASE as an item-item matrix."""
    return EASE(penalty, column_power=0.0, user_power=user_power)


def movielens_blend(penalty: float, large: float, small: float) -> Blend:
    """Blend user-side EASE with weighted users and two iALS."""
    return Blend([(1.0, user_side(penalty, 0.5)), (large, IALS(64)), (small, IALS(32))])


def stratified(data: Interactions, seed: int) -> Split:
    """Divide as Microsoft Recommenders do."""
    return stratified_by_item(data, seed)


def cut(data: Interactions, _seed: int) -> Split:
    """Cut the calendar at 80 %."""
    return calendar_cut(data)


def movielens_pack(train: Interactions) -> EASE:
    """Fit what one pack holds."""
    return user_side(450.0, 0.5).fit(with_history(train.binary()))


def earlier_cuts(train: Interactions) -> list[Split]:
    """Cut at six times, each tested on the quarter of the calendar after it.

    What is fresh at one time decides much of one cut's figure.
    """
    first, last = float(train.times.min()), float(train.times.max())
    splits = []
    for share in (0.35, 0.45, 0.55, 0.65, 0.75, 0.8):
        time, until = (first + part * (last - first) for part in (share, share + 0.25))
        after = (train.times >= time) & (train.times < until)
        splits.append(Split(train.take(train.times < time), train.take(after)))
    return splits


MOVIELENS_SEARCH = (
    *(
        Candidate(
            f"user-side EASE {penalty}, users^-{power}",
            binary(partial(user_side, penalty, power)),
        )
        for power in (0.0, 0.5)
        for penalty in (200.0, 300.0, 450.0, 600.0, 900.0)
    ),
    *(
        Candidate(
            f"blend {penalty} {large} {small}",
            binary(partial(movielens_blend, penalty, large, small)),
        )
        for penalty in (300.0, 450.0)
        for large, small in ((0.3, 0.2), (0.6, 0.4), (0.9, 0.6))
    ),
)

MOVIELENS_PEERS = (
    Candidate("popularity", decayed_popularity(None)),
    Candidate(
        "item-kNN, 100 neighbours, alpha .7, beta .3",
        binary(lambda: ItemKNN(100, alpha=0.7, beta=0.3)),
    ),
    Candidate(
        "BPR (own)",
        binary(lambda: PairwiseFactors("bpr", epochs=12, rate=0.003, penalty=1e-4)),
        True,
    ),
    Candidate(
        "WARP (own)",
        binary(lambda: PairwiseFactors("warp", epochs=6, rate=0.003, penalty=1e-4)),
        True,
    ),
    Candidate("iALS d64 (own)", binary(IALS)),
    Candidate("EASE 500 (own)", binary(lambda: EASE(500.0))),
)

MOVIELENS_OURS = (
    Candidate("EDLAE .33, 200", binary(lambda: EASE(200.0, dropout=0.33))),
    Candidate("user-side EASE 600", binary(lambda: user_side(600.0))),
    Candidate("user-side EASE 450, users^-.5", binary(lambda: user_side(450.0, 0.5))),
    Candidate("one pack: the same, rank 64, int8 graph", int8_pack(movielens_pack, 64)),
    Candidate("blend with iALS d64 and d32", binary(lambda: movielens_blend(450.0, 0.9, 0.6))),
)


def articles(days: float, prior: float, fresh: float) -> Scores:
    """Score articles by EASE, popularity of the last days and age."""
    return recent(
        partial(EASE, 100.0), half_life_days=14.0, prior_days=days, prior=prior, fresh=fresh
    )


def retail_recipe() -> RecommenderRecipe:
    """Read the recipe of the pack `retail`."""
    return parse_recommender_recipe(recipe_text("retail"))


def retail_model(train: Interactions) -> LinearRanker:
    """Fit the model of the pack `retail`, not yet reduced."""
    return fitted(retail_recipe(), train)


def retail_with(train: Interactions, forward: dict[str, float]) -> LinearRanker:
    """Fit that model with other forward settings."""
    recipe = retail_recipe()
    return fitted(replace(recipe, forward=recipe.forward | forward), train)


def retail_graph(train: Interactions) -> Floats:
    """Score by the graph of the pack `retail`, each item's own rate included."""
    return graph_scores(train, partial(export_fitted, retail_recipe(), retail_model(train), train))


def retail_repeats(train: Interactions) -> Floats:
    """Score by that graph with the recipe's repeat weights."""
    recipe = retail_recipe()
    days = recipe.serving.popularity_half_life_days
    return with_repeats(retail_graph, recipe.repeat, days)(train)


BENCHMARKS: dict[str, Benchmark] = {
    "movielens-stratified": Benchmark(
        "MovieLens 100k, Microsoft Recommenders' protocol",
        "movielens",
        stratified,
        "BiVAE .475, BPR .442, LightGCN .420 (Microsoft Recommenders' table)",
        "nDCG@10 .482 from one pack, .489 blended",
        ".50",
        (Candidate("SAR (own)", sar), *MOVIELENS_PEERS, *MOVIELENS_OURS),
        MOVIELENS_SEARCH,
    ),
    "movielens-random": Benchmark(
        "MovieLens 100k, random 20 %, full ranking, all ratings",
        "movielens",
        random_share,
        "measured before: EASE .443 / P@5 .441, ALS .413 / .405, LightFM WARP .386 / .377",
        "nDCG@10 .449, P@5 .447",
        ".46 / .457",
        (*MOVIELENS_PEERS, *MOVIELENS_OURS),
        MOVIELENS_SEARCH,
    ),
    "retail-new": Benchmark(
        "Online Retail, calendar cut at 80 %, new items only",
        "online-retail",
        cut,
        "measured before: EASE .112, item-kNN .104, LightFM WARP .093",
        "nDCG@10 .114",
        ".125",
        (
            Candidate("popularity", decayed_popularity(None)),
            Candidate("popularity, half life 14 days", decayed_popularity(14.0)),
            Candidate("item-kNN, 100 neighbours", binary(lambda: ItemKNN(100))),
            Candidate("EASE 500 (own)", binary(lambda: EASE(500.0))),
            Candidate("user-side EASE 500", binary(partial(user_side, 500.0))),
            Candidate("with forward weights, dense float", linear(retail_model)),
            Candidate("pack retail: the same, reduced, int8 graph", retail_graph),
        ),
        (
            *(
                Candidate(f"user-side EASE {penalty}", binary(partial(user_side, penalty)))
                for penalty in (300.0, 500.0, 800.0)
            ),
            *(
                Candidate(f"forward: {change}", linear(partial(retail_with, forward=change)))
                for change in (
                    {},
                    {"share": 0.3},
                    {"share": 1.0},
                    {"half_life_days": 30.0},
                    {"half_life_days": 365.0},
                    {"penalty": 200.0},
                    {"penalty": 800.0},
                    {"window_days": 21.0, "step_days": 10.0},
                )
            ),
        ),
        seeds=(0,),
    ),
    "retail-repeats": Benchmark(
        "Online Retail, calendar cut at 80 %, with repeats",
        "online-retail",
        cut,
        "measured before: own frequency .372",
        "nDCG@10 .376",
        ".40",
        (
            Candidate("own frequency, then popularity", own_frequency),
            Candidate("EASE 500 (own), seen items kept", binary(lambda: EASE(500.0))),
            Candidate("pack retail with repeat weights, int8 graph", retail_repeats),
        ),
        seeds=(0,),
        with_repeats=True,
    ),
    "lastfm": Benchmark(
        "HetRec Last.fm with friends, random 20 %",
        "lastfm",
        random_share,
        "measured before: item-kNN .236, LightFM .209",
        "nDCG@10 .257",
        ".27",
        (
            Candidate("popularity", decayed_popularity(None)),
            Candidate("item-kNN, 100 neighbours", binary(lambda: ItemKNN(100))),
            Candidate("EASE 200 (own)", binary(lambda: EASE(200.0))),
            Candidate("user-side EASE 150, log counts", listens(penalty=150.0, column_power=0.0)),
            Candidate(
                "the same, friends .1", listens(penalty=150.0, column_power=0.0, friends=0.1)
            ),
        ),
        tuple(
            Candidate(
                f"{penalty}, friends {friends}",
                listens(penalty=penalty, column_power=0.0, friends=friends),
            )
            for penalty in (100.0, 150.0, 200.0)
            for friends in (0.0, 0.1)
        ),
        seeds=(42, 1, 2),
    ),
    "deskdrop": Benchmark(
        "Deskdrop, calendar cut at 80 %",
        "deskdrop",
        cut,
        "measured before: decayed popularity .047, LightFM .037, EASE .027",
        "nDCG@10 .06",
        ".08",
        (
            Candidate("popularity", decayed_popularity(None)),
            Candidate("popularity, half life 14 days", decayed_popularity(14.0)),
            Candidate("item-kNN, 100 neighbours", binary(lambda: ItemKNN(100))),
            Candidate("EASE 500 (own)", binary(lambda: EASE(500.0))),
            Candidate("best over six earlier cuts: fresh 4", articles(1.5, 3.0, 4.0)),
            Candidate("mildest within one standard error: fresh 1", articles(1.5, 3.0, 1.0)),
        ),
        tuple(
            Candidate(f"{days} days, prior {prior}, fresh {fresh}", articles(days, prior, fresh))
            for days in (1.5, 3.0, 7.0)
            for prior in (1.0, 2.0, 3.0)
            for fresh in (0.0, 0.5, 1.0, 2.0, 4.0)
        ),
        seeds=(0,),
        inner=earlier_cuts,
    ),
    "size": Benchmark(
        "What int8 low rank keeps of the dense float matrix (MovieLens 100k, as above)",
        "movielens",
        stratified,
        "nothing published",
        "99 % at 1/50 of the size",
        "100 %",
        (
            Candidate("dense float32, 11.3 MB", linear(movielens_pack)),
            Candidate("rank 60, int8 graph, 1/50 (0.22 MB)", int8_pack(movielens_pack, 60)),
            Candidate("rank 32, int8 graph, 1/90 (0.12 MB)", int8_pack(movielens_pack, 32)),
        ),
    ),
}
