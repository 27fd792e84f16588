"""The family `image-classifier`: what a picture shows, in one attribute or several."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression
from torch import Tensor, nn

from edgemark_trainer.families.base import (
    Algorithm,
    BadHyperparameterError,
    Dataset,
    Device,
    Fit,
    Floats,
    Ints,
    PackReport,
    PackWords,
    State,
)
from edgemark_trainer.families.hyperparameters import FieldError, Hyperparameter, Settings
from edgemark_trainer.families.image_data import ImageData, attributes_of, hits
from edgemark_trainer.families.image_pack import (
    ImagePackModel,
    LinearPixels,
    NetworkPackModel,
    write_image_pack,
)
from edgemark_trainer.families.text_classifier import label_errors
from edgemark_trainer.fitting.gradient_fit import LOOP_HYPERPARAMETERS, GradientFit
from edgemark_trainer.fitting.losses import LOSS_HYPERPARAMETERS, make_loss
from edgemark_trainer.fitting.solved_fit import SolvedFit
from edgemark_trainer.image_augmentation import AugmentationOptions, ImageAugmenter
from edgemark_trainer.image_network import ImageClassifier, ImageNetworkShape
from edgemark_trainer.image_pixels import normalise
from edgemark_trainer.image_targets import class_weights

MOST_HEADS = 16  # of a manifest
SOURCE = 1.25  # training crops come from images this much larger than what the pack sees
CHUNK = 128

SHARED = {
    "size": Hyperparameter(
        "pixels of a side that the pack sees; a multiple of 16",
        "integer",
        64,
        low=32,
        high=224,
        searchable=False,
    ),
    "rejectionLoss": Hyperparameter(
        "share of validation pictures that the answer `other` may make wrong",
        "number",
        0.025,
        low=0,
        high=0.5,
        searchable=False,
    ),
}
LINEAR = SHARED | {
    "inversePenalty": Hyperparameter(
        "C of the logistic regression", "number", 1.0, low=1e-4, high=1e4, log=True
    ),
}
RESIDUAL = (
    SHARED
    | LOOP_HYPERPARAMETERS
    | LOSS_HYPERPARAMETERS
    | {
        "epochs": Hyperparameter("passes over the training rows", "integer", 60, low=1, high=1000),
        "patience": Hyperparameter(
            "epochs without a gain after which training stops; 0: never",
            "integer",
            20,
            low=0,
            high=1000,
            searchable=False,
        ),
        "learningRate": Hyperparameter(
            "peak of the schedule", "number", 0.003, low=1e-6, high=10, log=True
        ),
        "l2": Hyperparameter("weight decay", "number", 0.05, low=0, high=1, log=True),
        "width": Hyperparameter(
            "channels of the first stage; a multiple of 8", "integer", 24, low=8, high=64
        ),
        "dropout": Hyperparameter("of the embedding", "number", 0.1, low=0, high=0.9),
        "leastArea": Hyperparameter("of a training crop", "number", 0.5, low=0.05, high=1),
        "jitter": Hyperparameter("of brightness, contrast, colour", "number", 0.25, low=0, high=1),
        "classWeights": Hyperparameter(
            "0: rows count alike, 1: classes do", "number", 0.0, low=0, high=1
        ),
    }
)


class ResidualLearner:
    """The network and its pictures, for the loop."""

    def __init__(self, data: ImageData, rows: Ints, settings: Settings, device: Device) -> None:
        self.data, self.rows, self.device = data, rows, device
        if settings["width"] % 8:
            raise BadHyperparameterError("width must be a multiple of 8.")
        shape = ImageNetworkShape(data.heads, settings["width"])
        self.model: nn.Module = ImageClassifier(shape, settings["dropout"])
        self._loss = make_loss(settings)
        self._options = AugmentationOptions(
            least_area=settings["leastArea"], jitter=settings["jitter"], mixup=0.0, cutmix=0.0
        )
        self._weights = [
            torch.from_numpy(
                class_weights(data.train.actual[rows, place], classes, settings["classWeights"])
            )
            for place, classes in enumerate(data.heads)
        ]

    def batches(self, rng: np.random.Generator, rows: int) -> list[Ints]:
        """Draw batches; one of a single picture could not be normalised and is left out."""
        order: Ints = rng.permutation(self.rows)
        parts = [order[start : start + rows] for start in range(0, len(order), rows)]
        return [part for part in parts if len(part) > 1]

    def loss(self, rows: Ints) -> Tensor:
        """Give the sum over attributes of the mean weighted loss of the rows that have it."""
        kind = self.device.kind
        # Seeded by the loop's own generator, whose state is stored: views are drawn alike again.
        seed = int(torch.randint(2**31, (1,)))
        views = ImageAugmenter(self._options, seed).views(
            self.data.train.pixels[torch.from_numpy(rows)], self.data.size
        )
        logits = self.model(normalise(views).to(kind)).float()
        total: Tensor = logits.new_zeros(())
        for place, head in enumerate(logits.split(list(self.data.heads), dim=1)):
            actual = torch.from_numpy(self.data.train.actual[rows, place])
            known = actual >= 0
            if known.any():
                weights = self._weights[place][actual[known]].to(kind)
                losses = self._loss(head[known.to(kind)], actual[known].to(kind))
                total = total + (losses * weights).sum() / weights.sum()
        return total

    def validate(self, rows: Ints | None) -> tuple[Floats, float | None]:
        """Give each picture's share of right answers, and the mean log loss."""
        data = self.data
        if rows is None:
            pixels, actual = data.validation.pixels, data.validation.actual
        else:
            chosen = data.train.pixels[torch.from_numpy(rows)]
            pixels = torch.nn.functional.interpolate(
                chosen.float(), data.size, mode="bilinear", antialias=True
            )
            actual = data.train.actual[rows]
        logits = predicted(self.model, pixels, self.device)
        loss, heads = 0.0, logits.split(list(data.heads), dim=1)
        for place, head in enumerate(heads):
            known = torch.from_numpy(actual[:, place] >= 0)
            if known.any():
                wanted = torch.from_numpy(actual[:, place])[known]
                loss += float(nn.functional.cross_entropy(head[known].double(), wanted))
        return hits(logits, data.heads, actual), loss


def predicted(model: nn.Module, pixels: Tensor, device: Device) -> Tensor:
    """Give logits [rows, labels of all attributes] of pixels 0 to 255."""
    model.eval()
    with torch.inference_mode():
        parts = [
            model(normalise(part).to(device.kind)).float().cpu() for part in pixels.split(CHUNK)
        ]
    return torch.cat(parts)


class LinearLearner:
    """Logistic regression on the mean colours of a picture's 8 x 8 fields."""

    def __init__(self, data: ImageData, rows: Ints, settings: Settings, seed: int) -> None:
        self.data, self.rows, self.settings, self.seed = data, rows, settings, seed

    def solve(self) -> State:
        """Fit each attribute."""
        features = LinearPixels.features(self.data.train.pixels[torch.from_numpy(self.rows)])
        state: State = {}
        for place, classes in enumerate(self.data.heads):
            actual = self.data.train.actual[self.rows, place]
            known = actual >= 0
            machine = LogisticRegression(
                C=self.settings["inversePenalty"], max_iter=500, random_state=self.seed
            )
            machine.fit(features[known], actual[known])
            weight, bias = machine.coef_, machine.intercept_
            if len(machine.classes_) == 2:  # one row, of the second label
                weight = np.concatenate([-weight, weight]) / 2
                bias = np.concatenate([-bias, bias]) / 2
            if len(weight) != classes:
                raise BadHyperparameterError("Some label has no training row in this part.")
            state[f"weight{place}"] = torch.from_numpy(weight.astype(np.float32))
            state[f"bias{place}"] = torch.from_numpy(bias.astype(np.float32))
        return state

    def model(self, state: State) -> LinearPixels:
        """Give what computes the solution."""
        count = len(self.data.heads)
        weights = [state[f"weight{place}"].numpy() for place in range(count)]
        return LinearPixels(weights, [state[f"bias{place}"].numpy() for place in range(count)])

    def score(self, state: State, rows: Ints | None) -> Floats:
        """Give each picture's share of right answers."""
        found = self.data.validation
        pixels, actual = found.pixels, found.actual
        if rows is not None:
            pixels, actual = (
                self.data.train.pixels[torch.from_numpy(rows)],
                self.data.train.actual[rows],
            )
        return hits(self.model(state).logits(pixels), self.data.heads, actual)


class LinearFit(SolvedFit):
    """The baseline's fit."""

    def __init__(self, linear: LinearLearner) -> None:
        super().__init__(linear.solve, linear.score)
        self.linear = linear


class PreparedPictures:
    """Pictures ready for both algorithms."""

    def __init__(self, data: ImageData, device: Device) -> None:
        self.data, self.device = data, device
        self.rows = {"train": len(data.train), "validation": len(data.validation)}
        self.strata: Ints = data.train.actual[:, 0]

    def state(self) -> State:
        """Give nothing: pictures are read anew."""
        return {}

    def start(self, algorithm: str, settings: Settings, seed: int, rows: Ints | None = None) -> Fit:
        """Start a fit."""
        chosen = np.arange(len(self.data.train)) if rows is None else rows
        if algorithm == "linear":
            return LinearFit(LinearLearner(self.data, chosen, settings, seed))
        return GradientFit(
            lambda _: ResidualLearner(self.data, chosen, settings, self.device),
            settings,
            seed,
            self.device,
        )

    def write_pack(self, fit: Fit, folder: Path, words: PackWords) -> PackReport:
        """Write the finished fit's pack."""
        model: ImagePackModel
        if isinstance(fit, LinearFit):
            model = fit.linear.model(fit.model)
        else:
            network = cast(ImageClassifier, cast(GradientFit, fit).model).cpu().eval()
            model = NetworkPackModel(network)
        return write_image_pack(model, self.data, folder, words)


class ImageClassifierFamily:
    """See the module."""

    name = "image-classifier"
    kind = "image-classification"
    metric = "accuracy"
    algorithms: Mapping[str, Algorithm] = {
        "linear": Algorithm("logistic regression on the colours of 8 x 8 fields", LINEAR),
        "residual-net": Algorithm("a small residual network from scratch", RESIDUAL, "epochs"),
    }
    baseline = "linear"
    candidate = "residual-net"

    def dataset_errors(self, dataset: Mapping[str, Any]) -> list[FieldError]:
        """Check the labels of each attribute."""
        attributes = attributes_of(dataset["labels"])
        if len(attributes) > MOST_HEADS:
            return [FieldError("dataset.labels", f"{MOST_HEADS} attributes are the most")]
        return [error for labels in attributes.values() for error in label_errors(list(labels))]

    def prepare(
        self, dataset: Dataset, settings: Settings, seed: int, device: Device, state: State | None
    ) -> PreparedPictures:
        """Fetch the pictures."""
        size = settings["size"]
        if size % 16:
            raise BadHyperparameterError("size must be a multiple of 16.")
        return PreparedPictures(ImageData(dataset, size, round(size * SOURCE / 8) * 8), device)
