"""A round's dataset: parts and pictures, fetched when they are asked for."""

import gzip
import hashlib
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from edgemark_trainer.endpoint.storage import Storage
from edgemark_trainer.families.base import BadDatasetError


class RoundDataset:
    """The request's `dataset`; what was fetched stays in a folder until the round ends."""

    def __init__(self, document: dict[str, Any], storage: Storage, folder: Path) -> None:
        self.name: str = document["name"]
        self.version: str = document["version"]
        self.labels: tuple[str, ...] = tuple(document.get("labels", ()))
        self._splits: dict[str, list[dict[str, Any]]] = document["splits"]
        self._pictures: dict[str, str] = document.get("pictures", {})
        self._storage, self._folder = storage, folder
        folder.mkdir(parents=True, exist_ok=True)

    def rows(self, split: str) -> Iterator[dict[str, Any]]:
        """Give a split's rows, part by part; raises BadDatasetError where one is no NDJSON."""
        for place, part in enumerate(self._splits[split]):
            what = f"Part {place} of {split}"
            path = self._folder / f"{split}-{place:05}.ndjson.gz"
            if not path.exists():
                self._storage.fetch(part["url"], path, what, part["sha256"])
            count = 0
            for row in read_rows(path, what):
                yield row
                count += 1
            if count != part["rows"]:
                raise BadDatasetError(f"{what} has {count} rows where {part['rows']} were said.")

    def picture(self, path: str) -> Path:
        """Fetch a picture."""
        address = self._pictures.get(path)
        if address is None:
            raise BadDatasetError(f"The picture {path!r:.200} has no address in the request.")
        digest = hashlib.sha256(path.encode()).hexdigest()[:24]
        file = self._folder / f"picture-{digest}"
        if not file.exists():
            self._storage.fetch(address, file, f"The picture {path!r:.200}")
        return file


def read_rows(path: Path, what: str) -> Iterator[dict[str, Any]]:
    """Read gzipped NDJSON."""
    try:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                if not line.strip():
                    continue
                row = json.loads(line)
                if not isinstance(row, dict):
                    raise BadDatasetError(f"{what}, line {number}, is no JSON object.")
                yield row
    except (ValueError, EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise BadDatasetError(f"{what} is no gzipped NDJSON in UTF-8.") from error
