"""The verbs ``tanpu backup`` and ``tanpu restore``.

Like the command itself, they import the parts of the project where they need them.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import click

from extract.console import say


class StoreSettings(Protocol):
    """What the command tells its verbs."""

    @property
    def store(self) -> Path:
        """The folder of the store."""

    @property
    def base(self) -> str | None:
        """The base of all IRIs, where it is said."""

    @property
    def decisions(self) -> Path | None:
        """The file of decisions, where it is said."""


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--tokens", is_flag=True, help="Copy the hashed tokens too.")
@click.pass_obj
def backup(settings: StoreSettings, path: Path, tokens: bool) -> None:
    """Copy the store and the decisions into the new folder PATH, with checksums.

    May be done while the store is served; nobody writes meanwhile.
    """
    from graph.backup import make_backup

    made = make_backup(
        settings.store, _decisions(settings), path, now=datetime.now(UTC), tokens=tokens
    )
    say(f"backed up snapshot {made.snapshot}: {made.quads} quads, {len(made.files)} files")


@click.command()
@click.argument("path", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--tokens", is_flag=True, help="Put the tokens back too, also revoked ones.")
@click.pass_obj
def restore(settings: StoreSettings, path: Path, tokens: bool) -> None:
    """Make the store what the backup PATH holds; a running service moves to it.

    A damaged backup, or one of a store with another base, is refused and changes nothing.
    """
    from graph.backup import restore_backup
    from graph.lookup import update_index
    from graph.store import COMMAND_WAIT_SECONDS, open_store

    number = restore_backup(
        path,
        settings.store,
        _decisions(settings),
        expected_base=settings.base,
        tokens=tokens,
    )
    with open_store(settings.store, mode="write", wait_seconds=COMMAND_WAIT_SECONDS) as store:
        update_index(store)
    say(f"restored as snapshot {number}")


def _decisions(settings: StoreSettings) -> Path:
    from graph.decisions.apply import decisions_beside

    return settings.decisions or decisions_beside(settings.store)
