"""Copies of a store that can be put back, made and restored while it is served.

A backup is a folder: the newest published state of the store, what is remembered of things that
are gone, people's decisions, the tokens where they are asked for, and ``manifest.json`` with a
checksum of each file. Nobody writes the store while the copy is made or put back, so that its
parts belong together; readers are not disturbed, and move to what was restored like to any
publication.

>>> load_manifest(Path("/nowhere"))
Traceback (most recent call last):
...
graph.backup.DamagedBackupError: expected a backup at '/nowhere': no 'manifest.json'
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from graph.errors import GraphError
from graph.freshness import forget_fingerprint
from graph.store import (
    COMMAND_WAIT_SECONDS,
    StoreNotFoundError,
    copy_database,
    hold_store,
    newest_snapshot,
    open_store,
    replace_database,
)
from graph.tokens import TOKEN_FILE
from graph.tombstones import (
    TOMBSTONE_FILE,
    Tombstones,
    find_losses_between,
    find_removals,
)

logger = logging.getLogger(__name__)

KIND = "tanpu backup"
FORMAT_VERSION = 1
MANIFEST = "manifest.json"
DATABASE = "database"
DECISIONS = "decisions.jsonl"
# Where decisions are kept that a restored backup took the place of.
REPLACED = ".before-restore"
_PRIVATE_FILE, _PRIVATE_FOLDER = 0o600, 0o700


class BackupError(GraphError):
    """Base of what can go wrong with backups."""


class BackupExistsError(BackupError):
    """There is something already where a backup is to be made."""


class DamagedBackupError(BackupError):
    """A backup lacks files, or has others than those that were written."""


class ForeignBackupError(BackupError):
    """A folder that is no backup of this format, or one of a store with another base."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup holds: ``files`` has the SHA-256 of each by its path, with ``/``."""

    kind: str
    format: int
    created: str
    base: str
    snapshot: int
    quads: int
    files: Mapping[str, str]


def make_backup(
    store: Path, decisions: Path, target: Path, *, now: datetime, tokens: bool = False
) -> Manifest:
    """Copy what was published last, and the decisions, into a new folder.

    Args:
        store: The store's folder.
        decisions: The file of decisions; there may be none.
        target: The folder of the backup; it appears when it is whole.
        now: An aware time.
        tokens: Whether the hashed tokens are copied too.

    Raises:
        BackupExistsError: There is something at the target.
        StoreError: There is no store, it cannot be read, or somebody writes for too long.
        OSError: A file cannot be read or written.
    """
    if target.exists():
        raise BackupExistsError(f"expected nothing at {str(target)!r}, got something there")
    with open_store(store, mode="read") as reader:
        base = reader.base
    unfinished = target.with_name(f"{target.name}.unfinished")
    if unfinished.exists():
        shutil.rmtree(unfinished)
    unfinished.mkdir(parents=True, mode=_PRIVATE_FOLDER)
    with hold_store(store, wait_seconds=COMMAND_WAIT_SECONDS):
        snapshot = newest_snapshot(store)
        copy_database(snapshot.folder, unfinished / DATABASE)
        _copy_tombstones(store / TOMBSTONE_FILE, unfinished / TOMBSTONE_FILE)
        if decisions.exists():
            shutil.copyfile(decisions, unfinished / DECISIONS)
        if tokens and (store / TOKEN_FILE).exists():
            _copy_privately(store / TOKEN_FILE, unfinished / TOKEN_FILE)
    files = {name: _checksum(unfinished / name) for name in _list_files(unfinished)}
    manifest = Manifest(
        kind=KIND,
        format=FORMAT_VERSION,
        created=now.astimezone(UTC).isoformat(timespec="seconds"),
        base=base,
        snapshot=snapshot.number,
        quads=len(ox.Store.read_only(str(snapshot.folder))),
        files=files,
    )
    text = json.dumps(asdict(manifest), ensure_ascii=False, indent=2) + "\n"
    _write_privately(unfinished / MANIFEST, text.encode("utf-8"))
    unfinished.rename(target)
    logger.info("backed up snapshot %d of %s", snapshot.number, store)
    return manifest


def restore_backup(
    source: Path,
    store: Path,
    decisions: Path,
    *,
    expected_base: str | None = None,
    tokens: bool = False,
) -> int:
    """Make a store what a backup holds; a running service moves to it.

    Nothing is touched before the whole backup has been checked. Decisions that are replaced are
    kept beside the new ones; what is published and not in the backup is remembered as gone.

    Args:
        source: The folder of the backup.
        store: The store's folder; it is made where there is none.
        decisions: The file of decisions.
        expected_base: The base that the store is to have; None takes that of the backup.
        tokens: Whether the tokens are put back too, also those that were revoked since.

    Returns:
        The number of the publication.

    Raises:
        DamagedBackupError: The backup is not as it was written.
        ForeignBackupError: It is none of ours, or of another base.
        StoreError: The store cannot be written, or somebody writes for too long.
        TombstoneError: What is remembered of things that are gone cannot be read or written.
        OSError: A file cannot be read or written.
    """
    manifest = check_backup(source)
    if expected_base is not None and manifest.base != expected_base:
        raise ForeignBackupError(
            f"expected a backup with the base {expected_base!r}, got {manifest.base!r}"
        )
    if tokens and TOKEN_FILE not in manifest.files:
        raise ForeignBackupError(f"expected a backup with tokens, got none in {str(source)!r}")
    store.mkdir(parents=True, exist_ok=True)
    _refuse_foreign_store(store, manifest)
    with hold_store(store, wait_seconds=COMMAND_WAIT_SECONDS):
        forget_fingerprint(store)
        _remember_losses(store, source, manifest.base)
        _copy_tombstones(source / TOMBSTONE_FILE, store / TOMBSTONE_FILE)
        number = replace_database(store, source / DATABASE, base=manifest.base)
        _restore_decisions(source, decisions)
        if tokens:
            unfinished = store / f"{TOKEN_FILE}.unfinished"
            unfinished.unlink(missing_ok=True)
            _copy_privately(source / TOKEN_FILE, unfinished)
            unfinished.replace(store / TOKEN_FILE)
    return number


def check_backup(source: Path) -> Manifest:
    """The manifest of a backup whose files are all as they were written.

    Raises:
        DamagedBackupError: A file is missing, or another one than was written.
        ForeignBackupError: It is no backup of this format.
        OSError: A file cannot be read.
    """
    manifest = load_manifest(source)
    for name, expected in sorted(manifest.files.items()):
        path = source / name
        if path.is_symlink() or not path.is_file():
            raise DamagedBackupError(f"expected the file {name!r} in {str(source)!r}, got none")
        found = _checksum(path)
        if found != expected:
            raise DamagedBackupError(
                f"{str(path)!r}: expected the checksum {expected}, got {found}"
            )
    unknown = sorted(set(_list_files(source)) - manifest.files.keys() - {MANIFEST})
    if unknown:
        raise DamagedBackupError(f"expected the files of the manifest alone, got {unknown[0]!r}")
    return manifest


def load_manifest(source: Path) -> Manifest:
    """What a backup says that it holds.

    Raises:
        DamagedBackupError: There is no manifest, or it cannot be read.
        ForeignBackupError: It is that of something else.
    """
    try:
        read: Any = json.loads((source / MANIFEST).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise DamagedBackupError(
            f"expected a backup at {str(source)!r}: no {MANIFEST!r}"
        ) from error
    except ValueError as error:
        raise DamagedBackupError(f"expected JSON in {str(source / MANIFEST)!r}: {error}") from error
    if not isinstance(read, dict) or (read.get("kind"), read.get("format")) != (
        KIND,
        FORMAT_VERSION,
    ):
        raise ForeignBackupError(
            f"expected a {KIND} of format {FORMAT_VERSION} at {str(source)!r}, got another"
        )
    try:
        manifest = Manifest(**read)
    except TypeError as error:
        raise DamagedBackupError(f"expected a manifest in {str(source)!r}: {error}") from error
    for name in manifest.files:
        if name.startswith("/") or ".." in name.split("/"):
            raise DamagedBackupError(f"expected a path inside the backup, got {name!r}")
    return manifest


def _refuse_foreign_store(store: Path, manifest: Manifest) -> None:
    file = store / "store.json"
    if not file.exists():
        return
    base = json.loads(file.read_text(encoding="utf-8")).get("base")
    if base != manifest.base:
        raise ForeignBackupError(
            f"expected a backup with the base {base!r} of the store, got {manifest.base!r}"
        )


def _copy_tombstones(source: Path, target: Path) -> None:
    """Add the tombstones of one file to another."""
    tombstones = Tombstones(source)
    copies = Tombstones(target)
    try:
        copies.add(tombstones.all())
        copies.note_removals(tombstones.removals())
    finally:
        tombstones.close()
        copies.close()


def _remember_losses(store: Path, source: Path, base: str) -> None:
    """Keep tombstones of what was published and is not in the backup."""
    try:
        published = newest_snapshot(store).folder
    except StoreNotFoundError:
        return
    before = ox.Store.read_only(str(published))
    losses = find_losses_between(before, ox.Store.read_only(str(source / DATABASE)), base)
    tombstones = Tombstones(store / TOMBSTONE_FILE)
    try:
        tombstones.add(losses)
        tombstones.note_removals(find_removals(losses, datetime.now(UTC)))
    finally:
        tombstones.close()


def _restore_decisions(source: Path, decisions: Path) -> None:
    """Put the decisions back that were there; those of now are kept under another name."""
    restored = source / DECISIONS
    if decisions.exists():
        same = restored.exists() and restored.read_bytes() == decisions.read_bytes()
        if same:
            return
        decisions.replace(decisions.with_name(decisions.name + REPLACED))
    if restored.exists():
        unfinished = decisions.with_name(f"{decisions.name}.unfinished")
        shutil.copyfile(restored, unfinished)
        unfinished.replace(decisions)


def _list_files(folder: Path) -> list[str]:
    return sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()
    )


def _checksum(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _copy_privately(source: Path, target: Path) -> None:
    _write_privately(target, source.read_bytes())


def _write_privately(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE_FILE)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
