"""A round in this process: packs, rounds that follow one another, stops, refusals of data."""

import errno
import hashlib
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from object_store import ObjectStore
from round_requests import for_round, pack_hashes, put_part, round_request, run_round, text_rows
from tokenizers import Tokenizer

from edgemark_trainer.fitting.gradient_fit import GradientFit
from edgemark_trainer.graph_runner import run_graph
from edgemark_trainer.tokenizer import encode


@pytest.fixture
def store() -> Iterator[ObjectStore]:
    found = ObjectStore()
    yield found
    found.close()


def in_rounds(
    store: ObjectStore, request: dict[str, Any], folder: Path, steps: int
) -> list[dict[str, Any]]:
    """Run a job in rounds of so many steps until it ends."""
    answers: list[dict[str, Any]] = []
    get = None
    while not answers or answers[-1]["status"] == "unfinished":
        number = len(answers) + 1
        part = for_round(store, request, number, 10 + number, get)
        answers.append(run_round(part, folder / str(number), steps=steps))
        get = part["checkpoint"]["put"] if "checkpoint" in answers[-1] else get
        assert number < 200
    return answers


def test_a_finished_round_stores_a_pack_that_answers(store: ObjectStore, tmp_path: Path) -> None:
    request = round_request(store, hyperparameters={"epochs": 12, "hashed": 500, "batchRows": 8})
    answer = run_round(request, tmp_path / "round")
    assert answer["status"] == "finished", answer
    assert (answer["job"], answer["round"], answer["fence"]) == (request["job"], 1, 7)
    for file in answer["pack"]["files"]:
        content = store.objects[f"/jobs/7/pack/{file['path']}"]
        assert (len(content), hashlib.sha256(content).hexdigest()) == (
            file["sizeBytes"],
            file["sha256"],
        )
        path = tmp_path / "own" / file["path"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    assert store.puts[-2 if "progress" in store.puts[-1] else -1].endswith("manifest.json")
    manifest = json.loads((tmp_path / "own/manifest.json").read_text())
    assert manifest["lineage"]["dataset"]["version"] == request["dataset"]["version"]
    assert manifest["lineage"]["hyperparameters"]["epochs"] == 12
    assert {file["path"]: file["sha256"] for file in manifest["files"]} == pack_hashes(answer)
    tokenizer = Tokenizer.from_file(str(tmp_path / "own/tokenizer.json"))
    texts = ["a great film", "an awful film", "plain plot"]
    logits = run_graph(tmp_path / "own/onnx/model_quantized.onnx", encode(tokenizer, texts))
    assert [manifest["labels"][i] for i in logits.argmax(1)] == ["good", "bad", "mid"]
    assert answer["metrics"][0]["value"] > 0.8
    assert answer["rows"] == {"train": 150, "validation": 60, "test": 60}


def test_progress_holds_every_epoch_once_and_in_order(store: ObjectStore, tmp_path: Path) -> None:
    answer = run_round(round_request(store), tmp_path / "round")
    written = [path for path in store.puts if "/progress-" in path]
    assert written == [f"/jobs/7/progress-{i}" for i in range(len(written))]
    records = [json.loads(line) for path in written for line in store.objects[path].splitlines()]
    assert [record["epoch"] for record in records] == [1, 2, 3]
    assert records == answer["history"]
    assert {(r["job"], r["fence"], r["run"]) for r in records} == {(answer["job"], 7, "final")}


def test_rounds_end_with_the_metrics_and_files_of_an_unbroken_run(
    store: ObjectStore, tmp_path: Path
) -> None:
    request = round_request(
        store, algorithm="auto", crossValidation={"folds": 2}, hyperparameters={"epochs": 4}
    )
    whole = run_round(request, tmp_path / "whole")
    rounds = in_rounds(store, request, tmp_path / "rounds", 9)
    assert len(rounds) > 4
    last = rounds[-1]
    for member in ("metrics", "validation", "baseline", "crossValidation", "epochs", "algorithm"):
        assert last[member] == whole[member]
    assert pack_hashes(last) == pack_hashes(whole)
    assert [answer["fence"] for answer in rounds] == [11 + i for i in range(len(rounds))]


def test_a_search_by_halving_is_gone_on_with(store: ObjectStore, tmp_path: Path) -> None:
    space = {"learningRate": {"low": 0.001, "high": 0.03, "log": True}}
    request = round_request(store, search={"method": "halving", "trials": 4, "space": space})
    whole = run_round(request, tmp_path / "whole")
    assert [trial["epochs"] for trial in whole["search"]["trials"]] == [1, 1, 1, 1, 3]
    best = max(whole["search"]["trials"][:4], key=lambda trial: trial["value"])
    assert whole["search"]["best"] == best["trial"]
    rounds = in_rounds(store, request, tmp_path / "rounds", 8)
    assert len(rounds) > 3 and rounds[-1]["search"] == whole["search"]
    assert pack_hashes(rounds[-1]) == pack_hashes(whole)


def test_a_cancel_object_stops_a_round_with_a_checkpoint(
    store: ObjectStore, tmp_path: Path
) -> None:
    request = round_request(store, hyperparameters={"epochs": 1000, "patience": 0})
    store.on_put = lambda path: store.objects.update({"/jobs/cancel": b"{}"})
    started = time.monotonic()
    answer = run_round(request, tmp_path / "round")
    assert answer["status"] == "cancelled" and "reason" not in answer
    assert time.monotonic() - started < 60
    assert (
        answer["checkpoint"]["sha256"]
        == hashlib.sha256(store.objects["/jobs/7/checkpoint"]).hexdigest()
    )


def test_a_cancel_object_for_lower_fences_leaves_a_higher_one_alone(
    store: ObjectStore, tmp_path: Path
) -> None:
    request = round_request(store)
    store.objects["/jobs/cancel"] = b'{"minimumFence": 7}'
    assert run_round(request, tmp_path / "same")["status"] == "finished"
    store.objects["/jobs/cancel"] = b'{"minimumFence": 8}'
    request["hyperparameters"] = {"epochs": 1000, "patience": 0}
    answer = run_round(request, tmp_path / "lower")
    assert (answer["status"], answer["reason"]["code"]) == ("failed", "superseded")
    assert "checkpoint" not in answer


def checkpointed(store: ObjectStore, folder: Path, **limits: float) -> dict[str, Any]:
    """Run a job's first round to its checkpoint, give the request of the next."""
    request = round_request(store, hyperparameters={"epochs": 1000, "patience": 0})
    assert run_round(request, folder, steps=20)["reason"]["code"] == "round-over"
    request["limits"] |= limits
    return for_round(store, request, 2, 8, request["checkpoint"]["put"])


def test_a_checkpoint_of_a_higher_fence_is_not_gone_on_from(
    store: ObjectStore, tmp_path: Path
) -> None:
    request = checkpointed(store, tmp_path / "first")
    late = for_round(store, request, 1, 6, request["checkpoint"]["get"])
    answer = run_round(late, tmp_path / "late")
    assert (answer["status"], answer["reason"]["code"]) == ("failed", "superseded")
    assert not [path for path in store.puts if path.startswith("/jobs/6/")]


def test_a_damaged_checkpoint_and_one_of_another_job_are_told(
    store: ObjectStore, tmp_path: Path
) -> None:
    request = checkpointed(store, tmp_path / "first")
    other = request | {"job": "f" * 32}
    answer = run_round(other, tmp_path / "other")
    assert answer["reason"]["code"] == "bad-checkpoint"
    content = store.objects["/jobs/7/checkpoint"]
    store.objects["/jobs/7/checkpoint"] = content[:-1] + bytes([content[-1] ^ 1])
    answer = run_round(request, tmp_path / "damaged")
    assert answer["reason"]["code"] == "bad-checkpoint"
    wrong = request | {"checkpoint": request["checkpoint"] | {"sha256": "0" * 64}}
    answer = run_round(wrong, tmp_path / "wrong")
    assert answer["reason"]["code"] == "storage"


def test_the_jobs_end_makes_a_pack_of_the_best_so_far(store: ObjectStore, tmp_path: Path) -> None:
    request = checkpointed(store, tmp_path / "first", jobSeconds=3, spentSeconds=1.5)
    answer = run_round(request, tmp_path / "second")
    assert (answer["status"], answer["endedBy"]) == ("finished", "time")
    assert 0 < answer["epochs"] < 1000
    request = round_request(store, hyperparameters={"epochs": 1000})
    request["limits"] |= {"jobSeconds": 1, "spentSeconds": 1}
    answer = run_round(request, tmp_path / "none")
    assert (answer["status"], answer["reason"]["code"]) == ("failed", "no-time")


def test_storage_is_asked_again_and_then_told(
    store: ObjectStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = round_request(store)
    store.failing["/data/train.ndjson.gz"] = 2
    store.failing["/jobs/7/pack/manifest.json"] = 2
    assert run_round(request, tmp_path / "again")["status"] == "finished"
    request["dataset"]["splits"]["train"][0]["sha256"] = "0" * 64
    answer = run_round(request, tmp_path / "wrong")
    assert answer["reason"]["code"] == "storage"
    assert store.address not in json.dumps(answer)  # addresses carry signatures


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ({"train": text_rows(10, 1)}, "are the least"),
        ({"train": [r for r in text_rows(90, 1) if r["label"] == "bad"]}, "one label"),
        ({"train": [r for r in text_rows(90, 1) if r["label"] != "mid"]}, "fewer than 2"),
        ({"train": [*text_rows(60, 1), {"text": 3, "label": "bad"}]}, "no text"),
        ({"train": [*text_rows(60, 1), {"text": "x", "label": "new"}]}, "unknown label"),
        ({"validation": []}, "validation rows"),
        ({"test": []}, "test split is empty"),
    ],
)
def test_data_that_nothing_can_be_learned_from_is_told(
    store: ObjectStore, tmp_path: Path, rows: dict[str, Any], words: str
) -> None:
    splits = {
        "train": text_rows(60, 1),
        "validation": text_rows(30, 2),
        "test": text_rows(30, 3),
    }
    answer = run_round(round_request(store, splits | rows), tmp_path / "round")
    assert (answer["status"], answer["reason"]["code"]) == ("failed", "bad-dataset")
    assert words in answer["reason"]["detail"]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "storage"),
        (MemoryError(), "out-of-memory"),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: 9 bytes"), "out-of-memory"),
        (KeyError("secret"), "internal"),
    ],
)
def test_what_breaks_is_told_without_its_words(
    store: ObjectStore,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    code: str,
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(GradientFit, "advance", broken)
    answer = run_round(round_request(store), tmp_path / "round")
    assert (answer["status"], answer["reason"]["code"]) == ("failed", code)
    assert "secret" not in json.dumps(answer)


def test_a_part_that_is_no_ndjson_or_has_other_rows_is_told(
    store: ObjectStore, tmp_path: Path
) -> None:
    request = round_request(store)
    part = put_part(store, "more.ndjson.gz", text_rows(5, 1)) | {"rows": 6}
    request["dataset"]["splits"]["train"].append(part)
    answer = run_round(request, tmp_path / "count")
    assert answer["reason"]["code"] == "bad-dataset"
    store.objects["/data/more.ndjson.gz"] = b"text"
    part["sha256"] = hashlib.sha256(b"text").hexdigest()
    answer = run_round(request, tmp_path / "text")
    assert answer["reason"]["code"] == "bad-dataset"
