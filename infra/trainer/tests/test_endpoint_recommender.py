"""The recommender family by rounds: made-up customers who each like one kind of things."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from object_store import ObjectStore
from round_requests import for_round, pack_hashes, put_part, round_request, run_round

from edgemark_trainer.recommender.graph_runner import GraphRecommender

START = datetime(2026, 1, 1, tzinfo=UTC)
KINDS, ITEMS_A_KIND, USERS, EVENTS = 4, 12, 120, 12


def sales(seed: int = 1) -> list[dict[str, Any]]:
    """Give events of users who take nine of ten items of their own kind."""
    rng = np.random.default_rng(seed)
    rows = []
    for user in range(USERS):
        kinds = np.where(rng.random(EVENTS) < 0.9, user % KINDS, rng.integers(0, KINDS, EVENTS))
        for place, kind in enumerate(kinds):
            item = f"k{kind}-{rng.integers(ITEMS_A_KIND)}"
            at = START + timedelta(days=int(place) * 3, minutes=int(rng.integers(1000)))
            row = {"user": f"u{user}", "itemId": item, "type": "purchase", "at": at.isoformat()}
            rows.append(row)
    return sorted(rows, key=lambda row: row["at"])


def by_time(rows: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    first, second = int(0.7 * len(rows)), int(0.85 * len(rows))
    return {"train": rows[:first], "validation": rows[first:second], "test": rows[second:]}


def by_user(rows: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    def part(low: int, high: int) -> list[dict[str, Any]]:
        return [row for row in rows if low <= int(row["user"][1:]) % 10 < high]

    return {"train": part(0, 6), "validation": part(6, 8), "test": part(8, 10)}


@pytest.fixture
def store() -> Iterator[ObjectStore]:
    found = ObjectStore()
    yield found
    found.close()


def request(
    store: ObjectStore, splits: dict[str, list[dict[str, Any]]], **more: Any
) -> dict[str, Any]:
    found = round_request(store, family="recommender", hyperparameters={}, **more)
    found["dataset"] |= {
        "kind": "interactions",
        "labels": [],
        "splits": {
            name: [put_part(store, f"{name}-events", rows)] for name, rows in splits.items()
        },
    }
    return found


def ndcg(answer: dict[str, Any]) -> float:
    assert answer["status"] == "finished", answer
    return float(answer["metrics"][0]["value"])


def fetched(store: ObjectStore, folder: Path) -> Path:
    for path, content in store.objects.items():
        if path.startswith("/jobs/7/pack/"):
            file = folder / path.removeprefix("/jobs/7/pack/")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
    return folder


@pytest.mark.parametrize("split", [by_time, by_user])
def test_every_algorithm_that_looks_at_customers_beats_popularity(
    store: ObjectStore, tmp_path: Path, split: Any
) -> None:
    values = {}
    for name in ("popularity", "item-knn", "ease", "pairwise"):
        asked = request(store, split(sales()), algorithm=name)
        if name == "pairwise":
            asked["hyperparameters"] = {"dimensions": 16, "epochs": 20, "learningRate": 0.03}
        values[name] = ndcg(run_round(asked, tmp_path / name))
    assert all(values[name] > 1.5 * values["popularity"] for name in values if name != "popularity")


def test_a_pack_answers_with_things_of_the_customers_kind(
    store: ObjectStore, tmp_path: Path
) -> None:
    splits = by_time(sales())
    latest = splits["test"][-1]["at"]
    splits["test"].append(
        {"user": "u0", "itemId": "k0-new", "type": "view", "at": latest, "value": 2}
    )
    answer = run_round(request(store, splits, algorithm="ease"), tmp_path / "round")
    folder = fetched(store, tmp_path / "pack")
    manifest = json.loads((folder / "manifest.json").read_text())
    items = json.loads((folder / "items.json").read_text())["ids"]
    assert "k0-new" in items  # the newest sales are in what ships
    assert manifest["task"] == "recommendation"
    assert manifest["recommender"]["itemCount"] == len(items)
    assert manifest["recommender"]["eventWeights"] == {"purchase": 1.0, "view": 0.2}
    assert {file["path"]: file["sha256"] for file in manifest["files"]} == pack_hashes(answer)
    graph = GraphRecommender(folder / manifest["model"]["file"])
    history = np.array([items.index("k2-1"), items.index("k2-5")])
    bias = np.full(2, -np.inf)
    found = graph.run(history, np.ones(2), bias, np.zeros(1), 5)
    assert [items[i].startswith("k2") for i in found.ids] == [True] * 5


def test_auto_says_so_where_the_candidate_is_not_surely_better(
    store: ObjectStore, tmp_path: Path
) -> None:
    answer = run_round(request(store, by_time(sales()), algorithm="auto"), tmp_path / "round")
    compared = answer["baseline"]
    assert compared["algorithm"] == "item-knn" and compared["candidate"] == "ease"
    low, high = compared["interval"]
    assert low <= compared["difference"] <= high
    if low > 0:
        assert (answer["algorithm"], compared["selected"]) == ("ease", "candidate")
    else:
        assert answer["reason"]["code"] == "no-improvement"
        assert (answer["algorithm"], compared["selected"]) == ("item-knn", "baseline")


def test_interrupted_factors_end_as_unbroken_ones(store: ObjectStore, tmp_path: Path) -> None:
    asked = request(store, by_time(sales()), algorithm="pairwise")
    asked["hyperparameters"] = {"dimensions": 8, "epochs": 4, "loss": "bpr"}
    whole = run_round(asked, tmp_path / "whole")
    first = run_round(asked, tmp_path / "first", steps=4)
    assert first["reason"]["code"] == "round-over"
    again = for_round(store, asked, 2, 8, asked["checkpoint"]["put"])
    second = run_round(again, tmp_path / "second")
    assert second["metrics"] == whole["metrics"]
    assert (
        pack_hashes(second)["onnx/model_quantized.onnx"]
        == (pack_hashes(whole)["onnx/model_quantized.onnx"])
    )


def test_events_that_teach_nothing_are_told(store: ObjectStore, tmp_path: Path) -> None:
    splits = by_time(sales())
    for name, changed, words in (
        ("few", splits | {"train": splits["train"][:20]}, "training events"),
        ("none", splits | {"validation": []}, "users of the validation"),
        ("time", splits | {"train": [*splits["train"], {"user": "u", "itemId": "i"}]}, "no inter"),
    ):
        answer = run_round(request(store, changed, algorithm="ease"), tmp_path / name)
        assert (answer["status"], answer["reason"]["code"]) == ("failed", "bad-dataset")
        assert words in answer["reason"]["detail"]


def test_folds_and_search_choose_among_settings(store: ObjectStore, tmp_path: Path) -> None:
    asked = request(
        store,
        by_time(sales()),
        algorithm="ease",
        crossValidation={"folds": 3},
        search={
            "method": "random",
            "trials": 4,
            "space": {"penalty": {"low": 1, "high": 1000, "log": True}},
        },
    )
    answer = run_round(asked, tmp_path / "round")
    best = max(answer["search"]["trials"], key=lambda trial: trial["value"])
    assert answer["search"]["best"] == best["trial"]
    assert answer["hyperparameters"]["penalty"] == best["hyperparameters"]["penalty"]
    assert len(answer["crossValidation"]["values"]) == 3
