"""``python -m bench [--smoke]``: run every benchmark and print one table a subject."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from bench import extraction, lookup, store
from bench.measure import Row, to_table


def main() -> None:
    """Run the benchmarks that the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="a small version, in seconds")
    arguments = parser.parse_args()
    subjects: Mapping[str, list[Row]] = {
        "extraction": extraction.run(smoke=arguments.smoke),
        "store": store.run(smoke=arguments.smoke),
        "lookup": lookup.run(smoke=arguments.smoke),
    }
    for name, rows in subjects.items():
        print(f"## {name}\n\n{to_table(rows)}\n")


if __name__ == "__main__":
    main()
