"""The verbs ``tanpu token create``, ``list`` and ``revoke``.

Like the command itself, they import the parts of the project where they need them.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import click

from extract.console import json_line, say


class StoreSettings(Protocol):
    """What the command tells its verbs."""

    @property
    def store(self) -> Path:
        """The folder of the store."""


@click.group()
def token() -> None:
    """Give and take leave to write over HTTP."""


@token.command("create")
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    type=click.Choice(["read", "ingest", "admin"]),
    multiple=True,
    required=True,
    help="What it may do; admin includes ingest, and ingest includes read. Repeatable.",
)
@click.option(
    "--days",
    type=click.IntRange(1, 3650),
    default=365,
    show_default=True,
    help="How long it is valid.",
)
@click.pass_obj
def create_command(settings: StoreSettings, name: str, scopes: tuple[str, ...], days: int) -> None:
    """Print the secret of a new token, this once and never again.

    NAME stands in the provenance of all that is written with the token, and is never given
    again.
    """
    from graph.tokens import TOKEN_FILE, create_token

    made, secret = create_token(
        settings.store / TOKEN_FILE, name, scopes, days=days, now=datetime.now(UTC)
    )
    click.echo(secret)
    say(f"{made.name}: {', '.join(made.scopes)} until {made.expires}; kept nowhere, so note it")


@token.command("list")
@click.option(
    "--format", "form", type=click.Choice(["table", "jsonl"]), default="table", show_default=True
)
@click.pass_obj
def list_command(settings: StoreSettings, form: str) -> None:
    """Print all tokens, without their secrets."""
    from graph.tokens import TOKEN_FILE, list_tokens

    now = datetime.now(UTC)
    for made in list_tokens(settings.store / TOKEN_FILE):
        live = made.is_live(now)
        if form == "jsonl":
            click.echo(json_line({**asdict(made), "valid": live}), nl=False)
            continue
        state = "valid" if live else "revoked" if made.revoked else "expired"
        click.echo(f"{made.name:24}  {','.join(made.scopes):12}  {state:8}  {made.expires}")


@token.command("revoke")
@click.argument("name")
@click.pass_obj
def revoke_command(settings: StoreSettings, name: str) -> None:
    """Make a token invalid at once, also for a service that runs."""
    from graph.tokens import TOKEN_FILE, revoke_token

    revoked = revoke_token(settings.store / TOKEN_FILE, name, now=datetime.now(UTC))
    say(f"revoked: {revoked.name}")
