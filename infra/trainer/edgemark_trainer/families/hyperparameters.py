"""What an algorithm may be told: checked, filled with defaults, and drawn from in a search."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

Settings = dict[str, Any]
Kind = Literal["integer", "number", "choice", "boolean"]


@dataclass(frozen=True, slots=True)
class Hyperparameter:
    """One setting: its kind, default and what it may be.

    A default of None means that a good value is found from the data. `log`: a search draws its
    logarithm. What is not `searchable` is the same for all trials of a job.
    """

    description: str
    kind: Kind
    default: int | float | str | bool | None
    low: float = -math.inf
    high: float = math.inf
    choices: tuple[str, ...] = ()
    log: bool = False
    searchable: bool = True

    def problem(self, value: Any) -> str | None:
        """Say what is wrong with a value, if anything."""
        if value is None and self.default is None:
            return None
        if self.kind == "choice":
            return None if value in self.choices else f"must be one of {', '.join(self.choices)}"
        if self.kind == "boolean":
            return None if isinstance(value, bool) else "must be true or false"
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not math.isfinite(value):
            return "must be a number"
        if self.kind == "integer" and value != int(value):
            return "must be a whole number"
        if not self.low <= value <= self.high:
            return f"must be from {self.low:g} to {self.high:g}"
        return None

    def document(self) -> dict[str, Any]:
        """Describe the setting as JSON."""
        entry: dict[str, Any] = {"type": self.kind, "default": self.default}
        if self.choices:
            entry["choices"] = list(self.choices)
        if math.isfinite(self.low):
            entry |= {"low": self.low, "high": self.high}
        return entry | {"searchable": self.searchable, "description": self.description}


Hyperparameters = Mapping[str, Hyperparameter]


@dataclass(frozen=True, slots=True)
class FieldError:
    """A member of a request that is wrong, and what it may be where that can be listed."""

    field: str
    detail: str
    allowed: tuple[str, ...] = ()

    def document(self) -> dict[str, Any]:
        """Give the entry of a problem document's `errors`."""
        entry: dict[str, Any] = {"field": self.field, "detail": self.detail}
        return entry | ({"allowed": list(self.allowed)} if self.allowed else {})


def setting_errors(known: Hyperparameters, given: Mapping[str, Any], at: str) -> list[FieldError]:
    """Find settings that are unknown or out of range; `at` is where in the request they stand."""
    errors = []
    for name, value in given.items():
        if name not in known:
            errors.append(FieldError(f"{at}.{name}", "is no hyperparameter here", tuple(known)))
        elif problem := known[name].problem(value):
            errors.append(FieldError(f"{at}.{name}", problem, known[name].choices))
    return errors


def filled(known: Hyperparameters, given: Mapping[str, Any]) -> Settings:
    """Give all settings, the given ones in place of their defaults; whole numbers as int."""
    settings: Settings = {name: known[name].default for name in known} | dict(given)
    for name, value in settings.items():
        if known[name].kind == "integer" and value is not None:
            settings[name] = int(value)
        elif known[name].kind == "number" and value is not None:
            settings[name] = float(value)
    return settings


def space_errors(known: Hyperparameters, space: Mapping[str, Any], at: str) -> list[FieldError]:
    """Find parts of a search space that are unknown or out of range."""
    errors = []
    searchable = tuple(name for name, found in known.items() if found.searchable)
    for name, part in space.items():
        field = f"{at}.{name}"
        if name not in searchable:
            errors.append(FieldError(field, "can't be searched", searchable))
            continue
        values = part["choices"] if "choices" in part else [part["low"], part["high"]]
        problems = [problem for value in values if (problem := known[name].problem(value))]
        if problems:
            errors.append(FieldError(field, problems[0], known[name].choices))
        elif "low" in part and known[name].kind not in ("integer", "number"):
            errors.append(FieldError(field, "has no range; give choices", known[name].choices))
        elif "low" in part and not part["low"] < part["high"]:
            errors.append(FieldError(field, "low must be below high"))
        elif part.get("log") and part["low"] <= 0:
            errors.append(FieldError(field, "a logarithmic range must be above 0"))
    return errors


def draw(known: Hyperparameters, space: Mapping[str, Any], rng: np.random.Generator) -> Settings:
    """Draw one point of a search space."""
    point: Settings = {}
    for name in sorted(space):
        part = space[name]
        if "choices" in part:
            point[name] = part["choices"][int(rng.integers(len(part["choices"])))]
            continue
        low, high = float(part["low"]), float(part["high"])
        if part.get("log", known[name].log):
            value = math.exp(rng.uniform(math.log(low), math.log(high)))
        else:
            value = rng.uniform(low, high)
        point[name] = round(value) if known[name].kind == "integer" else value
    return point
