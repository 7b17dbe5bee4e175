"""Open a saved index, or say why it cannot be trusted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from biometrics.kernel.errors import InvalidVector, SnapshotDamaged
from index.snapshot_file import Snapshot, read

Index = TypeVar("Index")


def load(
    path: Path, model: str, kinds: Mapping[str, Callable[[Snapshot], Index]], secret: bytes | None = None
) -> Index:
    """Load the index saved at `path`, whose features `model` made.

    Args:
        path: the file that an index's `save` wrote.
        model: the model that made the features to be searched with.
        kinds: how to make an index of each kind that is accepted, by the kind's name: a class's `restored`.
        secret: what the file was encrypted with, where it was.

    Raises:
        SnapshotDamaged: it cannot be read, is not whole, is of another format or kind, or is of another feature space.
            The caller rebuilds from the database.
    """
    saved = read(path, secret)
    restore = kinds.get(saved.kind)
    if restore is None:
        raise SnapshotDamaged(
            f"The saved index {path} is of the kind {saved.kind!r}, not {' or '.join(kinds)}; it must be rebuilt."
        )
    if saved.model != model:
        raise SnapshotDamaged(
            f"The saved index {path} holds what another model made ({saved.model[:12]}, not {model[:12]}); "
            "it must be rebuilt."
        )
    try:
        return restore(saved)
    except InvalidVector as error:
        raise SnapshotDamaged(f"The saved index {path} holds what no index accepts: {error}") from error
