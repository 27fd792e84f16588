"""A whole pack from made-up orders; readers of small files in the sets' own formats."""

import gzip
import hashlib
import json
import os
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from edgemark_trainer.__main__ import main
from edgemark_trainer.readers import INTERACTION_DATASETS
from edgemark_trainer.readers.interactions import (
    DAY_SECONDS,
    InteractionDataset,
    Interactions,
    numbered,
)
from edgemark_trainer.recipe import RECIPES, recipe_family, recipe_text
from edgemark_trainer.recommender.benchmark import measure, run_benchmark
from edgemark_trainer.recommender.benchmarks import BENCHMARKS
from edgemark_trainer.recommender.graph_runner import GraphRecommender
from edgemark_trainer.recommender.pack import make_recommender_pack
from edgemark_trainer.recommender.recipe import (
    RecommenderRecipe,
    RepeatWeights,
    ServingSettings,
    parse_recommender_recipe,
)
from edgemark_trainer.recommender.serving_history import (
    history_weights,
    popularity,
    repeat_bonus,
)

MADE_UP = """
name = "made-up"
version = "1.0.0"
family = "recommender"
title = "Made up"
description = "Pairs."
licence = "none"
languages = ["en"]
set = "made-up"
dimensions = 8
[model]
penalty = 5.0
column_power = 0.0
[forward]
share = 0.5
penalty = 5.0
window_days = 20.0
[serving]
max_history = 100
popularity_half_life_days = 30.0
event_weights = { purchase = 1.0, view = 0.2 }
[repeat]
count_weight = 0.5
recency_weight = 0.5
recency_half_life_days = 60.0
popularity_weight = 0.1
rate_weight = 0.5
[card]
use = "Tests."
limits = "All else."
data_note = "Made up."
"""
ROOT = os.environ.get("EDGEMARK_DATA")
CUSTOMERS, PRODUCTS, DAYS = 60, 20, 100


def made_up_orders(_root: Path) -> Interactions:
    """Even customers buy even products, odd ones odd products, at random times."""
    rng = np.random.default_rng(0)
    users = np.repeat(np.arange(CUSTOMERS), 12)
    items = 2 * rng.integers(0, PRODUCTS // 2, len(users)) + users % 2
    names = tuple(f"c{i}" for i in range(CUSTOMERS))
    return Interactions(
        users,
        items,
        np.ones(len(users)),
        rng.uniform(0, DAYS, len(users)) * DAY_SECONDS,
        names,
        tuple(f"p{i}" for i in range(PRODUCTS)),
        tuple(f"Product {i}" for i in range(PRODUCTS)),
        tuple(i + 0.5 for i in range(PRODUCTS)),
    )


@pytest.fixture
def recipe(monkeypatch: pytest.MonkeyPatch) -> RecommenderRecipe:
    known = InteractionDataset("Made-up orders", "none needed", "drawn here", made_up_orders)
    monkeypatch.setitem(INTERACTION_DATASETS, "made-up", known)
    return parse_recommender_recipe(MADE_UP)


def test_a_pack_has_its_files_their_hashes_and_a_graph_that_knows_the_pairs(
    recipe: RecommenderRecipe, tmp_path: Path
) -> None:
    make_recommender_pack(recipe, tmp_path, tmp_path / "pack", 1)
    folder = tmp_path / "pack"
    manifest = json.loads((folder / "manifest.json").read_text())
    assert [entry["path"] for entry in manifest["files"]] == [
        "README.md",
        "items.json",
        "onnx/model_quantized.onnx",
    ]
    for entry in manifest["files"]:
        content = (folder / entry["path"]).read_bytes()
        assert entry["sizeBytes"] == len(content)
        assert entry["sha256"] == hashlib.sha256(content).hexdigest()
    items = json.loads((folder / "items.json").read_text())
    section = manifest["recommender"]
    assert section["itemCount"] == len(items["ids"]) == PRODUCTS
    assert section["eventWeights"] == {"purchase": 1, "view": 0.2}
    assert section["repeat"] == {
        "countWeight": 0.5,
        "recencyWeight": 0.5,
        "recencyHalfLifeDays": 60,
        "popularityWeight": 0.1,
    }
    assert section["trainedUntil"].startswith("1970-04-")
    assert items["titles"][3] == "Product 3"
    assert items["prices"][3] == 3.5
    assert max(items["popularity"]) == 1
    graph = GraphRecommender(folder / manifest["model"]["file"])
    found = graph.run(np.array([4]), np.ones(1), np.full(1, -np.inf), np.zeros(1), 5)
    assert set(found.ids % 2) == {0}
    for figure in manifest["metrics"]:
        assert figure["interval"][0] <= figure["value"] <= figure["interval"][1]
    ndcg = {f["note"]: f["value"] for f in manifest["metrics"] if f["name"] == "ndcg@10"}
    # A list of ten holds all of a customer's half.
    assert ndcg["with repeats"] > 0.5
    text = (folder / "README.md").read_text()
    assert "Product" in text
    assert f"{ndcg['with repeats']:.4f}" in text


def test_a_card_is_rewritten_with_its_hash(recipe: RecommenderRecipe, tmp_path: Path) -> None:
    make_recommender_pack(recipe, tmp_path, tmp_path / "pack", 1)
    path = tmp_path / "recipe.toml"
    path.write_text(MADE_UP.replace('use = "Tests."', 'use = "Other words."'))
    main(["card", str(path), "--out", str(tmp_path / "pack")])
    text = (tmp_path / "pack/README.md").read_bytes()
    assert b"Other words." in text
    manifest = json.loads((tmp_path / "pack/manifest.json").read_text())
    assert manifest["files"][0]["sha256"] == hashlib.sha256(text).hexdigest()


def test_a_synthetic_graph_is_of_the_size_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "large/model.onnx"
    main(["recommend-synthetic", "--items", "300", "--dimensions", "8", "--out", str(path)])
    history = np.array([1, 299])
    found = GraphRecommender(path).run(history, np.ones(2), np.zeros(2), np.zeros(1), 1000)
    assert sorted(found.ids) == list(range(300))


def test_unknown_keys_of_a_recipe_are_errors() -> None:
    with pytest.raises(ValueError, match="colour"):
        parse_recommender_recipe('colour = "red"\n' + MADE_UP)


def test_all_recommender_recipes_parse_and_name_a_known_set() -> None:
    texts = [recipe_text(path.stem) for path in RECIPES.glob("*.toml")]
    found = [parse_recommender_recipe(t) for t in texts if recipe_family(t) == "recommender"]
    assert found
    assert all(recipe.set in INTERACTION_DATASETS for recipe in found)


def test_serving_weights_are_those_worked_out_by_hand() -> None:
    # Customer 0: item 0 now and 10 days ago, item 1 10 days ago.
    data = Interactions(
        np.array([0, 0, 0]),
        np.array([0, 0, 1]),
        np.array([6.0, 1.0, 1.0]),
        np.array([10.0, 0.0, 0.0]) * DAY_SECONDS,
        ("c",),
        ("a", "b"),
    )
    now = 10 * DAY_SECONDS
    assert popularity(data, 10, now).tolist() == pytest.approx([1, 1 / 3])
    settings = ServingSettings({}, 10, 10, 5)
    assert history_weights(data, settings, now).toarray()[0].tolist() == pytest.approx([1, 0.25])
    bonus = repeat_bonus(data, RepeatWeights(1.0, 2.0, 10.0), now)
    assert bonus.toarray()[0].tolist() == pytest.approx([2 + 2 * 1.5, 1 + 2 * 0.5])


def test_numbers_are_given_by_first_appearance() -> None:
    assert numbered(["x", "y", "x"])[1] == ("x", "y")


def test_online_retail_leaves_out_what_is_no_order_of_a_product(tmp_path: Path) -> None:
    folder = tmp_path / "recommend/uci-online-retail"
    folder.mkdir(parents=True)
    lines = [
        "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country",
        "1,10001a,RED  CUP,2,2011-01-01 00:00:00,1.5,7.0,UK",
        "1,10001A,RED CUP,3,2011-01-01 00:00:00,2.5,7.0,UK",
        "2,10002,BOX,1,2011-01-02 00:00:00,1,8.0,UK",
        "C3,10002,BOX,-1,2011-01-03 00:00:00,1,8.0,UK",
        "4,10002,BOX,1,2011-01-03 00:00:00,1,,UK",
        "5,POST,POSTAGE,1,2011-01-03 00:00:00,18,8.0,UK",
        "6,10002,BOX,1,2011-01-03 00:00:00,0,8.0,UK",
    ]
    (folder / "online-retail.csv.gz").write_bytes(gzip.compress("\n".join(lines).encode()))
    data = INTERACTION_DATASETS["online-retail"].read(tmp_path)
    assert data.item_ids == ("10001A", "10002")
    assert data.user_ids == ("7", "8")
    assert data.values.tolist() == [5, 1]
    assert data.titles == ("RED CUP", "BOX")
    assert data.prices == (2.0, 1.0)
    assert data.times[1] - data.times[0] == DAY_SECONDS


def test_lastfm_reads_friends_without_a_header(tmp_path: Path) -> None:
    folder = tmp_path / "recommend/hetrec-lastfm-2k"
    folder.mkdir(parents=True)
    (folder / "user_artists.dat").write_bytes(
        b"userID\tartistID\tweight\r\n2\t51\t100\r\n3\t51\t5\r\n"
    )
    (folder / "artists.dat").write_text("id\tname\turl\tpictureURL\n51\tDuran Duran\tu\tp\n")
    (folder / "user_friends.dat").write_bytes(b"2\t3\r\n3\t2\r\n3\t99")
    data = INTERACTION_DATASETS["lastfm"].read(tmp_path)
    assert data.friends.tolist() == [[0, 1], [1, 0]]
    assert data.titles == ("Duran Duran",)
    assert data.values.tolist() == [100, 5]


def test_deskdrop_weighs_events_in_order_of_time(tmp_path: Path) -> None:
    folder = tmp_path / "recommend/deskdrop-interactions"
    folder.mkdir(parents=True)
    text = "timestamp,eventType,contentId,personId\n20,LIKE,-5,9\n10,VIEW,6,9\n"
    with zipfile.ZipFile(folder / "users_interactions.csv.zip", "w") as archive:
        archive.writestr("users_interactions.csv", text)
    data = INTERACTION_DATASETS["deskdrop"].read(tmp_path)
    assert data.item_ids == ("6", "-5")
    assert data.values.tolist() == [1, 2]
    assert data.times.tolist() == [10, 20]


def test_a_benchmark_reports_every_candidate(recipe: RecommenderRecipe, tmp_path: Path) -> None:
    known = BENCHMARKS["movielens-random"]
    names = ("popularity", "EASE 500 (own)")
    kept = tuple(candidate for candidate in known.candidates if candidate.name in names)
    lines: list[str] = []
    chosen = replace(known, dataset="made-up", candidates=kept)
    run_benchmark(chosen, tmp_path, (1, 2), lines.append)
    rows = [line.split(" | ")[0].strip("| ") for line in lines[-1].splitlines()[2:]]
    assert tuple(rows) == names


@pytest.mark.skipif(ROOT is None, reason="EDGEMARK_DATA names no folder of real data sets")
def test_sar_has_the_figures_of_its_authors_notebook() -> None:
    assert ROOT is not None
    benchmark = BENCHMARKS["movielens-stratified"]
    data = INTERACTION_DATASETS["movielens"].read(Path(ROOT))
    split = benchmark.split(data, 42)
    assert (len(split.train), len(split.test)) == (75_066, 24_934)
    found = measure(benchmark, benchmark.candidates[0], split).users
    figures = [found.ndcg.mean(), found.precision.mean(), found.recall.mean()]
    assert [round(float(value), 4) for value in figures] == [0.3938, 0.3406, 0.1854]


@pytest.mark.skipif(ROOT is None, reason="EDGEMARK_DATA names no folder of real data sets")
def test_real_sets_have_their_published_sizes() -> None:
    assert ROOT is not None
    read = {
        name: INTERACTION_DATASETS[name].read(Path(ROOT))
        for name in ("movielens", "lastfm", "deskdrop")
    }
    assert (len(read["movielens"]), read["movielens"].shape) == (100_000, (943, 1682))
    assert (len(read["lastfm"]), read["lastfm"].shape) == (92_834, (1892, 17_632))
    assert len(read["lastfm"].friends) == 25_434
    assert (len(read["deskdrop"]), read["deskdrop"].shape) == (72_312, (1895, 2987))
