"""Backups: what is put back is what was there, and a bad one leaves everything as it is."""

from __future__ import annotations

import json
import shutil
import stat
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rdflib import Graph, URIRef

from graph.backup import (
    DATABASE,
    DECISIONS,
    MANIFEST,
    REPLACED,
    BackupExistsError,
    DamagedBackupError,
    ForeignBackupError,
    make_backup,
    restore_backup,
)
from graph.store import Store, StoreLockedError, StoreNotFoundError, hold_store, open_store
from graph.tokens import TOKEN_FILE, create_token, list_tokens, revoke_token

BASE = "http://graph.example/"
NOW = datetime(2031, 5, 6, tzinfo=UTC)


def node(name: str) -> URIRef:
    return URIRef(BASE + name)


def write(path: Path, *names: str) -> None:
    """Make a store hold graphs of these names and no others."""
    with open_store(path, mode="write", base=BASE) as store:
        for iri in store.graphs():
            store.remove_graph(iri)
        for name in names:
            store.replace_graph(str(node(name)), Graph().add((node(name),) * 3))
        store.publish()


def names(store: Store) -> list[str]:
    return [iri.removeprefix(BASE) for iri in store.graphs()]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    write(tmp_path / "store", "a", "b")
    return tmp_path / "store"


@pytest.fixture
def decisions(tmp_path: Path) -> Path:
    file = tmp_path / "decisions.jsonl"
    file.write_text("{}\n", encoding="utf-8")
    return file


@pytest.fixture
def backup(path: Path, decisions: Path, tmp_path: Path) -> Path:
    make_backup(path, decisions, tmp_path / "backup", now=NOW)
    return tmp_path / "backup"


def test_a_reader_moves_to_what_was_restored(path: Path, decisions: Path, backup: Path) -> None:
    write(path, "c")
    with open_store(path, mode="read") as reader:
        before = reader.version
        assert restore_backup(backup, path, decisions) == before + 1
        assert names(reader) == ["c"]
        assert reader.refresh()
        assert names(reader) == ["a", "b"]
    with open_store(path, mode="write") as writer:
        assert names(writer) == ["a", "b"]
        writer.replace_graph(str(node("d")), Graph().add((node("d"),) * 3))
        assert writer.publish() == before + 2


def test_a_backup_makes_a_store_where_there_is_none(
    tmp_path: Path, decisions: Path, backup: Path
) -> None:
    assert restore_backup(backup, tmp_path / "new", tmp_path / "new.jsonl") == 1
    with open_store(tmp_path / "new", mode="read") as reader:
        assert (names(reader), reader.base) == (["a", "b"], BASE)
    assert (tmp_path / "new.jsonl").read_text() == "{}\n"


def test_what_is_not_published_is_not_in_a_backup(
    path: Path, decisions: Path, tmp_path: Path
) -> None:
    with open_store(path, mode="write") as writer:
        writer.remove_graph(str(node("a")))
    make_backup(path, decisions, tmp_path / "other", now=NOW)
    restore_backup(tmp_path / "other", path, decisions)
    with open_store(path, mode="write") as writer:
        assert names(writer) == ["a", "b"]


def test_decisions_come_back_and_those_of_now_are_kept(
    path: Path, decisions: Path, backup: Path
) -> None:
    decisions.write_text("new\n", encoding="utf-8")
    restore_backup(backup, path, decisions)
    assert decisions.read_text() == "{}\n"
    assert decisions.with_name(decisions.name + REPLACED).read_text() == "new\n"


def test_tokens_are_copied_and_put_back_only_when_that_is_asked_for(
    path: Path, decisions: Path, tmp_path: Path
) -> None:
    create_token(path / TOKEN_FILE, "t", ["ingest"], days=1, now=NOW)
    make_backup(path, decisions, tmp_path / "without", now=NOW)
    make_backup(path, decisions, tmp_path / "with", now=NOW, tokens=True)
    assert not (tmp_path / "without" / TOKEN_FILE).exists()
    assert stat.S_IMODE((tmp_path / "with" / TOKEN_FILE).stat().st_mode) == 0o600
    revoke_token(path / TOKEN_FILE, "t", now=NOW)
    restore_backup(tmp_path / "with", path, decisions)
    assert list_tokens(path / TOKEN_FILE)[0].revoked is not None
    restore_backup(tmp_path / "with", path, decisions, tokens=True)
    assert list_tokens(path / TOKEN_FILE)[0].revoked is None
    with pytest.raises(ForeignBackupError, match="tokens"):
        restore_backup(tmp_path / "without", path, decisions, tokens=True)


def change_byte(backup: Path) -> None:
    file = max((backup / DATABASE).iterdir(), key=lambda f: f.stat().st_size)
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)


def remove_file(backup: Path) -> None:
    next((backup / DATABASE).glob("*.sst")).unlink()


def add_file(backup: Path) -> None:
    (backup / DATABASE / "999999.sst").write_bytes(b"x")


def change_decisions(backup: Path) -> None:
    (backup / DECISIONS).write_text("other\n", encoding="utf-8")


def cut_manifest(backup: Path) -> None:
    (backup / MANIFEST).write_text('{"kind": "tanpu', encoding="utf-8")


def remove_manifest(backup: Path) -> None:
    (backup / MANIFEST).unlink()


def lead_outside(backup: Path) -> None:
    edit(backup, files={"../store/store.json": "0"})


def claim_other_base(backup: Path) -> None:
    edit(backup, base="http://elsewhere.example/")


def claim_other_format(backup: Path) -> None:
    edit(backup, format=99)


def edit(backup: Path, **changes: object) -> None:
    manifest = json.loads((backup / MANIFEST).read_text(encoding="utf-8"))
    (backup / MANIFEST).write_text(json.dumps(manifest | changes), encoding="utf-8")


@pytest.mark.parametrize(
    ("damage", "error"),
    [
        (change_byte, DamagedBackupError),
        (remove_file, DamagedBackupError),
        (add_file, DamagedBackupError),
        (change_decisions, DamagedBackupError),
        (cut_manifest, DamagedBackupError),
        (remove_manifest, DamagedBackupError),
        (lead_outside, DamagedBackupError),
        (claim_other_base, ForeignBackupError),
        (claim_other_format, ForeignBackupError),
    ],
)
def test_a_damaged_or_foreign_backup_is_refused_and_changes_nothing(
    path: Path,
    decisions: Path,
    backup: Path,
    damage: Callable[[Path], None],
    error: type[Exception],
) -> None:
    damage(backup)
    write(path, "c")
    decisions.write_text("new\n", encoding="utf-8")
    with pytest.raises(error):
        restore_backup(backup, path, decisions)
    assert decisions.read_text() == "new\n"
    for mode in ("read", "write"):
        with open_store(path, mode=mode) as store:
            assert names(store) == ["c"]


def test_a_restoration_that_was_cut_off_between_two_databases_is_mended(
    path: Path, decisions: Path, backup: Path
) -> None:
    write(path, "c")
    # As after the renaming of the old database, before that of the new one.
    shutil.copytree(backup / DATABASE, path / "live.restored")
    (path / "UNPUBLISHED").touch()
    (path / "live").rename(path / "live.replaced")
    with open_store(path, mode="read") as reader:
        assert names(reader) == ["c"]
    with open_store(path, mode="write") as writer:
        assert names(writer) == ["a", "b"]
        writer.publish()
    with open_store(path, mode="read") as reader:
        assert names(reader) == ["a", "b"]


def test_nothing_is_copied_while_somebody_writes(
    path: Path, decisions: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graph.backup.COMMAND_WAIT_SECONDS", 0.1)
    with hold_store(path), pytest.raises(StoreLockedError):
        make_backup(path, decisions, tmp_path / "other", now=NOW)
    assert not (tmp_path / "other").exists()


def test_a_backup_takes_the_place_of_nothing(path: Path, decisions: Path, backup: Path) -> None:
    with pytest.raises(BackupExistsError):
        make_backup(path, decisions, backup, now=NOW)


def test_where_there_is_no_store_there_is_no_backup(tmp_path: Path, decisions: Path) -> None:
    with pytest.raises(StoreNotFoundError):
        make_backup(tmp_path / "none", decisions, tmp_path / "backup", now=NOW)
    assert not (tmp_path / "backup").exists()


def test_what_a_backup_does_not_hold_is_remembered_as_gone(
    path: Path, decisions: Path, tmp_path: Path
) -> None:
    make_backup(path, decisions, tmp_path / "backup", now=NOW)
    write(path, "a", "id/org/later-0123456789")
    restore_backup(tmp_path / "backup", path, decisions)
    with open_store(path, mode="read") as reader:
        assert reader.departure(BASE + "id/org/later-0123456789") is not None
        assert reader.departure(BASE + "id/org/never-0123456789") is None


def test_a_backup_remembers_what_was_gone_when_it_was_made(
    path: Path, decisions: Path, tmp_path: Path
) -> None:
    write(path, "id/org/earlier-0123456789")
    write(path, "a")
    make_backup(path, decisions, tmp_path / "backup", now=NOW)
    restore_backup(tmp_path / "backup", tmp_path / "elsewhere", decisions)
    with open_store(tmp_path / "elsewhere", mode="read") as reader:
        assert reader.departure(BASE + "id/org/earlier-0123456789") is not None
