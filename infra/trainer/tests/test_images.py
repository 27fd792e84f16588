"""Images: pixels, copies, views, targets, network, export, rejection."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from edgemark_trainer.image_augmentation import AugmentationOptions, ImageAugmenter
from edgemark_trainer.image_duplicates import LARGEST_DISTANCE, copies, prints, without_copies
from edgemark_trainer.image_export import export_images, folded, output_names
from edgemark_trainer.image_figures import (
    HeadAnswers,
    class_figures,
    head_figures,
    selection_score,
    worst_confusions,
)
from edgemark_trainer.image_graph_runner import run_image_graph
from edgemark_trainer.image_mistakes import surest_mistakes
from edgemark_trainer.image_network import ImageClassifier, ImageNetworkShape, NormalisedConvolution
from edgemark_trainer.image_pages import text_pages
from edgemark_trainer.image_pixels import Preprocessor, normalise, open_image, read_pixels, squash
from edgemark_trainer.image_rejection import lost, rejected, threshold_for_loss
from edgemark_trainer.image_rows import ImageRow
from edgemark_trainer.image_targets import class_weights, head_targets, heads_loss, outlier_targets
from edgemark_trainer.image_training import (
    AveragedWeights,
    ImageExamples,
    ImageTrainer,
    ImageTrainingOptions,
    learning_rate_share,
    predict_images,
    shuffled_batches,
    train_images,
    view_size,
)

STILL = AugmentationOptions(1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
SHAPE = ImageNetworkShape(heads=(3, 2), width=8, blocks=(1, 1))


def noise(rows: int, side: int, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(0, 256, (rows, 3, side, side), generator=generator, dtype=torch.uint8)


def photo(seed: int) -> Image.Image:
    """A smooth picture of our own: noise, enlarged."""
    small = np.random.default_rng(seed).integers(0, 256, (7, 6, 3), dtype=np.uint8)
    return Image.fromarray(small).resize((96, 120), Image.Resampling.BICUBIC)


@pytest.fixture
def model() -> ImageClassifier:
    """An untrained model whose normalisation and biases are anything but neutral."""
    torch.manual_seed(5)
    result = ImageClassifier(SHAPE)
    with torch.no_grad():
        for module in result.modules():
            if isinstance(module, torch.nn.BatchNorm2d):
                module.weight.uniform_(0.5, 1.5)
                module.bias.uniform_(-0.3, 0.3)
                module.running_mean.uniform_(-0.5, 0.5)
                module.running_var.uniform_(0.5, 2)
        result.head.bias.uniform_(-0.5, 0.5)
    return result.eval()


def test_pixels_are_pillows_bilinear_squash_of_the_upright_image(tmp_path: Path) -> None:
    picture, path = photo(1), tmp_path / "turned.png"
    exif = Image.Exif()
    exif[0x0112] = 6  # shown after a quarter turn clockwise
    picture.transpose(Image.Transpose.ROTATE_90).save(path, exif=exif)
    wanted = np.asarray(picture.resize((16, 16), Image.Resampling.BILINEAR))
    pixels = read_pixels([ImageRow(path, {})], 16)
    np.testing.assert_array_equal(pixels[0].permute(1, 2, 0).numpy(), wanted)


def test_transparent_parts_are_white(tmp_path: Path) -> None:
    image = Image.new("RGBA", (4, 4), (200, 0, 0, 0))
    image.putpixel((0, 0), (200, 0, 0, 255))
    path = tmp_path / "clear.png"
    image.save(path)
    opened = open_image(path)
    assert (opened.getpixel((0, 0)), opened.getpixel((3, 3))) == ((200, 0, 0), (255, 255, 255))


def test_a_large_jpeg_is_decoded_at_a_scale_that_keeps_both_sides_long(tmp_path: Path) -> None:
    path = tmp_path / "large.jpg"
    photo(1).resize((800, 400)).save(path)
    assert open_image(path).size == (800, 400)
    assert open_image(path, 64).size == (200, 100)
    assert open_image(path, 128).size == (400, 200)
    assert open_image(path, 224).size == (800, 400)


def test_the_preprocessor_says_what_normalise_does() -> None:
    document = Preprocessor(64).document()
    pixels = torch.tensor([0, 51, 255], dtype=torch.uint8)
    wanted = pixels.double() * document["rescale_factor"] - document["image_mean"][0]
    assert document["size"] == {"height": 64, "width": 64}
    assert document["resample"] == Image.Resampling.BILINEAR
    np.testing.assert_allclose(normalise(pixels), wanted / document["image_std"][0], atol=1e-6)


def test_copies_are_found_after_compression_and_other_images_are_not(tmp_path: Path) -> None:
    picture = photo(1)
    picture.save(tmp_path / "copy.jpg", quality=60)
    copy = open_image(tmp_path / "copy.jpg").resize((72, 90))
    found = copies(prints([copy, photo(2), photo(3)]), prints([photo(4), picture]))
    assert found.tolist() == [True, False, False]


def test_another_colour_of_the_same_shape_is_no_copy() -> None:
    picture = photo(1)
    other = Image.merge("RGB", picture.split()[::-1])
    grey = [prints([image.convert("L").convert("RGB")]) for image in (picture, picture)]
    assert copies(*grey).all()
    assert np.abs(prints([picture]).thumbnails - prints([other]).thumbnails).mean() > 10
    assert not copies(prints([picture]), prints([other])).any()
    assert LARGEST_DISTANCE < 64


def test_training_rows_that_are_copies_of_held_out_ones_are_dropped(tmp_path: Path) -> None:
    rows = []
    for number, seed in enumerate((1, 2, 1)):
        photo(seed).save(tmp_path / f"{number}.png")
        rows.append(ImageRow(tmp_path / f"{number}.png", {}))
    assert without_copies(rows[:2], rows[2:]) == [rows[1]]


def test_a_view_without_changes_is_the_image_or_its_mirror() -> None:
    pixels = noise(8, 12)
    views = ImageAugmenter(STILL, seed=1).views(pixels, 12)
    mirrored = [
        torch.allclose(view, image.flip(-1).float(), atol=0.01)
        for view, image in zip(views, pixels, strict=True)
    ]
    same = [
        torch.allclose(view, image.float(), atol=0.01)
        for view, image in zip(views, pixels, strict=True)
    ]
    assert any(mirrored) and any(same)
    assert all(a or b for a, b in zip(mirrored, same, strict=True))


def test_views_repeat_with_their_seed_and_stay_in_range() -> None:
    pixels, options = noise(6, 20), AugmentationOptions()
    first, second = (ImageAugmenter(options, seed=3).views(pixels, 10) for _ in range(2))
    assert first.shape == (6, 3, 10, 10)
    assert torch.equal(first, second)
    assert not torch.equal(first, ImageAugmenter(options, seed=4).views(pixels, 10))
    assert float(first.min()) >= 0 and float(first.max()) <= 255


def test_a_crop_shows_only_a_part() -> None:
    pixels = torch.zeros(64, 3, 32, 32, dtype=torch.uint8)
    pixels[..., :8, :8] = 255
    options = replace(STILL, least_area=0.25)
    means = ImageAugmenter(options, seed=1).views(pixels, 32).mean(dim=(1, 2, 3)) / 255
    assert float(means.min()) < 0.01 and float(means.max()) > 0.07


@pytest.mark.parametrize("kind", ["mixup", "cutmix"])
def test_mixing_mixes_targets_by_the_share_of_the_pixels(kind: str) -> None:
    images = torch.zeros(2, 3, 40, 40)
    images[0] += 100
    options = replace(STILL, mixup=float(kind == "mixup"), cutmix=float(kind == "cutmix"))
    mixed_any = False
    for seed in range(8):
        mixed, targets = ImageAugmenter(options, seed).mix(images, torch.eye(2))
        np.testing.assert_allclose(targets[:, 0], mixed.mean(dim=(1, 2, 3)) / 100, atol=1e-5)
        np.testing.assert_allclose(targets.sum(dim=1), 1, atol=1e-6)
        mixed_any |= bool(0.02 < float(targets[0, 0]) < 0.98)
        if kind == "cutmix":
            assert set(mixed.unique().tolist()) <= {0.0, 100.0}
    assert mixed_any


def test_class_weights_keep_the_mean_and_even_out_the_classes() -> None:
    actual = np.array([0] * 8 + [1] * 2 + [-1])
    np.testing.assert_allclose(class_weights(actual, 2, 0.0), [1, 1])
    even = class_weights(actual, 2, 1.0)
    assert even[0] * 8 == pytest.approx(even[1] * 2)
    assert (even[0] * 8 + even[1] * 2) / 10 == pytest.approx(1)


def test_smoothed_targets_sum_to_their_weight_and_unknown_labels_teach_nothing() -> None:
    targets = head_targets(np.array([1, -1]), 4, 0.2, 0.0)
    np.testing.assert_allclose(targets, [[0.05, 0.85, 0.05, 0.05], [0, 0, 0, 0]], atol=1e-6)


def test_the_loss_of_two_heads_is_the_sum_of_their_cross_entropies() -> None:
    logits = torch.tensor([[2.0, 0.0, 1.0, 0.0, 3.0]])
    targets = torch.tensor([[1.0, 0.0, 0.0, 0.0, 1.0]])
    wanted = -logits[:, :3].log_softmax(1)[0, 0] - logits[:, 3:].log_softmax(1)[0, 1]
    assert float(heads_loss(logits, targets, (3, 2))) == pytest.approx(float(wanted))


def test_outliers_are_best_answered_by_equal_probabilities() -> None:
    targets = outlier_targets(1, (3, 2), 0.5)
    assert targets.tolist() == [pytest.approx([0.5 / 3] * 3 + [0.25] * 2)]
    flat, sharp = torch.zeros(1, 5), torch.tensor([[2.0, 0, 0, 0, 0]])
    assert heads_loss(flat, targets, (3, 2)) < heads_loss(sharp, targets, (3, 2))


def test_the_folded_convolution_equals_convolution_and_normalisation(
    model: ImageClassifier,
) -> None:
    layer = model.stem
    assert isinstance(layer, NormalisedConvolution)
    images = torch.randn(2, 3, 16, 16)
    weight, bias = (torch.from_numpy(values) for values in folded(layer))
    with torch.no_grad():
        plain = torch.nn.functional.conv2d(images, weight, bias, stride=2, padding=1)
        torch.testing.assert_close(plain, layer(images), atol=1e-5, rtol=1e-4)


def test_the_float_graph_gives_the_models_logits_over_each_heads_temperature(
    model: ImageClassifier, tmp_path: Path
) -> None:
    path, pixels = tmp_path / "model.onnx", noise(5, 16)
    export_images(
        model,
        path,
        size=16,
        attributes=["kind", "shade"],
        temperatures=[2.0, 0.5],
        precision="fp32",
    )
    names = [*output_names(["kind", "shade"]), "embedding"]
    kind, shade, embedding = run_image_graph(path, pixels, names, batch=2)
    wanted = predict_images(model, pixels).numpy()
    np.testing.assert_allclose(kind, wanted[:, :3] / 2, atol=1e-5)
    np.testing.assert_allclose(shade, wanted[:, 3:] / 0.5, atol=1e-5)
    with torch.no_grad():
        np.testing.assert_allclose(embedding, model.embed(normalise(pixels)), atol=1e-5)


def test_the_int8_graph_is_near_and_a_quarter_of_the_size(tmp_path: Path) -> None:
    torch.manual_seed(1)
    model = ImageClassifier(ImageNetworkShape(heads=(4,), width=16, blocks=(1, 1))).eval()
    pixels, logits, sizes = noise(5, 16), [], []
    for precision in ("fp32", "int8"):
        path = tmp_path / f"{precision}.onnx"
        export_images(
            model,
            path,
            size=16,
            attributes=["kind"],
            temperatures=[1.0],
            precision=precision,
        )
        logits.append(run_image_graph(path, pixels, ["logits"])[0])
        sizes.append(path.stat().st_size)
    np.testing.assert_allclose(logits[0], logits[1], atol=0.05)
    assert sizes[1] < 0.4 * sizes[0]


def test_a_width_that_is_no_multiple_of_8_is_refused() -> None:
    with pytest.raises(ValueError, match="multiple of 8, not 12"):
        ImageNetworkShape(heads=(2,), width=12)


def test_the_schedule_warms_up_and_ends_at_zero() -> None:
    shares = [learning_rate_share(step, 10, 100) for step in range(101)]
    assert shares[0] == pytest.approx(0.1) and max(shares) == 1.0
    assert shares[55] == pytest.approx(0.5) and shares[100] == pytest.approx(0)


def test_views_grow_over_the_first_part_and_then_keep_the_last_size() -> None:
    options = ImageTrainingOptions(epochs=8, sizes=(8, 12, 16), growth=0.5)
    assert [view_size(epoch, options) for epoch in range(8)] == [8, 8, 12, 12, 16, 16, 16, 16]


def test_batches_hold_every_row_once_but_a_small_rest() -> None:
    batches = list(shuffled_batches(22, 10, np.random.default_rng(0)))
    assert [len(batch) for batch in batches] == [10, 10]
    assert len(torch.cat(batches).unique()) == 20
    assert [len(b) for b in shuffled_batches(25, 10, np.random.default_rng(0))] == [10, 10, 5]


def test_averaged_weights_follow_the_model(model: ImageClassifier) -> None:
    average = AveragedWeights(model, 0.5)
    with torch.no_grad():
        model.head.bias += 1
    before = average.model.head.bias.clone()
    for _ in range(20):
        average.update(model)
    assert torch.allclose(before + 1, model.head.bias)
    torch.testing.assert_close(average.model.head.bias, model.head.bias, atol=1e-3, rtol=0)


def test_training_learns_bright_from_dark_and_the_best_weights_stay() -> None:
    torch.manual_seed(0)
    pixels = (
        noise(64, 12) // 4
        + torch.tensor([0, 150], dtype=torch.uint8).repeat(32)[:, None, None, None]
    ).clamp(max=255)
    actual = np.array([0, 1] * 32)
    targets = torch.from_numpy(head_targets(actual, 2, 0.1, 0.0))
    shape = ImageNetworkShape(heads=(2,), width=8, blocks=(1, 1))
    options = ImageTrainingOptions(
        epochs=6, batch=16, warmup=2, sizes=(8, 12), average=0.8, dropout=0.0, validate_every=1
    )
    examples = ImageExamples(pixels, targets, pixels[:0])
    augmenter = ImageAugmenter(AugmentationOptions(jitter=0.05), seed=1)
    trainer = ImageTrainer(ImageClassifier(shape), examples, options, augmenter, seed=1)

    def validate(network: ImageClassifier) -> float:
        return float(np.mean(predict_images(network, pixels).argmax(1).numpy() == actual))

    best, history = train_images(trainer, validate)
    assert validate(best) == max(epoch.validation for epoch in history) > 0.9


def test_training_stops_early_but_not_before_views_have_their_last_size() -> None:
    pixels = noise(16, 12)
    examples = ImageExamples(pixels, torch.full((16, 2), 0.5), pixels[:0])
    options = ImageTrainingOptions(
        epochs=20, batch=16, warmup=1, sizes=(8, 12), growth=0.5, validate_every=1, patience=3
    )
    network = ImageClassifier(ImageNetworkShape(heads=(2,), width=8, blocks=(1,)))
    trainer = ImageTrainer(network, examples, options, ImageAugmenter(STILL, 1), seed=1)
    _, history = train_images(trainer, lambda _: 0.0)
    assert [epoch.epoch for epoch in history] == list(range(1, 14))


def test_the_threshold_spends_the_allowed_loss_and_no_more() -> None:
    best = np.array([0.9, 0.8, 0.7, 0.6, 0.95])
    probabilities = np.stack([best, 1 - best], axis=1)
    actual = np.array([0, 0, 0, 0, 1])
    threshold = threshold_for_loss(probabilities, actual, 0.2)
    assert lost(probabilities, actual, threshold).tolist() == [False, False, False, True, False]
    assert rejected(probabilities, threshold).tolist() == [False, False, False, True, False]
    assert threshold_for_loss(probabilities, actual, 0.0) == pytest.approx(0.6)
    assert threshold_for_loss(probabilities, actual, 1.0) == 1.0


@pytest.fixture
def answers() -> HeadAnswers:
    """Six rows of three classes, three of them wrong, one of the right ones unsure."""
    probabilities = np.array(
        [
            [0.8, 0.1, 0.1],
            [0.4, 0.3, 0.3],
            [0.7, 0.2, 0.1],
            [0.9, 0.1, 0.0],
            [0.1, 0.8, 0.1],
            [0.2, 0.6, 0.2],
        ]
    )
    return HeadAnswers("kind", ("a", "b", "c"), 0.5, probabilities, np.array([0, 0, 1, 1, 1, 2]))


def test_figures_of_a_head(answers: HeadAnswers) -> None:
    values = {figure.note: figure.value for figure in head_figures(answers, "Set", 1)}
    assert [round(value, 4) for value in values.values()] == [0.4444, 0.3333, 0.1667]
    figures = head_figures(answers, "Set", 1)
    assert [figure.name for figure in figures][:2] == ["accuracy", "macroRecall"]
    assert figures[0].value == pytest.approx(0.5)
    assert all(figure.interval[0] <= figure.value <= figure.interval[1] for figure in figures)


def test_figures_by_class_and_confusions(answers: HeadAnswers) -> None:
    classes = {(name, f.name): f.value for name, f in class_figures(answers, "Set", 1)}
    assert classes["kind=b", "recall"] == pytest.approx(1 / 3)
    assert classes["kind=b", "precision"] == pytest.approx(1 / 2)
    assert ("kind=c", "precision") not in classes
    worst = worst_confusions(answers)
    assert worst[0] == {"attribute": "kind", "label": "b", "answered": "a", "count": 2, "rows": 3}


def test_the_sheet_shows_the_surest_mistakes_but_no_confusion_often(answers: HeadAnswers) -> None:
    assert surest_mistakes(answers, 2) == [3, 2]
    same = replace(answers, probabilities=np.tile([0.8, 0.1, 0.1], (6, 1)))
    assert surest_mistakes(replace(same, actual=np.array([0, 1, 1, 1, 2, 0])), 6) == [1, 2, 4]


def test_the_selection_score_skips_unknown_labels() -> None:
    predicted, actual = np.array([0, 0, 1]), np.array([0, 1, -1])
    assert selection_score([predicted], [actual]) == pytest.approx(0.5)


def test_drawn_pages_repeat_with_their_seed_and_hold_text() -> None:
    first, again, other = (text_pages(3, seed) for seed in (1, 1, 2))
    assert [page.tobytes() for page in first] == [page.tobytes() for page in again]
    assert first[0].tobytes() != other[0].tobytes()
    assert all(np.asarray(page.convert("L")).std() > 3 for page in first + other)


def test_squash_keeps_no_aspect_ratio() -> None:
    assert squash(photo(1), 10).shape == (10, 10, 3)
