"""The image family by rounds: drawn discs and bars in two colours."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from object_store import ObjectStore
from PIL import Image, ImageDraw
from round_requests import for_round, pack_hashes, put_part, round_request, run_round

SMALL = {"size": 32, "width": 8, "epochs": 6, "batchRows": 16}


def picture(shape: str, colour: str, rng: np.random.Generator) -> bytes:
    image = Image.new("RGB", (48, 40), tuple(int(v) for v in rng.integers(0, 60, 3)))
    draw = ImageDraw.Draw(image)
    x, y = (int(v) for v in rng.integers(0, 15, 2))
    fill = {"red": (220, 40, 40), "blue": (40, 60, 230)}[colour]
    if shape == "disc":
        draw.ellipse((x, y, x + 24, y + 24), fill=fill)
    else:
        draw.rectangle((x, y + 10, x + 30, y + 15), fill=fill)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture
def store() -> Iterator[ObjectStore]:
    found = ObjectStore()
    yield found
    found.close()


def request(store: ObjectStore, several: bool = False, **more: Any) -> dict[str, Any]:
    """Give a request for pictures of one attribute, or of two."""
    rng = np.random.default_rng(0)
    found = round_request(store, family="image-classifier", algorithm="residual-net", **more)
    pictures, splits = {}, {}
    for split, count in (("train", 64), ("validation", 24), ("test", 24)):
        rows = []
        for i in range(count):
            shape, colour = ("disc", "bar")[i % 2], ("red", "blue")[i // 2 % 2]
            path = f"images/{split}-{i}.png"
            store.objects[f"/data/{path}"] = picture(shape, colour, rng)
            pictures[path] = f"{store.address}/data/{path}"
            labels = {"shape": shape} | ({"colour": colour} if i % 3 else {})
            given = {"labels": labels} if several else {"label": shape}
            rows.append({"id": path, "image": path} | given)
        splits[split] = [put_part(store, f"{split}-pictures", rows)]
    found["dataset"] |= {
        "kind": "image-classification",
        "labels": ["colour=blue", "colour=red", "shape=bar", "shape=disc"]
        if several
        else ["bar", "disc"],
        "splits": splits,
        "pictures": pictures,
    }
    found["hyperparameters"] = dict(SMALL)
    return found


def test_a_network_of_two_attributes_is_packed(store: ObjectStore, tmp_path: Path) -> None:
    asked = request(store, several=True)
    asked["hyperparameters"]["epochs"] = 25
    answer = run_round(asked, tmp_path / "round")
    assert answer["status"] == "finished", answer
    manifest = json.loads(store.objects["/jobs/7/pack/manifest.json"])
    assert [head["attribute"] for head in manifest["heads"]] == ["colour", "shape"]
    assert [head["labels"] for head in manifest["heads"]] == [["blue", "red"], ["bar", "disc"]]
    assert {file["path"]: file["sha256"] for file in manifest["files"]} == pack_hashes(answer)
    assert "preprocessor_config.json" in pack_hashes(answer)
    values = {m["note"].split(":")[0]: m["value"] for m in reversed(answer["metrics"])}
    assert min(values.values()) > 0.8, values


def test_the_baseline_is_packed_as_well(store: ObjectStore, tmp_path: Path) -> None:
    asked = request(store) | {"algorithm": "linear", "hyperparameters": {"size": 32}}
    answer = run_round(asked, tmp_path / "round")
    assert answer["status"] == "finished", answer
    assert answer["metrics"][0]["value"] > 0.7
    manifest = json.loads(store.objects["/jobs/7/pack/manifest.json"])
    assert manifest["model"]["outputs"][-1]["shape"] == ["batch", 192]


def test_interrupted_training_draws_the_same_views(store: ObjectStore, tmp_path: Path) -> None:
    asked = request(store)
    asked["hyperparameters"]["epochs"] = 3
    whole = run_round(asked, tmp_path / "whole")
    assert run_round(asked, tmp_path / "first", steps=6)["reason"]["code"] == "round-over"
    again = for_round(store, asked, 2, 8, asked["checkpoint"]["put"])
    second = run_round(again, tmp_path / "second")
    assert second["metrics"] == whole["metrics"]
    assert (
        pack_hashes(second)["onnx/model_quantized.onnx"]
        == (pack_hashes(whole)["onnx/model_quantized.onnx"])
    )


def test_a_picture_that_is_none_or_has_no_address_is_told(
    store: ObjectStore, tmp_path: Path
) -> None:
    asked = request(store)
    store.objects["/data/images/train-3.png"] = b"text"
    answer = run_round(asked, tmp_path / "text")
    assert answer["reason"]["code"] == "bad-dataset" and "Row 4" in answer["reason"]["detail"]
    del asked["dataset"]["pictures"]["images/train-3.png"]
    answer = run_round(asked, tmp_path / "none")
    assert "no address" in answer["reason"]["detail"]
