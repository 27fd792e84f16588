"""Writes the test rows of every task as JSON: the texts that are sent in the load, and the rows that accuracy is measured on."""

import argparse
import json
from pathlib import Path

from peers.tasks import TASKS


def main() -> None:
    """Write one file a task."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the data folder")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for name, read in TASKS.items():
        path = options.out / f"{name}.json"
        if path.exists():
            continue
        task = read(options.data)
        tests = {
            test: {"texts": part.texts, "labels": part.labels}
            for test, part in task.tests.items()
        }
        path.write_text(
            json.dumps({"language": task.language, "tests": tests}), "utf-8"
        )


if __name__ == "__main__":
    main()
