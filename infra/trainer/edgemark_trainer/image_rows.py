"""One labelled image, the unit that the image readers give."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ImageRow:
    """An image file with its label in each attribute; an attribute that is unknown is left out."""

    path: Path
    labels: Mapping[str, str]
