"""A checkpoint: one line of JSON that says whose it is, then the state.

The state holds tensors, numbers, strings, lists and dicts only and is read as such
(`weights_only`): a checkpoint cannot bring code.
"""

import hashlib
import io
import json
import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from edgemark_trainer.families.base import State, TrainingError

VERSION = 1


class BadCheckpointError(TrainingError):
    """A checkpoint is damaged, or of another job."""

    def __init__(self, detail: str) -> None:
        super().__init__("bad-checkpoint", detail)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A state with what it belongs to."""

    job: str
    round: int
    fence: int
    epoch: int
    state: State

    def to_bytes(self) -> bytes:
        """Write it."""
        buffer = io.BytesIO()
        torch.save(self.state, buffer)
        payload = buffer.getvalue()
        header = {
            "schemaVersion": VERSION,
            "job": self.job,
            "round": self.round,
            "fence": self.fence,
            "epoch": self.epoch,
            "sha256": hashlib.sha256(payload).hexdigest(),
        }
        return json.dumps(header).encode() + b"\n" + payload


def read_checkpoint(content: bytes, job: str, fence: int) -> Checkpoint:
    """Read a job's checkpoint for a round of a fence; refuses another job's and a newer fence's."""
    line, _, payload = content.partition(b"\n")
    try:
        header: dict[str, Any] = json.loads(line)
        version, digest = header["schemaVersion"], header["sha256"]
        whose, newer = header["job"], int(header["fence"]) > fence
    except (ValueError, KeyError, TypeError) as error:
        raise BadCheckpointError("The checkpoint's first line is not readable.") from error
    if version != VERSION:
        raise BadCheckpointError(f"The checkpoint has schema version {version!r}, not {VERSION}.")
    if hashlib.sha256(payload).hexdigest() != digest:
        raise BadCheckpointError("The checkpoint is damaged: its sha256 is wrong.")
    if whose != job:
        raise BadCheckpointError("The checkpoint is of another job.")
    if newer:
        raise TrainingError(
            "superseded",
            f"The checkpoint has fence {header['fence']}, this round only {fence}.",
        )
    try:
        state: State = torch.load(io.BytesIO(payload), weights_only=True)
    except (RuntimeError, pickle.UnpicklingError, EOFError) as error:
        raise BadCheckpointError("The checkpoint's state is not readable.") from error
    return Checkpoint(whose, header["round"], header["fence"], header["epoch"], state)


def read_checkpoint_file(path: Path, job: str, fence: int) -> Checkpoint:
    """Read a checkpoint from a file."""
    return read_checkpoint(path.read_bytes(), job, fence)
