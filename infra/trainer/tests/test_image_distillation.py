"""Teachers of image networks: their targets, and a student that learns from nothing else."""

import numpy as np
import torch

from edgemark_trainer.image_augmentation import AugmentationOptions, ImageAugmenter
from edgemark_trainer.image_distillation import Teachers, head_probabilities
from edgemark_trainer.image_network import ImageClassifier, ImageNetworkShape
from edgemark_trainer.image_pixels import normalise
from edgemark_trainer.image_training import (
    ImageExamples,
    ImageTrainer,
    ImageTrainingOptions,
    predict_images,
    train_images,
)

STILL = AugmentationOptions(1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
SHAPE = ImageNetworkShape(heads=(3, 2), width=8, blocks=(1, 1))


def network(seed: int, spread: float = 1.0) -> ImageClassifier:
    """Make an untrained network whose answers differ from image to image."""
    torch.manual_seed(seed)
    result = ImageClassifier(SHAPE)
    torch.nn.init.normal_(result.head.weight, std=spread)
    return result.eval()


def noise(rows: int, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(0, 256, (rows, 3, 16, 16), generator=generator, dtype=torch.uint8)


def test_probabilities_are_the_mean_over_teachers_and_sum_to_one_in_each_head() -> None:
    first, second, images = network(1), network(2), noise(4).float()
    found = Teachers((first, second), 0.5).probabilities(images)
    each = [head_probabilities(teacher, normalise(images)) for teacher in (first, second)]
    torch.testing.assert_close(found, (each[0] + each[1]) / 2)
    torch.testing.assert_close(found.split([3, 2], dim=1)[0].sum(1), torch.ones(4))
    torch.testing.assert_close(found.split([3, 2], dim=1)[1].sum(1), torch.ones(4))


def test_blend_keeps_the_labels_share() -> None:
    teachers, images = Teachers((network(1),), 0.25), noise(2).float()
    labels = torch.tensor([[1.0, 0, 0, 0, 1], [0, 0, 0, 0, 0]])
    expected = labels * 0.75 + teachers.probabilities(images) * 0.25
    torch.testing.assert_close(teachers.blend(images, labels), expected)


def test_a_student_without_labels_learns_what_its_teacher_says() -> None:
    teacher, pixels = network(7, spread=8.0), noise(96)
    wanted = predict_images(teacher, pixels).split([3, 2], dim=1)[0].argmax(1).numpy()
    assert len(np.unique(wanted)) > 1
    examples = ImageExamples(pixels, torch.zeros(96, 5), noise(0))
    options = ImageTrainingOptions(
        epochs=30, batch=32, warmup=3, sizes=(16,), dropout=0.0, average=0.9, validate_every=10
    )

    def agreement(model: ImageClassifier) -> float:
        found = predict_images(model, pixels).split([3, 2], dim=1)[0].argmax(1).numpy()
        return float((found == wanted).mean())

    def train(teachers: Teachers | None) -> float:
        trainer = ImageTrainer(network(3), examples, options, ImageAugmenter(STILL, 1), 1, teachers)
        return agreement(train_images(trainer, agreement)[0])

    assert train(Teachers((teacher,), 1.0)) > 0.9
    assert train(None) < 0.9
