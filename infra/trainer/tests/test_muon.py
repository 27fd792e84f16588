"""Muon: steps of singular values near 1, for matrices and convolutions."""

import pytest
import torch

from edgemark_trainer.muon import Muon, orthogonalized


@pytest.mark.parametrize("shape", [(8, 30), (30, 8), (16, 16)])
def test_singular_values_come_near_1_and_vectors_stay(shape: tuple[int, int]) -> None:
    torch.manual_seed(0)
    matrix = torch.randn(shape)
    left, _, right = torch.linalg.svd(matrix, full_matrices=False)
    found = left.T @ orthogonalized(matrix) @ right.T
    assert found.diagonal().min() > 0.6 and found.diagonal().max() < 1.3
    assert (found - found.diagonal().diag()).abs().max() < 1e-3


def test_a_zero_gradient_moves_nothing() -> None:
    assert orthogonalized(torch.zeros(3, 4)).abs().max() == 0


def test_a_convolution_is_fitted_to_another() -> None:
    torch.manual_seed(0)
    images, target = torch.randn(32, 3, 8, 8), torch.nn.Conv2d(3, 6, 3)
    model = torch.nn.Conv2d(3, 6, 3)
    optimizer = Muon([model.weight], learning_rate=0.05)
    bias = torch.optim.SGD([model.bias], 0.1)
    for step in range(150):
        optimizer.param_groups[0]["lr"] = 0.05 * (1 - step / 150)
        loss = (model(images) - target(images).detach()).square().mean()
        model.zero_grad()
        loss.backward()
        optimizer.step()
        bias.step()
    assert loss.item() < 1e-3


def test_weight_decay_shrinks_by_rate_times_decay() -> None:
    weight = torch.nn.Parameter(torch.ones(2, 2))
    weight.grad = torch.zeros(2, 2)
    Muon([weight], learning_rate=0.1, weight_decay=0.5).step()
    torch.testing.assert_close(weight.data, torch.full((2, 2), 0.95))
