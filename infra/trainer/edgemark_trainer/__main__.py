"""Command line: `python -m edgemark_trainer COMMAND`; `--help` lists the commands.

The endpoint's commands start without what packs and benchmarks need, which takes seconds to import.
"""

import argparse
import sys

from edgemark_trainer.endpoint.commands import COMMANDS, add_commands, run_command


def main(arguments: list[str] | None = None) -> None:
    """Run one command."""
    given = sys.argv[1:] if arguments is None else arguments
    if given and given[0] in COMMANDS:
        parser = argparse.ArgumentParser(prog="python -m edgemark_trainer")
        add_commands(parser.add_subparsers(dest="command", required=True))
        run_command(parser.parse_args(given))
        return
    from edgemark_trainer.pack_commands import main as run_pack_command

    run_pack_command(given)


if __name__ == "__main__":
    main()
