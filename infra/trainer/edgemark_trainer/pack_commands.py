"""The command line's commands for packs and benchmarks; the endpoint's are listed beside them.

`pack` makes a pack, `card` rewrites its card, `encode` encodes JSON lines, `rate` predicts ratings
of JSON lines, `recommend-benchmark` measures recommenders, `recommend-synthetic` writes a graph of
any size. `serve`, `local-endpoint` and `families` are the training endpoint's (ENDPOINT.md).
"""

import argparse
import os
from functools import partial
from pathlib import Path

from edgemark_trainer.card import rewrite_card
from edgemark_trainer.endpoint.commands import add_commands
from edgemark_trainer.image_card import rewrite_image_card
from edgemark_trainer.image_pack import make_image_pack
from edgemark_trainer.image_recipe import parse_image_recipe
from edgemark_trainer.intent_pack import make_intent_pack
from edgemark_trainer.pack import make_pack
from edgemark_trainer.recipe import parse_recipe, recipe_family, recipe_text
from edgemark_trainer.recommender.benchmark import run_benchmark, run_search
from edgemark_trainer.recommender.benchmarks import BENCHMARKS
from edgemark_trainer.recommender.card import rewrite_recommender_card
from edgemark_trainer.recommender.pack import make_recommender_pack
from edgemark_trainer.recommender.rating_benchmark import RATING_BENCHMARK, run_rating_benchmark
from edgemark_trainer.recommender.rating_card import rewrite_rating_card
from edgemark_trainer.recommender.rating_lines import rate_lines
from edgemark_trainer.recommender.rating_pack import make_rating_pack
from edgemark_trainer.recommender.rating_recipe import parse_rating_recipe
from edgemark_trainer.recommender.recipe import parse_recommender_recipe
from edgemark_trainer.recommender.synthetic import write_synthetic
from edgemark_trainer.tokenizer import encode_lines


def parser() -> argparse.ArgumentParser:
    """Describe the commands."""
    result = argparse.ArgumentParser(prog="python -m edgemark_trainer")
    commands = result.add_subparsers(dest="command", required=True)
    pack = commands.add_parser("pack", help="make a pack from a recipe and a data folder")
    pack.add_argument("recipe", help="name of a recipe, or path of a .toml file")
    pack.add_argument("--data", type=Path, default=os.environ.get("EDGEMARK_DATA"))
    pack.add_argument("--out", type=Path, required=True)
    pack.add_argument(
        "--cache", type=Path, help="folder that keeps a teacher's labels or trained weights"
    )
    pack.add_argument("--seed", type=int, default=1)
    card = commands.add_parser("card", help="write a finished pack's card anew")
    card.add_argument("recipe")
    card.add_argument("--out", type=Path, required=True)
    benchmark = commands.add_parser("recommend-benchmark", help="measure recommenders")
    benchmark.add_argument("name", choices=[*BENCHMARKS, RATING_BENCHMARK])
    benchmark.add_argument("--data", type=Path, default=os.environ.get("EDGEMARK_DATA"))
    benchmark.add_argument("--seeds", type=int, nargs="+", help="seeds of the split")
    benchmark.add_argument(
        "--search", action="store_true", help="choose settings on a part of the training events"
    )
    synthetic = commands.add_parser("recommend-synthetic", help="write a graph of random factors")
    synthetic.add_argument("--items", type=int, default=100_000)
    synthetic.add_argument("--dimensions", type=int, default=128)
    synthetic.add_argument("--out", type=Path, required=True, help="path of the .onnx file")
    synthetic.add_argument("--seed", type=int, default=1)
    encode = commands.add_parser("encode", help="JSON strings on stdin to id lists on stdout")
    encode.add_argument("tokenizer", type=Path)
    rate = commands.add_parser("rate", help="histories on stdin to predicted ratings on stdout")
    rate.add_argument("pack", type=Path)
    add_commands(commands)
    return result


def main(arguments: list[str] | None = None) -> None:
    """Run one command."""
    options = parser().parse_args(arguments)
    if options.command == "encode":
        encode_lines(options.tokenizer)
    elif options.command == "rate":
        rate_lines(options.pack)
    elif options.command == "card":
        write_card(recipe_text(options.recipe), options.out)
    elif options.command == "recommend-synthetic":
        write_synthetic(options.items, options.dimensions, options.out, options.seed)
    elif options.data is None:
        parser().error("name the data folder by --data or EDGEMARK_DATA")
    elif options.command == "recommend-benchmark":
        measure_recommenders(options)
    else:
        write_pack(recipe_text(options.recipe), options)


def measure_recommenders(options: argparse.Namespace) -> None:
    """Run one benchmark, or the search of its settings."""
    root, report = Path(options.data), partial(print, flush=True)
    if options.name == RATING_BENCHMARK:
        run_rating_benchmark(root, report)
        return
    benchmark = BENCHMARKS[options.name]
    seeds = options.seeds or benchmark.seeds
    if options.search:
        run_search(benchmark, root, seeds[0], report)
    else:
        run_benchmark(benchmark, root, seeds, report)


def write_card(text: str, out: Path) -> None:
    """Write a finished pack's card anew."""
    family = recipe_family(text)
    if family == "image-classifier":
        rewrite_image_card(parse_image_recipe(text), out)
    elif family == "recommender":
        rewrite_recommender_card(parse_recommender_recipe(text), out)
    elif family == "rating":
        rewrite_rating_card(parse_rating_recipe(text), out)
    else:
        rewrite_card(parse_recipe(text), out)


def write_pack(text: str, options: argparse.Namespace) -> None:
    """Make a pack of the recipe's family."""
    root, rest = Path(options.data), (options.out, options.cache, options.seed)
    family = recipe_family(text)
    if family == "image-classifier":
        make_image_pack(parse_image_recipe(text), root, *rest)
    elif family == "recommender":
        make_recommender_pack(parse_recommender_recipe(text), root, options.out, options.seed)
    elif family == "rating":
        make_rating_pack(parse_rating_recipe(text), root, options.out, options.seed)
    elif family == "intent":
        make_intent_pack(parse_recipe(text), root, *rest)
    else:
        make_pack(parse_recipe(text), root, *rest)
