"""Cleaning and splits: nothing leaks."""

from dataclasses import replace
from pathlib import Path

import pytest

from edgemark_trainer.cleaning import clean, fingerprint
from edgemark_trainer.corpus import read_corpus, relabel
from edgemark_trainer.readers import DATASETS, Dataset
from edgemark_trainer.recipe import DataSpec, Recipe, parse_recipe, read_recipe
from edgemark_trainer.rows import Row
from edgemark_trainer.splits import split_grouped, split_stratified


def test_fingerprint_ignores_case_width_blanks_and_punctuation() -> None:
    assert fingerprint("Ｇood,  FILM!") == fingerprint("good film")
    assert fingerprint("!!!") == "!!!"


def test_clean_drops_repeats_contradictions_and_forbidden_texts() -> None:
    rows = [Row(t, y) for t, y in [("a", "1"), ("A!", "1"), ("b", "0"), ("b", "1"), ("c", "0")]]
    assert clean(rows, {"c"}) == [Row("a", "1")]


def test_grouped_split_keeps_clusters_whole() -> None:
    rows = [Row(f"t{i}", "x", str(i // 3)) for i in range(60)]
    rest, part = split_grouped(rows, 0.25, 0)
    assert len(rest) + len(part) == 60
    assert not {row.group for row in rest} & {row.group for row in part}


def test_stratified_split_keeps_class_shares() -> None:
    rows = [Row(f"t{i}", "a" if i % 4 else "b") for i in range(100)]
    rest, part = split_stratified(rows, 0.2, 0)
    assert sum(row.label == "b" for row in part) == 5
    assert not {row.text for row in rest} & {row.text for row in part}


def test_corpus_keeps_test_texts_out_of_training(
    monkeypatch: pytest.MonkeyPatch, tiny_recipe: Recipe
) -> None:
    rows = [Row(f"film {i % 30}", "good" if i % 30 < 15 else "bad") for i in range(90)]
    monkeypatch.setitem(DATASETS, "tiny", Dataset("t", "l", "s", ("en",), lambda _: {"all": rows}))
    (source,) = read_corpus(tiny_recipe, Path(), 1)
    train, valid, test = (
        {fingerprint(row.text) for row in part}
        for part in (source.train, source.validation, source.test)
    )
    assert not train & test and not valid & test and not train & valid
    assert len(source.test) == 18  # the test keeps its repeats


def test_unknown_recipe_keys_are_refused() -> None:
    with pytest.raises(ValueError, match="colour"):
        parse_recipe('colour = "red"\ndata = []')


@pytest.mark.parametrize("name", ["sentiment", "product-category"])
def test_recipes_name_known_sets(name: str) -> None:
    recipe = read_recipe(name)
    assert {spec.set for spec in recipe.data} <= set(DATASETS)
    assert all(isinstance(spec, DataSpec) for spec in recipe.data)


def test_relabel_maps_leaves_out_and_takes_all() -> None:
    rows = [Row("a", "0"), Row("b", "1")]
    assert relabel(rows, {"0": "", "1": "good"}) == [Row("b", "good")]
    assert [row.label for row in relabel(rows, {"*": "neutral"})] == ["neutral"] * 2
    with pytest.raises(KeyError):
        relabel(rows, {"0": "bad"})


def test_a_set_that_yields_leaves_shared_texts_to_training(
    monkeypatch: pytest.MonkeyPatch, tiny_recipe: Recipe
) -> None:
    rows = [Row(f"film {i}", "good" if i % 2 else "bad") for i in range(60)]
    for name in ("first", "second"):
        known = Dataset("t", "l", "s", ("en",), lambda _: {"all": rows})
        monkeypatch.setitem(DATASETS, name, known)
    first = DataSpec("first", train="all", test_fraction=0.2)
    second = DataSpec("second", train="all", validation_fraction=0.3, yields_to=("first",))
    one, other = read_corpus(replace(tiny_recipe, data=(first, second)), Path(), 1)
    assert len(one.train) == 48
    assert not {r.text for r in one.train} & {r.text for r in [*other.validation, *other.test]}
    assert len(one.test) == 12
