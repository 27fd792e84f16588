"""The image network: its export, its training loop."""

from pathlib import Path

import numpy as np
import pytest
import torch

from edgemark_trainer.image_augmentation import AugmentationOptions, ImageAugmenter
from edgemark_trainer.image_export import export_images, folded, output_names
from edgemark_trainer.image_graph_runner import run_image_graph
from edgemark_trainer.image_network import ImageClassifier, ImageNetworkShape, NormalisedConvolution
from edgemark_trainer.image_pixels import normalise
from edgemark_trainer.image_targets import head_targets
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


def test_a_mirrored_graph_answers_by_the_mean_of_both_views(
    model: ImageClassifier, tmp_path: Path
) -> None:
    path, pixels = tmp_path / "model.onnx", noise(5, 16)
    export_images(
        model,
        path,
        size=16,
        attributes=["kind", "shade"],
        temperatures=[1.0, 1.0],
        precision="fp32",
        mirrored=True,
    )
    names = [*output_names(["kind", "shade"]), "embedding"]
    found = run_image_graph(path, pixels, names, batch=2)
    both = [predict_images(model, views).numpy() for views in (pixels, pixels.flip(3))]
    assert np.abs(both[0] - both[1]).max() > 1e-3
    np.testing.assert_allclose(np.hstack(found[:2]), (both[0] + both[1]) / 2, atol=1e-5)
    mirror = run_image_graph(path, pixels.flip(3), names, batch=2)
    np.testing.assert_allclose(found[2], mirror[2], atol=1e-5)


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
