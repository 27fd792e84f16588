"""Makes an image pack: temperatures, graph, int8 check, threshold for `other`, figures, card."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from edgemark_trainer.calibration import softmax
from edgemark_trainer.evaluation import expected_calibration_error
from edgemark_trainer.families.base import BadDatasetError, PackReport, PackWords
from edgemark_trainer.families.card import trained_card
from edgemark_trainer.families.image_data import ImageData, Pictures
from edgemark_trainer.image_calibration import LARGEST_THRESHOLD, head_temperatures
from edgemark_trainer.image_export import export_images, output_names
from edgemark_trainer.image_figures import (
    HeadAnswers,
    class_figures,
    head_figures,
    mean_accuracy,
    worst_confusions,
)
from edgemark_trainer.image_graph_runner import run_image_graph
from edgemark_trainer.image_manifest import PREPROCESSOR_FILE, Head, image_config, image_manifest
from edgemark_trainer.image_network import ImageClassifier
from edgemark_trainer.image_pixels import Preprocessor, normalise
from edgemark_trainer.image_recipe import ImageRecipe
from edgemark_trainer.image_rejection import threshold_for_loss
from edgemark_trainer.manifest import MODEL_FILE, write_json
from edgemark_trainer.onnx_graph import GraphBuilder
from edgemark_trainer.pack import LARGEST_INT8_LOSS
from edgemark_trainer.quantize import quantize

FIELDS = 8  # a side

Floats = NDArray[np.float32]


class ImagePackModel(Protocol):
    """What can be written as an image pack's graph."""

    @property
    def embedding(self) -> int:
        """Length of the embedding."""
        ...

    def write(
        self,
        path: Path,
        size: int,
        attributes: Sequence[str],
        temperatures: Sequence[float],
        precision: str,
    ) -> None:
        """Write the graph with "int8" or "fp32" weights, temperatures folded."""
        ...


class NetworkPackModel:
    """The residual network."""

    def __init__(self, network: ImageClassifier) -> None:
        self.network = network

    @property
    def embedding(self) -> int:
        """Length of the embedding."""
        return self.network.shape.features

    def write(
        self,
        path: Path,
        size: int,
        attributes: Sequence[str],
        temperatures: Sequence[float],
        precision: str,
    ) -> None:
        """Write the graph."""
        export_images(
            self.network,
            path,
            size=size,
            attributes=attributes,
            temperatures=temperatures,
            precision=precision,
        )


class LinearPixels:
    """Linear models of an image's mean colours in 8 x 8 fields, which are its embedding."""

    embedding = 3 * FIELDS * FIELDS

    def __init__(self, weights: list[Floats], biases: list[Floats]) -> None:
        self.weights, self.biases = weights, biases

    @staticmethod
    def features(pixels: Tensor) -> Floats:
        """Give the fields' means [rows, 3 x 8 x 8]."""
        fields = torch.nn.functional.adaptive_avg_pool2d(normalise(pixels), FIELDS)
        result: Floats = fields.flatten(1).numpy()
        return result

    def logits(self, pixels: Tensor) -> Tensor:
        """Give logits of all heads, side by side."""
        found = self.features(pixels)
        pairs = zip(self.weights, self.biases, strict=True)
        return torch.from_numpy(np.concatenate([found @ w.T + b for w, b in pairs], axis=1))

    def write(
        self,
        path: Path,
        size: int,
        attributes: Sequence[str],
        temperatures: Sequence[float],
        precision: str,
    ) -> None:
        """Write the graph."""
        graph = GraphBuilder()
        side = size // FIELDS
        pooled = graph.add(
            "AveragePool", "pixel_values", kernel_shape=[side, side], strides=[side, side]
        )
        graph.add("Flatten", pooled, axis=1, name="embedding")
        outputs = output_names(attributes)
        heads = zip(outputs, self.weights, self.biases, temperatures, strict=True)
        for output, weight, bias, temperature in heads:
            divisor = np.float32(temperature)
            stored = _stored(graph, weight / divisor, f"{output}_weight", precision)
            shift = graph.constant(bias / divisor, f"{output}_bias")
            graph.add("Gemm", "embedding", stored, shift, transB=1, name=output)
        columns = {name: len(bias) for name, bias in zip(outputs, self.biases, strict=True)}
        graph.save_image_model(path, size, columns | {"embedding": self.embedding})


def _stored(graph: GraphBuilder, weight: Floats, name: str, precision: str) -> str:
    if precision != "int8":
        return graph.constant(weight, name)
    table = quantize(weight.T)
    values = graph.constant(table.values.T.copy(), f"{name}_int8")
    scale = graph.constant(table.scale, f"{name}_scale")
    return graph.add("DequantizeLinear", values, scale, axis=0, name=name)


def write_image_pack(
    model: ImagePackModel, data: ImageData, folder: Path, words: PackWords
) -> PackReport:
    """Write the pack's folder; the last thing read is the test split."""
    recipe = recipe_of(words, data)
    heads, calibration, check = write_graph(model, recipe, data, folder, words)
    write_json(folder / PREPROCESSOR_FILE, Preprocessor(data.size).document())
    write_json(folder / "config.json", image_config(heads))
    test = data.test()
    if not len(test):
        raise BadDatasetError("The test split is empty.")
    answers = head_answers(heads, recipe, folder / MODEL_FILE, test)
    figures = [f for head in answers for f in head_figures(head, words.dataset, words.seed)]
    describe: dict[str, Any] = {
        "embedding": model.embedding,
        "calibration": calibration,
        "precision_check": check,
        "figures": figures,
        "slices": [f for head in answers for f in class_figures(head, words.dataset, words.seed)],
        "confusions": [entry for head in answers for entry in worst_confusions(head)],
        "data": [
            {
                "name": words.dataset,
                "licence": words.licence,
                "rows": len(data.train),
                "source": f"dataset {words.dataset}, version {words.dataset_version}",
            }
        ],
        "parameters": {"size": data.size},
        "seed": words.seed,
    }

    def described() -> dict[str, Any]:
        document = image_manifest(recipe, folder, heads, **describe)
        document["lineage"] |= words.lineage()
        if "note" in check:
            document["model"]["precision"] = "float32"
        return document

    path = folder / "README.md"
    path.write_text("", encoding="utf-8")
    notes = [
        f"On {check['dataset']} float32 has {check['fp32']:.4f}, int8 {check['int8']:.4f} "
        f"accuracy. Temperatures and thresholds for `other` were chosen there."
    ]
    path.write_text(trained_card(words, described(), "", notes), encoding="utf-8")
    write_json(folder / "manifest.json", described())
    return PackReport(figures, len(test))


def write_graph(
    model: ImagePackModel, recipe: ImageRecipe, data: ImageData, folder: Path, words: PackWords
) -> tuple[list[Head], dict[str, Any], dict[str, Any]]:
    """Calibrate on validation, write the int8 graph or, where that costs too much, float32."""
    path, full = folder / MODEL_FILE, folder / "onnx/model.onnx"
    outputs, found = output_names(recipe.attributes), data.validation
    actual = [found.actual[:, place] for place in range(len(outputs))]
    model.write(path, data.size, recipe.attributes, [1.0] * len(outputs), "int8")
    temperatures = head_temperatures(run_image_graph(path, found.pixels, outputs), actual)
    check: dict[str, Any] = {"metric": "accuracy", "dataset": "the validation split"}
    for file, precision in ((full, "fp32"), (path, "int8")):
        model.write(file, data.size, recipe.attributes, temperatures, precision)
        guesses = [logits.argmax(1) for logits in run_image_graph(file, found.pixels, outputs)]
        check[precision] = round(mean_accuracy(list(zip(guesses, actual, strict=True))), 4)
    if check["fp32"] - check["int8"] > LARGEST_INT8_LOSS:
        full.replace(path)
        check["note"] = "int8 lost too much: the graph is float32"
    else:
        full.unlink()
    heads, entries = [], []
    logits = run_image_graph(path, found.pixels, outputs)
    for (name, labels), values, right, temperature in zip(
        data.labels.items(), logits, actual, temperatures, strict=True
    ):
        known = right >= 0
        sure = softmax(values[known])
        threshold = threshold_for_loss(sure, right[known], recipe.rejection_loss)
        heads.append(Head(name, labels, round(min(threshold, LARGEST_THRESHOLD), 6)))
        entries.append(
            {
                "attribute": name,
                "temperature": temperature,
                "ece": round(expected_calibration_error(sure, right[known]), 4),
                "otherBelow": heads[-1].threshold,
            }
        )
    where = f"validation split of {words.dataset}"
    return heads, {"dataset": where, "heads": entries}, check


def head_answers(
    heads: list[Head], recipe: ImageRecipe, path: Path, test: Pictures
) -> list[HeadAnswers]:
    """Run the shipped graph over the test split."""
    answers = []
    logits = run_image_graph(path, test.pixels, output_names(recipe.attributes))
    for place, (head, values) in enumerate(zip(heads, logits, strict=True)):
        right = test.actual[:, place]
        known = right >= 0
        probabilities = softmax(values[known])
        answers.append(
            HeadAnswers(head.attribute, head.labels, head.threshold, probabilities, right[known])
        )
    return answers


def recipe_of(words: PackWords, data: ImageData) -> ImageRecipe:
    """Give what the manifest's writer reads of a recipe."""
    return ImageRecipe(
        name=words.name,
        version=words.version,
        title=words.title,
        description=words.description,
        licence=words.licence,
        set=words.dataset,
        attributes=tuple(data.labels),
        size=data.size,
        source_size=data.size,
        rejection_loss=float(words.settings["rejectionLoss"]),
        network={},
        augmentation={},
        training={},
    )
