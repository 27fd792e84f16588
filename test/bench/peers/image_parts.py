"""Where the time of a picture goes in the Python peers: decode, resize, run, without HTTP.

Prints JSON, milliseconds of wall time by peer, medians over calls:
`python -m peers.image_parts PACK FOLDER CALLS`.
"""

import json
import statistics
import sys
import time
from pathlib import Path

from peers.serve_images import Tagger

WARM_UP_CALLS = 10


def measure(tagger: Tagger, pictures: list[bytes], calls: int) -> dict[str, float]:
    """Give the medians of the parts over calls."""
    records: list[tuple[float, float, float]] = []
    for call in range(WARM_UP_CALLS + calls):
        start = time.perf_counter()
        decoded = tagger.decode(pictures[call % len(pictures)])
        resized_from = time.perf_counter()
        values = tagger.values(tagger.resize(decoded))
        ready = time.perf_counter()
        tagger.run(values)
        end = time.perf_counter()
        records.append((resized_from - start, ready - resized_from, end - ready))
    parts = zip(
        ("decodeMs", "resizeMs", "runMs"),
        zip(*records[WARM_UP_CALLS:], strict=True),
        strict=True,
    )
    return {name: 1000 * statistics.median(values) for name, values in parts}


def main() -> None:
    """Measure the three ways of decoding."""
    pack, folder, calls = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    pictures = [path.read_bytes() for path in sorted(folder.iterdir())]
    result = {
        peer: measure(Tagger(pack, peer), pictures, calls)
        for peer in ("pillow", "pillow-draft", "opencv")
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
