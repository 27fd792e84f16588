"""Augmented views of images and the targets they teach."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from edgemark_trainer.image_augmentation import AugmentationOptions, ImageAugmenter
from edgemark_trainer.image_targets import class_weights, head_targets, heads_loss, outlier_targets

STILL = AugmentationOptions(1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


def noise(rows: int, side: int, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(0, 256, (rows, 3, side, side), generator=generator, dtype=torch.uint8)


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
