"""Trains an image recipe's network, or takes finished weights from a cache."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from edgemark_trainer.image_augmentation import AugmentationOptions, ImageAugmenter
from edgemark_trainer.image_corpus import ImageCorpus, actual_labels
from edgemark_trainer.image_figures import selection_score
from edgemark_trainer.image_network import ImageClassifier, ImageNetworkShape
from edgemark_trainer.image_pages import text_pages
from edgemark_trainer.image_pixels import read_pixels, stack
from edgemark_trainer.image_recipe import ImageRecipe
from edgemark_trainer.image_rows import ImageRow
from edgemark_trainer.image_targets import corpus_targets
from edgemark_trainer.image_training import (
    ImageExamples,
    ImageTrainer,
    ImageTrainingOptions,
    predict_images,
    train_images,
)
from edgemark_trainer.readers import IMAGE_DATASETS
from edgemark_trainer.training import seed_everything


def training_options(recipe: ImageRecipe) -> ImageTrainingOptions:
    """Read the loop's options from the recipe."""
    options = dict(recipe.training)
    if "sizes" in options:
        options["sizes"] = tuple(options["sizes"])
    return ImageTrainingOptions(**options)


def make_network(recipe: ImageRecipe, corpus: ImageCorpus) -> ImageClassifier:
    """Make an untrained network of the recipe's sizes with a head for each attribute."""
    sizes: Mapping[str, Any] = recipe.network | {
        "blocks": tuple(recipe.network.get("blocks", (1, 1, 1, 1)))
    }
    shape = ImageNetworkShape(tuple(len(labels) for labels in corpus.labels.values()), **sizes)
    return ImageClassifier(shape, training_options(recipe).dropout)


def fitted(
    recipe: ImageRecipe, corpus: ImageCorpus, root: Path, cache: Path | None, seed: int
) -> ImageClassifier:
    """Train a recipe's network, or take its weights from the cache."""
    seed_everything(seed)
    model = make_network(recipe, corpus)
    path = cache / f"{recipe.name}-{recipe_key(recipe, seed)}.pt" if cache else None
    if path and path.exists():
        model.load_state_dict(torch.load(path, weights_only=True))
        return model.eval()
    model = fit(recipe, corpus, root, model, seed)
    if path:
        path.parent.mkdir(parents=True, exist_ok=True)
        torch.save(model.state_dict(), path)
    return model


def recipe_key(recipe: ImageRecipe, seed: int) -> str:
    """Give a short digest of everything that decides the weights."""
    parts = [
        recipe.set,
        recipe.attributes,
        recipe.size,
        recipe.source_size,
        recipe.outliers,
        recipe.pages,
        recipe.network,
        asdict(AugmentationOptions(**recipe.augmentation)),
        asdict(training_options(recipe)),
        seed,
    ]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:12]


def fit(
    recipe: ImageRecipe, corpus: ImageCorpus, root: Path, model: ImageClassifier, seed: int
) -> ImageClassifier:
    """Train a network; its weights are chosen on the validation part only."""
    options = training_options(recipe)
    outliers = read_outliers(recipe, root, seed)
    examples = ImageExamples(
        read_pixels(corpus.train, recipe.source_size),
        corpus_targets(corpus, options.smoothing, options.class_power),
        outliers,
    )
    print(f"{len(corpus.train)} training rows, {len(outliers)} outliers, {model.shape}", flush=True)
    pixels = read_pixels(corpus.validation, recipe.size)
    actual = actual_labels(corpus, corpus.validation)

    def validate(network: ImageClassifier) -> float:
        logits = predict_images(network, pixels).split(list(network.shape.heads), dim=1)
        return selection_score([head.argmax(1).numpy() for head in logits], actual)

    augmenter = ImageAugmenter(AugmentationOptions(**recipe.augmentation), seed)
    trainer = ImageTrainer(model, examples, options, augmenter, seed)
    best, _ = train_images(trainer, validate)
    return best


def read_outliers(recipe: ImageRecipe, root: Path, seed: int) -> Tensor:
    """Read and draw what is none of the labels: uint8 [images, 3, source_size, source_size]."""
    rows = [row for name in recipe.outliers for row in outlier_rows(name, root)]
    pages = stack(text_pages(recipe.pages, seed), recipe.pages, recipe.source_size)
    return torch.cat([read_pixels(rows, recipe.source_size), pages])


def outlier_rows(name: str, root: Path) -> list[ImageRow]:
    """Read the training part of a set whose images are none of the labels."""
    return IMAGE_DATASETS[name].read(root)["train"]
