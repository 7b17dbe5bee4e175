"""Raw scores in a file: NumPy's .npz with arrays and one JSON header; and as a table, CSV or Parquet.

header        UTF-8 bytes of JSON: format 1, command, date, absent, provenance (version, commit, machine, packages),
              and of each set: part, system, model, calibration, protocol, unit, subjects (names), files, groups,
              gallery (people searched, null without a search)
<i>.subject, failed, pairs, scores    as `ScoreSet` has them; i counts the sets from 0
<i>.decibans                          where the system has a calibration
<i>.searches.subjects, mated, others, ranks    as `Searches` has them, where there were searches
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from benchmarks.metrics.identification import Searches
from benchmarks.runs.datasets import UnusableDataset
from benchmarks.runs.score_set import Samples, ScoreSet, StoredEvaluation
from biometrics.kernel.errors import InvalidField

FORMAT = 1
COLUMNS = ("part", "system", "image_1", "image_2", "subject_1", "subject_2", "mated", "score")

Arrays = Mapping[str, NDArray[Any]]


def save(evaluation: StoredEvaluation, path: Path) -> None:
    """Write an evaluation.

    Raises:
        InvalidField: it cannot be written.
    """
    arrays: dict[str, NDArray[Any]] = {}
    for i, score_set in enumerate(evaluation.sets):
        arrays.update({f"{i}.{name}": values for name, values in _arrays(score_set).items()})
    arrays["header"] = np.frombuffer(json.dumps(_header(evaluation)).encode(), dtype=np.uint8)
    try:
        np.savez_compressed(path, allow_pickle=False, **arrays)
    except OSError as error:
        raise InvalidField(f"{path} cannot be written: {error.strerror}. Name another file.") from error


def export(evaluation: StoredEvaluation, path: Path) -> None:
    """Write all comparisons as a table with the columns `COLUMNS`: Parquet in a file `*.parquet`, else CSV (RFC 4180).

    Images are files, by the last two parts of their paths, subjects names; `mated` is 1 or 0 in CSV, a truth value in
    Parquet; the score is raw, and empty or null where an image gave no template. A Parquet file has the .npz
    file's header in its metadata, as `pehchan`. Nothing is calibrated: decibans are stated by `bench report` alone,
    within what the data support.

    Raises:
        InvalidField: it cannot be written, or Parquet needs pyarrow, which is not installed.
    """
    try:
        if path.suffix == ".parquet":
            _write_parquet(evaluation, path)
        else:
            _write_csv(evaluation, path)
    except OSError as error:
        raise InvalidField(f"{path} cannot be written: {error.strerror}. Name another file.") from error


def _write_csv(evaluation: StoredEvaluation, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for score_set in evaluation.sets:
            writer.writerows(_rows(score_set))


def _rows(score_set: ScoreSet) -> Iterator[Sequence[object]]:
    images, names = score_set.samples.names, score_set.samples.subjects
    subjects = zip(*(side.tolist() for side in score_set.sides), strict=True)
    for (a, b), (first, second), score in zip(
        score_set.pairs.tolist(), subjects, score_set.scores.tolist(), strict=True
    ):
        value = "" if score == -np.inf else repr(score)
        pair = (images[a], images[b], names[first], names[second])
        yield score_set.part, score_set.system, *pair, int(first == second), value


def _write_parquet(evaluation: StoredEvaluation, path: Path) -> None:
    try:
        import pyarrow
        from pyarrow import parquet
    except ModuleNotFoundError as error:
        raise InvalidField("Parquet needs pyarrow; install 'pehchan[parquet]', or name a .csv file.") from error

    def table(score_set: ScoreSet) -> pyarrow.Table:
        count, names = len(score_set.pairs), pyarrow.array(score_set.samples.subjects, pyarrow.string())
        images = pyarrow.array(score_set.samples.names, pyarrow.string())
        columns = (
            pyarrow.repeat(score_set.part, count),
            pyarrow.repeat(score_set.system, count),
            *(images.take(pyarrow.array(score_set.pairs[:, side])) for side in (0, 1)),
            *(names.take(pyarrow.array(side)) for side in score_set.sides),
            pyarrow.array(score_set.mated),
            pyarrow.array(score_set.scores, mask=np.isneginf(score_set.scores)),
        )
        return pyarrow.table(dict(zip(COLUMNS, columns, strict=True)))

    whole = pyarrow.concat_tables(map(table, evaluation.sets))
    parquet.write_table(whole.replace_schema_metadata({"pehchan": json.dumps(_header(evaluation))}), path)


def load(path: Path) -> StoredEvaluation:
    """Read an evaluation.

    Raises:
        UnusableDataset: absent, damaged, or of another format.
    """
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as arrays:
            header = _checked(json.loads(arrays["header"].tobytes()))
            sets = tuple(_read(described, i, arrays) for i, described in enumerate(header["sets"]))
    except (OSError, ValueError, KeyError, TypeError, EOFError, BadZipFile) as error:
        raise UnusableDataset(f"{path} holds no scores that can be read: {error}") from error
    absent = tuple((str(part), str(system), str(why)) for part, system, why in header["absent"])
    return StoredEvaluation(header["command"], header["date"], absent, sets, header.get("provenance", {}))


def _checked(header: dict[str, Any]) -> dict[str, Any]:
    if header["format"] != FORMAT:
        raise ValueError(f"format {header['format']}, this version reads {FORMAT}")
    return header


def _header(evaluation: StoredEvaluation) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "command": evaluation.command,
        "date": evaluation.date,
        "absent": evaluation.absent,
        "provenance": dict(evaluation.provenance),
        "sets": [_described(score_set) for score_set in evaluation.sets],
    }


def _described(score_set: ScoreSet) -> dict[str, Any]:
    return {
        "part": score_set.part,
        "system": score_set.system,
        "model": score_set.model,
        "calibration": score_set.calibration,
        "protocol": score_set.protocol,
        "unit": score_set.samples.unit,
        "subjects": score_set.samples.subjects,
        "files": score_set.samples.files,
        "groups": dict(score_set.samples.groups),
        "gallery": score_set.searches.gallery if score_set.searches else None,
    }


def _arrays(score_set: ScoreSet) -> Arrays:
    arrays: dict[str, NDArray[Any]] = {
        "subject": score_set.samples.subject,
        "failed": score_set.samples.failed,
        "pairs": score_set.pairs,
        "scores": score_set.scores,
    }
    if score_set.decibans is not None:
        arrays["decibans"] = score_set.decibans
    if score_set.searches:
        searches = score_set.searches
        arrays |= {"searches.subjects": searches.subjects, "searches.mated": searches.mated}
        arrays |= {"searches.others": searches.others, "searches.ranks": searches.ranks}
    return arrays


def _read(header: Mapping[str, Any], i: int, arrays: Arrays) -> ScoreSet:
    def array(name: str) -> NDArray[Any]:
        return arrays[f"{i}.{name}"]

    groups = {kind: tuple(values) for kind, values in header["groups"].items()}
    files = tuple(header.get("files", ()))  # earlier versions stored none
    samples = Samples(header["unit"], tuple(header["subjects"]), array("subject"), array("failed"), groups, files)
    searches = None
    if header["gallery"] is not None:
        subjects, mated, best_non_mated, ranks = (
            array(f"searches.{name}") for name in ("subjects", "mated", "others", "ranks")
        )
        searches = Searches(subjects, mated, best_non_mated, ranks, header["gallery"])
    decibans = array("decibans") if f"{i}.decibans" in arrays else None
    part, system, model, calibration, protocol = (
        str(header[name]) for name in ("part", "system", "model", "calibration", "protocol")
    )
    return ScoreSet(
        part, system, model, calibration, protocol, samples, array("pairs"), array("scores"), decibans, searches
    )
