"""`pehchan keys`: the master key, and the data keys that it encrypts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.bootstrap.store import open_store
from api.cli.arguments import AsJson
from api.cli.operator import operator
from api.cli.progress_bars import bars
from api.cli.terminal import ResultTable, print_result
from api.settings import Settings
from biometrics.kernel.errors import InvalidField, MasterKeyMissing
from biometrics.records.key_store import KeyState, KeyStore
from biometrics.storage.crypto.master_keys import AesMasterKey, add_to_file, make_file, remove_from_file

app = typer.Typer(no_args_is_help=True, help="The master key and the data keys (docs/keys-and-retention.md).")
copies = typer.Typer(no_args_is_help=True, help="Copies of the data keys in backups: list, remove.")
app.add_typer(copies, name="copies")


@app.command("generate")
def generate_master(
    out: Annotated[
        Path | None, typer.Option(help="File to create; by default the key is printed, for a variable.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Create a master key, for PEHCHAN_MASTER_KEY_FILE or PEHCHAN_MASTER_KEY. The station is not changed."""
    if out is None:
        key = AesMasterKey.new()
        print_result({"master_key": key.id, "key": key.text}, as_json, key.text)
    else:
        key_id = make_file(out).id
        sentence = f"{out}: master key {key_id}. Keep a copy where no backup of the data lies."
        print_result({"master_key": key_id, "file": out}, as_json, sentence)


@app.command("show")
def show_keys(as_json: AsJson = False) -> None:
    """Show which master keys are in use, and how many data keys each wraps. No key is shown."""
    with open_store(Settings()) as store:
        state = KeyStore(store.for_actor(operator())).state()
    print_result(state, as_json, _table(state))


@app.command("add")
def add_master(as_json: AsJson = False) -> None:
    """Put a new master key first in the file, for `pehchan keys rotate`: copy the file to all servers first."""
    path = _file(Settings())
    added = add_to_file(path).id
    sentence = f"{path}: new master key {added}, for the next 'pehchan keys rotate'"
    print_result({"master_key": added, "file": path}, as_json, sentence)


@app.command("rotate")
def rotate_master(as_json: AsJson = False) -> None:
    """Wrap all data keys with a new master key, and check them, while the station works. If interrupted, run it again.

    The newest available master key is used. If it is in use already, a new one is added to the file.
    """
    settings = Settings()
    with open_store(settings) as store, bars() as progress:
        keys = KeyStore(store.for_actor(operator()))
        if keys.is_settled():
            add_to_file(_file(settings))
        rotation = keys.rotate(progress)
    print_result(
        rotation,
        as_json,
        f"{rotation.wrapped:,} data keys wrapped by {rotation.master_id}, {rotation.checked:,} opened with it",
        "When every server works with it, 'pehchan keys retire' removes the old master keys from the file.",
    )


@app.command("retire")
def retire_masters(as_json: AsJson = False) -> None:
    """Remove master keys that no data key needs from the file. Anything else that they wrapped is lost."""
    settings = Settings()
    path = _file(settings)
    with open_store(settings) as store:
        removed_ids = remove_from_file(path, KeyStore(store.for_actor(operator())).masters_in_use())
    sentence = f"{path}: {', '.join(removed_ids) or 'nothing'} removed; remove copies of it too"
    print_result({"file": path, "removed": removed_ids}, as_json, sentence)


@copies.command("list")
def list_copies(as_json: AsJson = False) -> None:
    """List the copies of the data keys that `pehchan backup` made; they are rewritten when a key is destroyed."""
    with open_store(Settings()) as store:
        _print_copies(KeyStore(store.for_actor(operator())), as_json)


@copies.command("remove")
def remove_copy(
    path: Annotated[str, typer.Argument(help="Path of a copy that is no longer updated; also delete its file.")],
    as_json: AsJson = False,
) -> None:
    """Remove a copy of the data keys from the list, and list the others."""
    with open_store(Settings()) as store:
        keys = KeyStore(store.for_actor(operator()))
        if not keys.forget_copy(path):
            raise InvalidField(f"There is no copy of the keys at {path}; see 'pehchan keys copies list'.")
        _print_copies(keys, as_json)


def _print_copies(keys: KeyStore, as_json: bool) -> None:
    masters_by_copy = keys.copies()
    print_result(
        masters_by_copy, as_json, *(f"{location}: wrapped by {master}" for location, master in masters_by_copy.items())
    )


def _file(settings: Settings) -> Path:
    path = settings.resolved_master_key_file
    if path is None:
        raise MasterKeyMissing(
            "The master key is in PEHCHAN_MASTER_KEY, where Pehchan cannot change it: put a new one, of 'pehchan keys "
            "generate', before the old one, with a comma between, on all servers; or take the old one away."
        )
    return path


def _table(state: KeyState) -> ResultTable:
    table = ResultTable("master key", "data keys", "available", "", title="Keys")
    for master in sorted({state.current, *state.wrapped, *state.at_hand}):
        at_hand = "yes" if master in state.at_hand else "[red]no[/red]"
        use = "wraps new keys" if master == state.current else ""
        table.add_row(master, f"{state.wrapped.get(master, 0):,}", at_hand, use)
    return table
