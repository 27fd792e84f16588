"""A whole image pack from drawn pictures: files, hashes, heads, labels; readers of real sets."""

import hashlib
import json
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from edgemark_trainer.__main__ import main
from edgemark_trainer.calibration import softmax
from edgemark_trainer.image_corpus import read_image_corpus
from edgemark_trainer.image_graph_runner import run_image_graph
from edgemark_trainer.image_manifest import PREPROCESSOR_FILE
from edgemark_trainer.image_pack import make_image_pack
from edgemark_trainer.image_pixels import read_pixels
from edgemark_trainer.image_recipe import ImageRecipe, parse_image_recipe
from edgemark_trainer.image_rows import ImageRow
from edgemark_trainer.readers import IMAGE_DATASETS, ImageDataset
from edgemark_trainer.recipe import RECIPES, recipe_family, recipe_text

DRAWN = """
name = "drawn"
version = "1.0.0"
family = "image-classifier"
title = "Drawn"
description = "Round or square, red or blue."
licence = "none"
set = "drawn"
attributes = ["form", "colour"]
size = 16
source_size = 20
rejection_loss = 0.05
outliers = ["noise"]
pages = 6
[network]
width = 8
blocks = [1, 1]
[augmentation]
least_area = 0.8
[training]
epochs = 16
batch = 16
warmup = 4
sizes = [16]
average = 0.8
outliers = 2
validate_every = 2
[[outsiders]]
set = "noise"
part = "test"
note = "noise"
[card]
use = "Tests."
limits = "All else."
"""
ROOT = os.environ.get("EDGEMARK_DATA")


def draw(path: Path, form: str, colour: str, rng: np.random.Generator) -> ImageRow:
    image = Image.new("RGB", (32, 40), tuple(int(v) for v in rng.integers(180, 256, 3)))
    left, top = (int(v) for v in rng.integers(1, 8, 2))
    box = (left, top, left + 22, top + 28)
    canvas = ImageDraw.Draw(image)
    (canvas.ellipse if form == "round" else canvas.rectangle)(box, fill=colour)
    image.save(path)
    return ImageRow(path, {"form": form, "colour": colour})


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ImageRecipe:
    """The recipe above, with its sets made in a temporary folder; one test image has a copy."""
    rng, parts = np.random.default_rng(0), {}
    kinds = [(form, colour) for form in ("round", "square") for colour in ("red", "blue")]
    for part, count in (("train", 64), ("validation", 24), ("test", 24)):
        parts[part] = [
            draw(tmp_path / f"{part}{i}.png", *kinds[i % len(kinds)], rng) for i in range(count)
        ]
    copied = parts["test"][0]
    Image.open(copied.path).save(tmp_path / "copy.jpg", quality=90, subsampling=0)
    parts["train"].append(ImageRow(tmp_path / "copy.jpg", copied.labels))
    noise = {}
    for part in ("train", "test"):
        noise[part] = []
        for i in range(12):
            path = tmp_path / f"noise-{part}{i}.png"
            Image.fromarray(rng.integers(0, 256, (32, 32, 3), dtype=np.uint8)).save(path)
            noise[part].append(ImageRow(path, {}))
    attributes = ("form", "colour")
    known = ImageDataset("Drawn", "free", "here", attributes, True, lambda _: parts)
    other = ImageDataset("Noise", "free", "here", (), False, lambda _: noise)
    monkeypatch.setitem(IMAGE_DATASETS, "drawn", known)
    monkeypatch.setitem(IMAGE_DATASETS, "noise", other)
    return parse_image_recipe(DRAWN)


def test_an_image_pack_describes_its_files_and_answers(drawn: ImageRecipe, tmp_path: Path) -> None:
    out = tmp_path / "pack"
    make_image_pack(drawn, Path(), out, tmp_path / "cache", 1)
    manifest = json.loads((out / "manifest.json").read_text())
    assert [entry["path"] for entry in manifest["files"]] == [
        "README.md",
        "config.json",
        "mistakes.png",
        "onnx/model_quantized.onnx",
        "preprocessor_config.json",
        "samples.png",
    ]
    for entry in manifest["files"]:
        content = (out / entry["path"]).read_bytes()
        assert entry["sha256"] == hashlib.sha256(content).hexdigest()
    assert manifest["task"] == "image-classification"
    assert manifest["image"] == {"preprocessor": PREPROCESSOR_FILE}
    heads = manifest["heads"]
    assert [head["attribute"] for head in heads] == ["form", "colour"]
    assert [head["output"] for head in heads] == ["logits_form", "logits_colour"]
    assert heads[1]["labels"] == ["blue", "red"]
    assert all(0 < head["otherBelow"] < 1 and head["temperature"] == 1 for head in heads)
    assert manifest["lineage"]["parameters"]["droppedCopies"] == 1
    check = manifest["precisionCheck"]
    assert check["fp32"] - check["int8"] <= 0.05
    pixels = read_pixels(IMAGE_DATASETS["drawn"].read(Path())["test"], 16)
    colour = run_image_graph(out / manifest["model"]["file"], pixels, ["logits_colour"])[0]
    wanted = [row.labels["colour"] for row in IMAGE_DATASETS["drawn"].read(Path())["test"]]
    given = [heads[1]["labels"][i] for i in softmax(colour).argmax(1)]
    accuracy = float(np.mean([a == b for a, b in zip(given, wanted, strict=True)]))
    assert accuracy > 0.9
    assert [entry["rows"] for entry in manifest["lineage"]["data"]] == [64, 12, 6]
    figures = {figure["note"]: figure["value"] for figure in manifest["metrics"]}
    assert figures["colour: best of 2 labels"] == pytest.approx(accuracy, abs=0.05)
    card = (out / "README.md").read_text()
    assert (
        "![mistakes](mistakes.png)" in card
        and "![samples](samples.png)" in card
        and "dropped: 1 were" in card
    )


def test_cached_weights_give_the_same_graph_and_the_card_can_be_rewritten(
    drawn: ImageRecipe, tmp_path: Path
) -> None:
    graphs = []
    for name in ("first", "second"):
        make_image_pack(drawn, Path(), tmp_path / name, tmp_path / "cache", 1)
        graphs.append((tmp_path / name / "onnx/model_quantized.onnx").read_bytes())
    assert graphs[0] == graphs[1]
    assert len(list((tmp_path / "cache").iterdir())) == 1
    path = tmp_path / "drawn.toml"
    path.write_text(DRAWN.replace('"Tests."', '"Nothing at all."'), encoding="utf-8")
    main(["card", str(path), "--out", str(tmp_path / "first")])
    text = (tmp_path / "first/README.md").read_bytes()
    files = json.loads((tmp_path / "first/manifest.json").read_text())["files"]
    assert b"Nothing at all." in text
    assert files[0]["sha256"] == hashlib.sha256(text).hexdigest()


def test_a_missing_validation_part_is_split_off_without_copies(
    drawn: ImageRecipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = IMAGE_DATASETS["drawn"]
    parts = {name: rows for name, rows in known.read(Path()).items() if name != "validation"}
    without = ImageDataset("Drawn", "free", "here", known.attributes, True, lambda _: parts)
    monkeypatch.setitem(IMAGE_DATASETS, "drawn", without)
    corpus = read_image_corpus(drawn, Path())
    paths = {row.path for row in corpus.train}
    assert not paths & {row.path for row in [*corpus.validation, *corpus.test]}
    assert len(corpus.train) + len(corpus.validation) + corpus.dropped == 65
    assert len(corpus.validation) == 7


def test_unknown_keys_in_an_image_recipe_are_errors() -> None:
    with pytest.raises(ValueError, match="unknown keys in recipe: sizes"):
        parse_image_recipe(DRAWN.replace("size = 16", "size = 16\nsizes = 3", 1))


@pytest.mark.parametrize("name", ["clothing", "fashion", "grocery"])
def test_the_image_recipes_can_be_read(name: str) -> None:
    text = recipe_text(name)
    assert recipe_family(text) == "image-classifier"
    recipe = parse_image_recipe(text)
    assert set(recipe.attributes) <= set(IMAGE_DATASETS[recipe.set].attributes)
    assert {*recipe.outliers, *(spec.set for spec in recipe.outsiders)} <= set(IMAGE_DATASETS)
    assert recipe_family(Path(RECIPES / "sentiment.toml").read_text(encoding="utf-8")) == "text"


@pytest.mark.skipif(not ROOT, reason="EDGEMARK_DATA names no data folder: real sets not read")
@pytest.mark.parametrize(
    ("name", "rows", "classes"),
    [
        ("clothing", (3068, 341, 372), (10,)),
        ("grocery", (2640, 296, 2485), (43, 81)),
    ],
)
def test_the_official_parts_are_read_whole(
    name: str, rows: tuple[int, ...], classes: tuple[int, ...]
) -> None:
    parts = IMAGE_DATASETS[name].read(Path(str(ROOT)))
    assert tuple(len(parts[part]) for part in ("train", "validation", "test")) == rows
    paths = [row.path for part in parts.values() for row in part]
    assert len(set(paths)) == len(paths) and all(path.exists() for path in paths)
    found = [
        len({row.labels[attribute] for row in parts["train"]})
        for attribute in IMAGE_DATASETS[name].attributes
    ]
    assert tuple(found) == classes
