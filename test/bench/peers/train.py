"""Trains the peers, saves the intent ones for serving, and writes each one's accuracy on the test splits as JSON."""

import argparse
import json
import time
from pathlib import Path

import numpy as np

from peers.part import Part
from peers.registry import PEERS, Classifier, classifier_type
from peers.tasks import TASKS

SERVED_TASK = "intent"


def main() -> None:
    """Train what the cache lacks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the data folder")
    parser.add_argument(
        "--cache", type=Path, required=True, help="where models and figures are kept"
    )
    parser.add_argument("--peers", default=",".join(PEERS))
    parser.add_argument("--tasks", default=",".join(TASKS))
    options = parser.parse_args()
    for peer in options.peers.split(","):
        for task in options.tasks.split(","):
            train(peer, task, options.data, options.cache / peer / task)


def train(peer: str, task_name: str, data: Path, folder: Path) -> None:
    """Train one peer for one task, unless its figures are there."""
    figures = folder / "accuracy.json"
    if figures.exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    task = TASKS[task_name](data)
    started = time.perf_counter()
    classifier = classifier_type(peer).train(task.train, task.language)
    train_seconds = time.perf_counter() - started
    tests = {name: measure(classifier, part) for name, part in task.tests.items()}
    if task_name == SERVED_TASK:
        classifier.save(folder)
    record = {
        "trainRows": len(task.train.texts),
        "trainSeconds": round(train_seconds, 1),
        "tests": tests,
    }
    figures.write_text(json.dumps(record, indent=2) + "\n", "utf-8")
    print(f"{peer} {task_name}: {json.dumps(tests)}", flush=True)


def measure(classifier: Classifier, part: Part) -> dict[str, float | int]:
    """Give accuracy over all labels, and over the labels that occur in this test set only."""
    scores = classifier.scores(part.texts)
    names = np.array(classifier.labels)
    truth = np.array(part.labels)
    own = np.isin(names, truth)
    restricted = np.where(own, scores, -np.inf)
    return {
        "rows": len(truth),
        "accuracy": round(float((names[scores.argmax(axis=1)] == truth).mean()), 4),
        "accuracyOwnLabels": round(
            float((names[restricted.argmax(axis=1)] == truth).mean()), 4
        ),
    }


if __name__ == "__main__":
    main()
