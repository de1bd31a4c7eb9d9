"""``python -m bench [SUBJECT] [--smoke]``: run benchmarks and print a table for each subject.

Without a subject all of them run, but for the ablation: that one measures what is found, not
how fast, takes about a quarter of an hour and needs the annotated articles of ``--shared``.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path

from bench import (
    ablation,
    extraction,
    fairness,
    lookup,
    pages,
    reconciliation,
    resolution,
    servers,
    service,
    store,
)
from bench.measure import to_table

SUBJECTS: Mapping[str, Callable[[bool], str]] = {
    "extraction": lambda smoke: extraction.to_table(extraction.run(smoke=smoke)),
    "fairness": lambda smoke: fairness.to_table(fairness.run(smoke=smoke)),
    "servers": lambda smoke: service.to_table(servers.run(smoke=smoke)),
    "pages": lambda smoke: pages.to_table(pages.run(smoke=smoke)),
    "service": lambda smoke: service.to_table(service.run(smoke=smoke)),
    "store": lambda smoke: to_table(store.run(smoke=smoke)),
    "resolution": lambda smoke: resolution.to_table(resolution.run(smoke=smoke)),
    "lookup": lambda smoke: to_table(lookup.run(smoke=smoke)),
    "reconciliation": lambda smoke: reconciliation.to_table(reconciliation.run(smoke=smoke)),
}


def main() -> None:
    """Run the benchmarks that the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("subject", nargs="?", choices=[*SUBJECTS, "ablation"])
    parser.add_argument("--smoke", action="store_true", help="a small version, in seconds")
    parser.add_argument(
        "--shared", type=Path, default=ablation.SHARED, help="folder with gold/ (ablation only)"
    )
    arguments = parser.parse_args()
    if arguments.subject == "ablation":
        ablation.run(arguments.shared, smoke=arguments.smoke)
        return
    for name in SUBJECTS if arguments.subject is None else (arguments.subject,):
        print(f"## {name}\n\n{SUBJECTS[name](arguments.smoke)}\n", flush=True)


if __name__ == "__main__":
    main()
