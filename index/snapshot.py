"""Open a saved index, or say why it cannot be trusted."""

from __future__ import annotations

from pathlib import Path

from biometrics.errors import InvalidVector, SnapshotDamaged
from index.exact import ExactIndex
from index.faiss_index import FaissIndex
from index.snapshot_file import read

_KINDS: dict[str, type[ExactIndex] | type[FaissIndex]] = {kind.KIND: kind for kind in (ExactIndex, FaissIndex)}


def load(path: Path, model: str, dimension: int) -> ExactIndex | FaissIndex:
    """Load the index saved at `path`, of the kind that saved it, for vectors of this model and dimension.

    Raises:
        SnapshotDamaged: it cannot be read, is not whole, is of a newer format, or is of another feature space. The
            caller rebuilds from the database.
    """
    saved = read(path)
    kind = _KINDS.get(saved.kind)
    if kind is None:
        raise SnapshotDamaged(f"The saved index {path} is of the unknown kind {saved.kind!r}; it must be rebuilt.")
    if saved.model != model or saved.vectors.shape[1] != dimension:
        raise SnapshotDamaged(
            f"The saved index {path} holds vectors of another model ({saved.model[:12]}, {saved.vectors.shape[1]} "
            f"numbers each, instead of {model[:12]}, {dimension}); it must be rebuilt."
        )
    index = kind(dimension)
    try:
        index.add(saved.ids, saved.vectors)
    except InvalidVector as error:
        raise SnapshotDamaged(f"The saved index {path} holds what no index accepts: {error}") from error
    index.sequence = saved.sequence
    return index
