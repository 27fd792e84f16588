"""Which requests are refused, and what is said to be allowed."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from object_store import ObjectStore
from round_requests import round_request

from edgemark_trainer.endpoint.problem import RequestError
from edgemark_trainer.endpoint.request import parse_round


@pytest.fixture
def request_(store: ObjectStore) -> dict[str, Any]:
    return round_request(store)


@pytest.fixture(scope="module")
def store() -> Iterator[ObjectStore]:
    found = ObjectStore()
    yield found
    found.close()


def refusal(request: dict[str, Any]) -> list[dict[str, Any]]:
    with pytest.raises(RequestError) as caught:
        parse_round(json.dumps(request).encode())
    document = json.loads(caught.value.body())
    assert document["status"] == caught.value.status == 422
    errors: list[dict[str, Any]] = document["errors"]
    return errors


@pytest.mark.parametrize(
    ("change", "field", "allowed"),
    [
        ({"family": "x"}, "family", "text-classifier"),
        ({"algorithm": "x"}, "algorithm", "bag-cnn"),
        ({"hyperparameters": {"epoch": 1}}, "hyperparameters.epoch", "epochs"),
        ({"hyperparameters": {"epochs": 0}}, "hyperparameters.epochs", None),
        ({"hyperparameters": {"epochs": 1.5}}, "hyperparameters.epochs", None),
        ({"hyperparameters": {"learningRate": True}}, "hyperparameters.learningRate", None),
        ({"hyperparameters": {"optimizer": "x"}}, "hyperparameters.optimizer", "adamw"),
        ({"loss": {"name": "x"}}, "loss.loss", "focal"),
        ({"regularisation": {"l3": 1}}, "regularisation.l3", "l2"),
        ({"crossValidation": {"folds": 1}}, "crossValidation.folds", None),
        ({"fences": 1}, "fences", "fence"),
        ({"round": 0}, "round", None),
        ({"pack": {"name": "own"}}, "pack.version", None),
    ],
)
def test_what_is_unknown_or_out_of_range_is_told_with_what_is_allowed(
    request_: dict[str, Any], change: dict[str, Any], field: str, allowed: str | None
) -> None:
    (error,) = refusal(request_ | change)
    assert error["field"] == field
    assert allowed is None or allowed in error["allowed"]


def test_settings_reach_the_plan_by_whatever_member_names_them(request_: dict[str, Any]) -> None:
    plan = parse_round(
        json.dumps(
            request_
            | {
                "loss": {"name": "focal", "gamma": 1},
                "regularisation": {"l1": 0.001},
                "earlyStopping": {"patience": 2},
            }
        ).encode()
    ).plan
    for name, value in {"loss": "focal", "gamma": 1, "l1": 0.001, "patience": 2}.items():
        assert plan.settings[name] == value
    (error,) = refusal(request_ | {"hyperparameters": {"l1": 0.5}, "regularisation": {"l1": 0.1}})
    assert "twice" in error["detail"]


@pytest.mark.parametrize(
    ("labels", "words"),
    [(["one"], "two labels"), (["a", "a"], "differ"), ([str(i) for i in range(5000)], "the most")],
)
def test_labels_that_nobody_could_learn_are_refused(
    request_: dict[str, Any], labels: list[str], words: str
) -> None:
    (error,) = refusal(request_ | {"dataset": request_["dataset"] | {"labels": labels}})
    assert (error["field"], words in error["detail"]) == ("dataset.labels", True)


def search(space: dict[str, Any], method: str = "random") -> dict[str, Any]:
    return {"search": {"method": method, "trials": 3, "space": space}}


def test_search_spaces_are_checked(request_: dict[str, Any]) -> None:
    rate = {"learningRate": {"low": 0.001, "high": 0.01, "log": True}}
    assert parse_round(json.dumps(request_ | search(rate)).encode()).plan.search
    for space, words in (
        ({"vocabulary": {"choices": [200]}}, "can't be searched"),
        ({"learningRate": {"low": 0.1, "high": 0.01}}, "below"),
        ({"l1": {"low": 0, "high": 0.1, "log": True}}, "above 0"),
        ({"optimizer": {"low": 1, "high": 2}}, "must be one of"),
        ({"optimizer": {"choices": ["adam", "x"]}}, "must be one of"),
    ):
        (error,) = refusal(request_ | search(space))
        assert words in error["detail"]
    (error,) = refusal(request_ | search({"epochs": {"choices": [2]}}, "halving"))
    assert "halving sets" in error["detail"]
    linear = {"algorithm": "linear", "hyperparameters": {}}
    space = search({"inversePenalty": {"choices": [1, 2]}}, "halving")
    (error,) = refusal(request_ | linear | space)
    assert error["allowed"] == ["random"]


@pytest.mark.parametrize(
    "address",
    ["http://169.254.169.254/latest", "http://10.0.0.1/x", "https://u:p@h/x", "http://[::2]/"],
)
def test_addresses_are_https_or_of_this_machine(request_: dict[str, Any], address: str) -> None:
    (error,) = refusal(request_ | {"cancel": address})
    assert error["field"] == "cancel"
    assert parse_round(json.dumps(request_ | {"cancel": "https://h/x"}).encode())
    allowed = parse_round(json.dumps(request_ | {"cancel": "http://store/x"}).encode(), True)
    assert allowed.document["cancel"] == "http://store/x"
