"""What an index on Milvus promises beyond the contract: several nodes share it, and it is of one model."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from milvus_indexes import MODEL, new_name
from pymilvus import DataType, MilvusClient
from search_indexes import DIMENSION, ids_of, label, labels_of, minutiae, vector

from biometrics.kernel.errors import InvalidVector, ModelMismatch, StoreUnavailable
from biometrics.kernel.people.labels import LABEL, NO_FILTER, Filter, code_number
from fingerprint import vector as print_vector
from index.milvus.collection import LOWEST
from index.milvus.filter import expression
from index.milvus.milvus_index import MilvusIndex

pytestmark = pytest.mark.when_changed("index.milvus")

SCRIPT = Path(__file__).parents[1] / "support" / "add_until_killed.py"


def put(index: MilvusIndex, *individuals: int) -> None:
    ids = ids_of(*individuals)
    index.add(ids, [vector(individual) for individual in individuals], labels_of(ids))


def held(index: MilvusIndex) -> list[int]:
    return sorted(index.search(vector(0), 1000).ids.tolist())


def test_a_node_that_starts_knows_where_the_others_are(milvus_url: str) -> None:
    name = new_name()
    first = MilvusIndex(milvus_url, name, DIMENSION, MODEL)
    for number in (4, 2**40, 2**40 + 7):
        put(first, number % 1000)
        first.sequence = number
        second = MilvusIndex(milvus_url, name, DIMENSION, MODEL)
        assert (second.sequence, held(second)) == (number, held(first))


def test_a_slow_node_does_not_take_the_sequence_back_and_none_skips_what_it_has_not_applied(milvus_url: str) -> None:
    """A node that wrote something late applies itself what removed it since, although others have done so."""
    name = new_name()
    fast, slow = (MilvusIndex(milvus_url, name, DIMENSION, MODEL) for _ in range(2))
    put(fast, 1, 2)
    fast.remove(ids_of(2))
    fast.sequence = 100
    put(slow, 1, 2)
    slow.sequence = 60
    assert (slow.sequence, fast.sequence) == (60, 100)
    assert MilvusIndex(milvus_url, name, DIMENSION, MODEL).sequence == 100
    slow.remove(ids_of(2))
    slow.sequence = 100
    assert held(slow) == [1]
    assert MilvusIndex(milvus_url, name, DIMENSION, MODEL).sequence == 100


def test_nodes_that_apply_the_same_changes_hold_each_template_once(milvus_url: str) -> None:
    name = new_name()
    nodes = [MilvusIndex(milvus_url, name, DIMENSION, MODEL) for _ in range(3)]
    for start in range(0, 60, 20):
        for node in nodes:
            put(node, *range(start, start + 20))
            node.remove(ids_of(start, start + 1))
            node.sequence = start + 22
    expected = [individual for individual in range(60) if individual % 20 > 1]
    for node in nodes:
        assert (len(node), held(node), node.sequence) == (len(expected), expected, 62)


def test_no_node_writes_its_sequence_to_a_recreated_collection(milvus_url: str) -> None:
    name = new_name()
    nodes = [MilvusIndex(milvus_url, name, DIMENSION, MODEL) for _ in range(2)]
    for node in nodes:
        put(node, 1)
        node.sequence = 100
    MilvusClient(milvus_url).drop_collection(name)
    MilvusIndex(milvus_url, name, DIMENSION, MODEL).sequence = 10
    put(nodes[0], 2)
    nodes[0].sequence = 105
    assert MilvusIndex(milvus_url, name, DIMENSION, MODEL).sequence == 10
    assert [node.sequence for node in nodes] == [10, 10]


def test_a_node_killed_between_vectors_and_sequence_replays_without_duplicates() -> None:
    from milvus_indexes import milvus_server_url

    name = new_name()
    process = subprocess.run(
        [sys.executable, str(SCRIPT), milvus_server_url(), name], capture_output=True, text=True, timeout=120
    )
    assert process.returncode == -signal.SIGKILL, process.stderr
    index = MilvusIndex(milvus_server_url(), name, DIMENSION, MODEL)
    assert (index.sequence, held(index)) == (20, list(range(40)))  # the second twenty were written, and not counted
    put(index, *range(20, 60))
    index.sequence = 60
    assert (len(index), held(index)) == (60, list(range(60)))


def test_a_foreign_collection_is_refused(milvus_url: str) -> None:
    name = new_name()
    MilvusIndex(milvus_url, name, DIMENSION, MODEL)
    for dimension, model in ((DIMENSION + 1, MODEL), (DIMENSION, "cd" * 32)):
        with pytest.raises(ModelMismatch, match="drop it"):
            MilvusIndex(milvus_url, name, dimension, model)


def test_somebody_elses_collection_is_refused(milvus_url: str) -> None:
    name, client = new_name(), MilvusClient(milvus_url)
    schema = client.create_schema(auto_id=False)
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("vector", DataType.FLOAT_VECTOR, dim=DIMENSION)
    client.create_collection(name, schema=schema)
    with pytest.raises(ModelMismatch, match="not one of Pehchan's"):
        MilvusIndex(milvus_url, name, DIMENSION, MODEL)


def test_a_collection_whose_maker_died_half_way_is_completed(milvus_url: str) -> None:
    name, client = new_name(), MilvusClient(milvus_url)
    schema = client.create_schema(auto_id=False)
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("vector", DataType.FLOAT_VECTOR, dim=DIMENSION)
    for field in LABEL.names or ():
        schema.add_field(field, DataType.INT64 if LABEL[field].itemsize == 8 else DataType.INT16)
    client.create_collection(name, schema=schema, properties={"pehchan.model": MODEL})
    index = MilvusIndex(milvus_url, name, DIMENSION, MODEL)
    put(index, 3)
    assert held(index) == [3]


def test_a_cleared_index_starts_empty(milvus_url: str) -> None:
    name = new_name()
    index = MilvusIndex(milvus_url, name, DIMENSION, MODEL)
    put(index, 1, 2)
    index.sequence = 9
    index.clear()
    assert (len(index), index.sequence, held(index)) == (0, 0, [])
    put(index, 3)
    assert held(index) == [3]
    assert MilvusIndex(milvus_url, name, DIMENSION, MODEL).sequence == 0


def test_prints_are_searched_by_the_vector_of_their_minutiae(milvus_url: str) -> None:
    index = MilvusIndex(milvus_url, new_name(), print_vector.DIMENSION, MODEL, print_vector.vector)
    index.add(np.arange(30), [minutiae(n) for n in range(30)], labels_of(np.arange(30)))
    for individual in (0, 13, 29):
        hits = index.search(minutiae(individual), 3)
        assert hits.ids[0] == individual
        assert hits.scores[0] == pytest.approx(1, abs=1e-5)


def test_features_that_give_no_finite_vector_are_refused(milvus_url: str) -> None:
    index = MilvusIndex(
        milvus_url, new_name(), DIMENSION, MODEL, lambda item: np.full(DIMENSION, item["x"].mean() / 0, np.float32)
    )
    with np.errstate(all="ignore"), pytest.raises(InvalidVector):
        index.add(ids_of(1), [minutiae(1)], label(1))
    with np.errstate(all="ignore"), pytest.raises(InvalidVector):
        index.search(minutiae(1), 1)
    assert len(index) == 0


def test_ids_that_the_sequence_is_kept_under_are_refused(milvus_url: str) -> None:
    index = MilvusIndex(milvus_url, new_name(), DIMENSION, MODEL)
    with pytest.raises(InvalidVector):
        index.add(ids_of(LOWEST - 1), [vector(1)], label(1))
    index.add(ids_of(LOWEST, 2**63 - 1), [vector(1), vector(2)], labels_of(ids_of(1, 2)))
    assert held(index) == [LOWEST, 2**63 - 1]


def test_codes_that_no_signed_number_holds_are_found(milvus_url: str) -> None:
    high = next(code for code in map(str, range(100)) if code_number(code) >= 2**63)
    labels = labels_of(ids_of(1, 2))
    labels["station"][0] = labels["district"][1] = code_number(high)
    index = MilvusIndex(milvus_url, new_name(), DIMENSION, MODEL)
    index.add(ids_of(1, 2), [vector(1), vector(2)], labels)
    assert index.search(vector(1), 9, Filter(stations=frozenset({high}))).ids.tolist() == [1]
    assert index.search(vector(1), 9, Filter(districts=frozenset({high}))).ids.tolist() == [2]


def test_everybody_is_searched_without_a_condition() -> None:
    assert expression(NO_FILTER) == ""
    assert expression(Filter(born=(1970, 1979), without=frozenset({5, 3}))) == (
        "(birth_year == -1 or (birth_year >= 1970 and birth_year <= 1979)) and person not in [3, 5]"
    )


def test_more_that_are_equally_good_than_were_asked_for_are_the_first_by_id(milvus_url: str) -> None:
    index = MilvusIndex(milvus_url, new_name(), DIMENSION, MODEL)
    ids = np.random.default_rng(0).permutation(300)
    index.add(ids, [vector(7)] * 300, labels_of(np.arange(300)))
    hits = index.search(vector(7), 5)
    assert hits.ids.tolist() == [0, 1, 2, 3, 4]
    assert len(set(hits.scores.tolist())) == 1


@pytest.mark.parametrize("silent", [False, True], ids=["nobody listens", "nobody answers"])
def test_an_unreachable_server_is_an_error(silent: bool) -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        if silent:
            listening.listen()
        with pytest.raises(StoreUnavailable, match=r"Milvus at 127\.0\.0\.1 does not answer.*PEHCHAN_VECTORS_URL"):
            MilvusIndex(f"http://127.0.0.1:{listening.getsockname()[1]}", new_name(), DIMENSION, MODEL)
