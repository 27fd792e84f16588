"""Makes an image pack: corpus, training, calibration, export, figures, manifest, card."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from torch import Tensor

from edgemark_trainer.calibration import softmax
from edgemark_trainer.evaluation import Figure
from edgemark_trainer.image_augmentation import AugmentationOptions
from edgemark_trainer.image_calibration import export_checked
from edgemark_trainer.image_card import MISTAKES_FILE, SAMPLES_FILE, image_card
from edgemark_trainer.image_corpus import (
    ImageCorpus,
    actual_labels,
    read_image_corpus,
    read_outsiders,
)
from edgemark_trainer.image_export import output_names
from edgemark_trainer.image_figures import (
    HeadAnswers,
    class_figures,
    head_figures,
    share_figure,
    worst_confusions,
)
from edgemark_trainer.image_fit import fitted, outlier_rows, training_options
from edgemark_trainer.image_graph_runner import run_image_graph
from edgemark_trainer.image_manifest import PREPROCESSOR_FILE, Head, image_config, image_manifest
from edgemark_trainer.image_pages import text_pages
from edgemark_trainer.image_pixels import Preprocessor, read_pixels, stack
from edgemark_trainer.image_recipe import ImageRecipe
from edgemark_trainer.image_rejection import rejected
from edgemark_trainer.image_sheets import mistakes_sheet, samples_sheet, save_sheet
from edgemark_trainer.manifest import MODEL_FILE, write_json
from edgemark_trainer.readers import IMAGE_DATASETS

MEASURED_PAGES = 200


def make_image_pack(
    recipe: ImageRecipe, root: Path, out: Path, cache: Path | None, seed: int
) -> None:
    """Run the whole recipe and write the pack's folder; `cache` keeps the trained weights."""
    corpus = read_image_corpus(recipe, root)
    model = fitted(recipe, corpus, root, cache, seed)
    test = read_pixels(corpus.test, recipe.size)
    exported = export_checked(recipe, corpus, model, test, out)
    answers = head_answers(recipe, corpus, exported.heads, out / MODEL_FILE, test)
    write_json(out / PREPROCESSOR_FILE, Preprocessor(recipe.size).document())
    write_json(out / "config.json", image_config(exported.heads))
    known = IMAGE_DATASETS[recipe.set]
    if known.shown:
        save_sheet(mistakes_sheet(corpus.test, answers[-1]), out / MISTAKES_FILE)
        save_sheet(samples_sheet(corpus.test, answers, seed), out / SAMPLES_FILE)
    figures = [figure for head in answers for figure in head_figures(head, known.title, seed)]
    figures += outsider_figures(recipe, exported.heads, root, out / MODEL_FILE, seed)
    describe: dict[str, Any] = {
        "embedding": model.shape.features,
        "calibration": exported.calibration,
        "precision_check": exported.precision_check,
        "figures": figures,
        "slices": [entry for head in answers for entry in class_figures(head, known.title, seed)],
        "confusions": [entry for head in answers for entry in worst_confusions(head)],
        "data": data_entries(recipe, corpus, root),
        "parameters": {
            "network": asdict(model.shape),
            "augmentation": asdict(AugmentationOptions(**recipe.augmentation)),
            "training": asdict(training_options(recipe)),
            "sourceSize": recipe.source_size,
            "mirrored": recipe.mirrored,
            "rejectionLoss": recipe.rejection_loss,
            "droppedCopies": corpus.dropped,
        },
        "seed": seed,
    }
    write_description(recipe, out, exported.heads, describe)


def head_answers(
    recipe: ImageRecipe, corpus: ImageCorpus, heads: list[Head], path: Path, test: Tensor
) -> list[HeadAnswers]:
    """Run the shipped graph over the test part."""
    logits = run_image_graph(path, test, output_names(recipe.attributes))
    answers = []
    for head, values, right in zip(heads, logits, actual_labels(corpus, corpus.test), strict=True):
        known = right >= 0
        answers.append(
            HeadAnswers(
                head.attribute, head.labels, head.threshold, softmax(values[known]), right[known]
            )
        )
    return answers


def outsider_figures(
    recipe: ImageRecipe, heads: list[Head], root: Path, path: Path, seed: int
) -> list[Figure]:
    """Give each head's share of outsiders answered `other`."""
    outsiders = [
        (
            IMAGE_DATASETS[spec.set].title,
            spec.part,
            spec.note,
            read_pixels(read_outsiders(spec, root), recipe.size),
        )
        for spec in recipe.outsiders
    ]
    if recipe.pages:
        pages = stack(text_pages(MEASURED_PAGES, seed + 1), MEASURED_PAGES, recipe.size)
        note = "drawn as those were that taught what is none of the labels"
        outsiders.append(("Drawn pages of text", "test", note, pages))
    figures = []
    for title, part, origin, pixels in outsiders:
        logits = run_image_graph(path, pixels, output_names(recipe.attributes))
        for head, values in zip(heads, logits, strict=True):
            found = rejected(softmax(values), head.threshold)
            note = f"{head.attribute}: share answered `other`; {origin}"
            figures.append(share_figure("otherRecall", found, title, part, note, seed))
    return figures


def data_entries(recipe: ImageRecipe, corpus: ImageCorpus, root: Path) -> list[dict[str, Any]]:
    """Name every set that trained the pack, with its terms and the rows that were used."""
    counts = {recipe.set: len(corpus.train)}
    counts |= {name: len(outlier_rows(name, root)) for name in recipe.outliers}
    entries = []
    for name, rows in counts.items():
        known = IMAGE_DATASETS[name]
        title = known.title if name == recipe.set else f"{known.title}, as images of no label"
        entries.append(
            {"name": title, "licence": known.licence, "rows": rows, "source": known.source}
        )
    if recipe.pages:
        name = "Pages of random text, as images of no label"
        entries.append(
            {"name": name, "licence": "none needed", "rows": recipe.pages, "source": "drawn here"}
        )
    return entries


def write_description(
    recipe: ImageRecipe, out: Path, heads: list[Head], describe: dict[str, Any]
) -> None:
    """Write the card, then the manifest that lists it with its hash."""
    path = out / "README.md"
    path.write_text("", encoding="utf-8")
    draft = image_manifest(recipe, out, heads, **describe)
    path.write_text(image_card(recipe, draft, (out / SAMPLES_FILE).exists()), encoding="utf-8")
    write_json(out / "manifest.json", image_manifest(recipe, out, heads, **describe))
