"""Command line: `pack` makes a pack, `card` rewrites its card, `encode` encodes JSON lines."""

import argparse
import os
from pathlib import Path

from edgemark_trainer.card import rewrite_card
from edgemark_trainer.intent_pack import make_intent_pack
from edgemark_trainer.pack import make_pack
from edgemark_trainer.recipe import read_recipe
from edgemark_trainer.tokenizer import encode_lines


def parser() -> argparse.ArgumentParser:
    """Describe the commands."""
    result = argparse.ArgumentParser(prog="python -m edgemark_trainer")
    commands = result.add_subparsers(dest="command", required=True)
    pack = commands.add_parser("pack", help="make a pack from a recipe and a data folder")
    pack.add_argument("recipe", help="name of a recipe, or path of a .toml file")
    pack.add_argument("--data", type=Path, default=os.environ.get("EDGEMARK_DATA"))
    pack.add_argument("--out", type=Path, required=True)
    pack.add_argument("--cache", type=Path, help="folder that keeps the teacher's soft labels")
    pack.add_argument("--seed", type=int, default=1)
    card = commands.add_parser("card", help="write a finished pack's card anew")
    card.add_argument("recipe")
    card.add_argument("--out", type=Path, required=True)
    encode = commands.add_parser("encode", help="JSON strings on stdin to id lists on stdout")
    encode.add_argument("tokenizer", type=Path)
    return result


def main(arguments: list[str] | None = None) -> None:
    """Run one command."""
    options = parser().parse_args(arguments)
    if options.command == "encode":
        encode_lines(options.tokenizer)
    elif options.command == "card":
        rewrite_card(read_recipe(options.recipe), options.out)
    elif options.data is None:
        parser().error("name the data folder by --data or EDGEMARK_DATA")
    else:
        recipe = read_recipe(options.recipe)
        make = make_intent_pack if recipe.family == "intent" else make_pack
        make(recipe, Path(options.data), options.out, options.cache, options.seed)


if __name__ == "__main__":
    main()
