"""From a request's JSON to a round: every mistake is told, with what is allowed instead."""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from jsonschema import Draft202012Validator, ValidationError

from edgemark_trainer.endpoint.addresses import addresses, is_allowed
from edgemark_trainer.endpoint.problem import RequestError
from edgemark_trainer.families.base import Family
from edgemark_trainer.families.hyperparameters import (
    FieldError,
    Hyperparameters,
    Settings,
    setting_errors,
    space_errors,
)
from edgemark_trainer.families.registry import FAMILIES
from edgemark_trainer.fitting.job import Plan, Search

UNPROCESSABLE = 422
MOST_ERRORS = 50
LOSS_NAMES = {"name": "loss"}  # members of `loss` that are called otherwise among the settings


@dataclass(frozen=True, slots=True)
class Round:
    """A valid request: its document, the family and what is to be done."""

    document: dict[str, Any]
    family: Family
    plan: Plan

    @property
    def identity(self) -> dict[str, Any]:
        """Give the members that go through into everything that the round writes."""
        names = ("schemaVersion", "job", "round", "fence")
        return {name: self.document[name] for name in names}


@cache
def validator() -> Draft202012Validator:
    """Read the schema."""
    text = files("edgemark_trainer.endpoint").joinpath("round_request.schema.json").read_text()
    return Draft202012Validator(json.loads(text))


def parse_round(body: bytes, allow_http: bool = False) -> Round:
    """Read a request; raises RequestError with all mistakes that can be told together."""
    try:
        document = json.loads(body)
    except ValueError as error:
        raise RequestError(400, "The body is not JSON.") from error
    if not isinstance(document, dict):
        raise RequestError(400, "The body is no JSON object.")
    refuse_if_any(schema_errors(document))
    refused = [
        FieldError(place, "must be an https: address")
        for place, address in addresses(document)
        if not is_allowed(address, allow_http)
    ]
    refuse_if_any(refused)
    family = FAMILIES.get(document["family"])
    if family is None:
        raise invalid([FieldError("family", "is unknown", tuple(FAMILIES))])
    names = ("auto", *family.algorithms)
    if document["algorithm"] not in names:
        raise invalid([FieldError("algorithm", "is unknown", names)])
    return Round(document, family, make_plan(document, family))


def make_plan(document: dict[str, Any], family: Family) -> Plan:
    """Check what depends on the algorithm; raises RequestError."""
    asked = document["algorithm"]
    algorithm = family.algorithms[family.candidate if asked == "auto" else asked]
    known = algorithm.hyperparameters
    settings, errors = gathered(document, known)
    dataset = {"labels": []} | document["dataset"]
    if dataset["kind"] != family.kind:
        errors.append(FieldError("dataset.kind", "is of another family", (family.kind,)))
    else:
        errors += family.dataset_errors(dataset)
    search = None
    if "search" in document:
        found = document["search"]
        errors += space_errors(known, found["space"], "search.space")
        if found["method"] == "halving" and algorithm.epochs is None:
            errors.append(FieldError("search.method", "needs epochs to halve", ("random",)))
        if found["method"] == "halving" and algorithm.epochs in found["space"]:
            errors.append(FieldError(f"search.space.{algorithm.epochs}", "is what halving sets"))
        search = Search(found["method"], found["trials"], found["space"])
    refuse_if_any(errors)
    folds = document.get("crossValidation", {}).get("folds", 0)
    return Plan(asked, settings, document["seed"], search, folds)


def gathered(document: dict[str, Any], known: Hyperparameters) -> tuple[Settings, list[FieldError]]:
    """Join hyperparameters, loss, regularisation and early stopping; find what is wrong."""
    settings: Settings = {}
    errors = []
    for member in ("hyperparameters", "loss", "regularisation", "earlyStopping"):
        given = document.get(member, {})
        if member == "loss":
            given = {LOSS_NAMES.get(name, name): value for name, value in given.items()}
        errors += setting_errors(known, given, member)
        for name in settings.keys() & given.keys():
            if settings[name] != given[name]:
                errors.append(FieldError(f"{member}.{name}", "is given twice, differently"))
        settings |= given
    return settings, errors


def schema_errors(document: dict[str, Any]) -> list[FieldError]:
    """Find what the schema refuses."""
    return [found for error in validator().iter_errors(document) for found in field_errors(error)]


def field_errors(error: ValidationError) -> list[FieldError]:
    """Name the members that one of the schema's complaints is about."""
    steps = [f"[{p}]" if isinstance(p, int) else f".{p}" for p in error.absolute_path]
    field = "".join(steps).removeprefix(".")
    inside = f"{field}." if field else ""
    if error.validator == "additionalProperties" and isinstance(error.validator_value, bool):
        allowed = tuple(error.schema["properties"])
        unknown = sorted(set(error.instance) - set(allowed))
        return [FieldError(inside + name, "is unknown", allowed) for name in unknown]
    if error.validator == "required":
        missing = [name for name in error.validator_value if name not in error.instance]
        return [
            FieldError(inside + name, "is missing")
            for name in missing
            if f"'{name}' " in error.message
        ]
    values = tuple(map(str, error.validator_value)) if error.validator == "enum" else ()
    return [FieldError(field, error.message[:300], values)]


def invalid(errors: list[FieldError]) -> RequestError:
    """Make the refusal of a request."""
    more = f" and {len(errors) - 1} more" if len(errors) > 1 else ""
    detail = f"{errors[0].field}: {errors[0].detail}{more}"
    return RequestError(UNPROCESSABLE, detail, errors[:MOST_ERRORS])


def refuse_if_any(errors: list[FieldError]) -> None:
    """Raise the refusal of these mistakes, if there are any."""
    if errors:
        raise invalid(errors)
