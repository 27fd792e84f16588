"""Print what a database of `peers.serve_collect` holds: a line for each event, its columns apart by tabs."""

import sqlite3
import sys


def main() -> None:
    """Read the file that the command names."""
    database = sqlite3.connect(sys.argv[1])
    for row in database.execute("SELECT event_id, type, user_id, item_id FROM events"):
        sys.stdout.write("\t".join(row) + "\n")


if __name__ == "__main__":
    main()
