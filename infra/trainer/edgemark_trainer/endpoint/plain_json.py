"""JSON that every reader takes: Python alone would write NaN and Infinity, which are no JSON."""

import json
import math
from typing import Any


def to_json(document: Any) -> str:
    """Write JSON on one line; numbers that are none become null."""
    return json.dumps(_finite(document), ensure_ascii=False, allow_nan=False)


def _finite(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {key: _finite(found) for key, found in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(found) for found in value]
    return value
