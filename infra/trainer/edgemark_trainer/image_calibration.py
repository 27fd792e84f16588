"""Calibrates an image model on validation, writes its graph and checks int8 against float32."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from edgemark_trainer.calibration import fit_temperature, softmax
from edgemark_trainer.evaluation import expected_calibration_error
from edgemark_trainer.image_corpus import ImageCorpus, actual_labels
from edgemark_trainer.image_export import export_images, output_names
from edgemark_trainer.image_figures import mean_accuracy
from edgemark_trainer.image_graph_runner import run_image_graph
from edgemark_trainer.image_manifest import Head
from edgemark_trainer.image_network import ImageClassifier
from edgemark_trainer.image_pixels import read_pixels
from edgemark_trainer.image_recipe import ImageRecipe
from edgemark_trainer.image_rejection import threshold_for_loss
from edgemark_trainer.manifest import MODEL_FILE
from edgemark_trainer.pack import LARGEST_INT8_LOSS
from edgemark_trainer.readers import IMAGE_DATASETS

LARGEST_THRESHOLD = 0.999999  # a threshold of 1 would reject what is wholly sure

Labels = NDArray[np.int64]
Logits = list[NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Exported:
    """The finished graph's heads, with what was found on validation."""

    heads: list[Head]
    calibration: dict[str, Any]
    precision_check: dict[str, Any]


def export_checked(
    recipe: ImageRecipe, corpus: ImageCorpus, model: ImageClassifier, test: Tensor, out: Path
) -> Exported:
    """Calibrate on validation, write the graph, compare int8 with float32 on the test part."""
    full, path = out / "onnx/model.onnx", out / MODEL_FILE
    outputs = output_names(recipe.attributes)
    pixels = read_pixels(corpus.validation, recipe.size)
    actual = actual_labels(corpus, corpus.validation)

    def write(file: Path, precision: str, temperatures: list[float]) -> None:
        export_images(
            model,
            file,
            size=recipe.size,
            attributes=recipe.attributes,
            temperatures=temperatures,
            precision=precision,
            mirrored=recipe.mirrored,
        )

    write(path, "int8", [1.0] * len(outputs))
    temperatures = head_temperatures(run_image_graph(path, pixels, outputs), actual)
    means = {}
    for file, precision in ((full, "fp32"), (path, "int8")):
        write(file, precision, temperatures)
        guesses = [logits.argmax(1) for logits in run_image_graph(file, test, outputs)]
        right = actual_labels(corpus, corpus.test)
        means[precision] = mean_accuracy(list(zip(guesses, right, strict=True)))
    full.unlink()
    check: dict[str, Any] = {"metric": "accuracy", "dataset": "the test part (mean of the heads)"}
    check |= {name: round(value, 4) for name, value in means.items()}
    if means["fp32"] - means["int8"] > LARGEST_INT8_LOSS:
        print(f"int8 loses more than {LARGEST_INT8_LOSS}: {check}", flush=True)
    logits = run_image_graph(path, pixels, outputs)
    heads, entries = thresholds(recipe, corpus, logits, actual, temperatures)
    known = IMAGE_DATASETS[recipe.set].title
    return Exported(heads, {"dataset": f"validation part of {known}", "heads": entries}, check)


def head_temperatures(logits: Logits, actual: list[Labels]) -> list[float]:
    """Fit each head's temperature on the rows whose label is known."""
    temperatures = []
    for values, right in zip(logits, actual, strict=True):
        known = right >= 0
        weights = np.ones(int(known.sum()))
        temperatures.append(round(fit_temperature(values[known], right[known], weights), 4))
    return temperatures


def thresholds(
    recipe: ImageRecipe,
    corpus: ImageCorpus,
    logits: Logits,
    actual: list[Labels],
    temperatures: list[float],
) -> tuple[list[Head], list[dict[str, Any]]]:
    """Find each head's threshold for `other` on validation; `logits` have their temperature."""
    heads, entries = [], []
    for (name, labels), values, right, temperature in zip(
        corpus.labels.items(), logits, actual, temperatures, strict=True
    ):
        known = right >= 0
        probabilities = softmax(values[known])
        threshold = threshold_for_loss(probabilities, right[known], recipe.rejection_loss)
        threshold = round(min(threshold, LARGEST_THRESHOLD), 6)
        heads.append(Head(name, labels, threshold))
        error = expected_calibration_error(probabilities, right[known])
        entries.append(
            {
                "attribute": name,
                "temperature": temperature,
                "ece": round(error, 4),
                "otherBelow": threshold,
            }
        )
    return heads, entries
