"""The device that trains, its precision, and how many rows fit a step of it."""

import platform
from collections.abc import Callable

import torch

from edgemark_trainer.families.base import Device

LARGEST_BATCH = 4096


def find_device() -> Device:
    """Give the GPU where there is one: mixed precision in bfloat16, or float16 on older cards."""
    if torch.cuda.is_available():
        precision = "bfloat16" if torch.cuda.is_bf16_supported() else "float16"
        return Device("cuda", torch.cuda.get_device_name(0), precision)
    return Device("cpu", platform.processor() or platform.machine(), "float32")


def autocast(device: Device) -> torch.autocast:
    """Give the context of a forward step in the device's precision."""
    if device.kind == "cuda":
        return torch.autocast("cuda", dtype=getattr(torch, device.precision))
    return torch.autocast("cpu", enabled=False)


def fitting_batch(step: Callable[[int], None], smallest: int, largest: int) -> int:
    """Double a step's rows as long as they fit the GPU's memory; give the last that did.

    `step` trains on so many rows and leaves nothing behind.
    """
    rows, fitting = smallest, smallest
    while rows <= min(largest, LARGEST_BATCH):
        try:
            step(rows)
        except torch.cuda.OutOfMemoryError:
            break
        finally:
            torch.cuda.empty_cache()
        fitting, rows = rows, rows * 2
    return fitting
