"""One collection of a Milvus server: its schema, its calls with their time limits, and their errors as ours."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import grpc
from pymilvus import DataType, MilvusClient, MilvusException

from biometrics.kernel.errors import ModelMismatch, StoreUnavailable
from biometrics.kernel.people.labels import LABEL
from index.milvus.filter import signed

MODEL = "pehchan.model"  # property of a collection: which model made its vectors
MADE = "pehchan.made"  # property: different for each collection that was ever made under a name
TEMPLATES = "_default"  # partition of the templates, which Milvus itself makes
POSITIONS = "positions"  # partition of what is known of the change sequence

# The change sequence is at n where a row has the id `START` + n; templates have ids from `LOWEST` up.
START = -(2**62)
LOWEST = -(2**61)

# Seconds. A server that is away refuses at once; these bound the wait for one that is there and silent.
CONNECT = 3
READ = 10
WRITE = 30
LOAD = 600  # of a large collection into the memory of the query nodes

# Every vector is compared, spread over the query nodes. Any other kind has Milvus search what was added lately by a
# coarse interim index, which loses one mate in seven: docs/decisions/0009-milvus.md.
INDEX: dict[str, Any] = {"index_type": "FLAT", "metric_type": "IP", "params": {}}
SEARCH: dict[str, Any] = {"metric_type": "IP", "params": {}}

_INTEGERS = {2: DataType.INT16, 8: DataType.INT64}

# What fails is raised as an error of ours; pymilvus would print a traceback of it as well.
logging.getLogger("pymilvus").setLevel(logging.CRITICAL)


class MilvusCollection:
    """A collection of unit vectors with labels, made where it is absent, of one model and one dimension.

    Any method raises StoreUnavailable when Milvus does not answer in time, and the next one tries again. Safe to use
    from many threads.
    """

    def __init__(self, url: str, name: str, dimension: int, model: str) -> None:
        self.name = name
        self.dimension = dimension
        self.model = model
        self._url = url
        self._client: MilvusClient | None = None
        self._made = ""

    def open(self) -> None:
        """Make the collection where it is absent, check that it is ours, and have it in memory.

        Several nodes may do this at once, and one may have died in the middle of it.

        Raises:
            ModelMismatch: its vectors are of another dimension or made by another model, or it is not an index's.
        """
        with self._answering():
            client = self._client = MilvusClient(self._url, timeout=CONNECT)
            if not client.has_collection(self.name, timeout=READ):
                self._create(client)
            described = client.describe_collection(self.name, timeout=READ)
            self._check(described)
            self._made = described["properties"].get(MADE, "")
            if POSITIONS not in client.list_partitions(self.name, timeout=READ):
                client.create_partition(self.name, POSITIONS, timeout=WRITE)
            if not client.list_indexes(self.name, timeout=READ):
                indexes = client.prepare_index_params()
                indexes.add_index("vector", **INDEX)
                client.create_index(self.name, indexes, timeout=WRITE, sync=False)  # of nothing yet: no need to wait
            client.load_collection(self.name, timeout=LOAD)

    def is_the_one_opened(self) -> bool:
        """Return whether the collection still is the one opened, and has not been dropped and recreated since."""
        with self._answering() as client:
            properties = client.describe_collection(self.name, timeout=READ)["properties"]
            return bool(properties.get(MADE, "") == self._made)

    def drop(self) -> None:
        """Remove the collection with all that it holds."""
        with self._answering() as client:
            client.drop_collection(self.name, timeout=WRITE)

    def upsert(self, rows: Sequence[Mapping[str, Any]], partition: str = TEMPLATES) -> None:
        """Write rows, each with a value for every field, in place of those of the same id."""
        with self._answering() as client:
            client.upsert(self.name, rows, partition_name=partition, timeout=WRITE)

    def delete(self, ids: Sequence[int]) -> None:
        """Remove templates."""
        with self._answering() as client:
            client.delete(self.name, ids=list(ids), partition_name=TEMPLATES, timeout=WRITE)

    def delete_positions_before(self, id_: int) -> None:
        """Remove the rows of positions with smaller ids."""
        with self._answering() as client:
            client.delete(self.name, filter=f"id < {id_}", partition_name=POSITIONS, timeout=WRITE)

    def present(self, ids: Sequence[int], consistency: str) -> list[int]:
        """Return which of some ids are those of templates."""
        condition = f"id in {list(ids)}"
        return [row["id"] for row in self._query(condition, "id", TEMPLATES, consistency)]

    def positions(self) -> list[int]:
        """Return the ids of the rows of positions, as they are now."""
        return [row["id"] for row in self._query("id < 0", "id", POSITIONS, "Strong")]

    def count(self, consistency: str) -> int:
        """Count the templates."""
        condition = f"id >= {LOWEST}"  # milvus-lite counts all partitions where there is none
        return int(self._query(condition, "count(*)", TEMPLATES, consistency)[0]["count(*)"])

    def search(self, query: Any, limit: int, where: str, consistency: str) -> tuple[list[int], list[int], list[float]]:
        """Return ids, people and scores of the templates most like a vector of shape (dimension,), best first."""
        with self._answering() as client:
            (hits,) = client.search(
                self.name,
                data=[query],
                limit=limit,
                filter=where,
                output_fields=["person"],
                search_params=SEARCH,
                consistency_level=consistency,
                partition_names=[TEMPLATES],
                timeout=READ,
            )
            return hits.ids, [hit["entity"]["person"] for hit in hits], hits.distances

    def _query(self, where: str, field: str, partition: str, consistency: str) -> Sequence[Mapping[str, Any]]:
        with self._answering() as client:
            rows: Sequence[Mapping[str, Any]] = client.query(
                self.name,
                filter=where,
                output_fields=[field],
                consistency_level=consistency,
                partition_names=[partition],
                timeout=READ,
            )
            return rows

    def _create(self, client: MilvusClient) -> None:
        schema = client.create_schema(auto_id=False, enable_dynamic_field=False)
        schema.add_field("id", DataType.INT64, is_primary=True)
        schema.add_field("vector", DataType.FLOAT_VECTOR, dim=self.dimension)
        for field in LABEL.names or ():
            schema.add_field(field, _INTEGERS[signed(field).itemsize])
        try:
            properties = {MODEL: self.model, MADE: uuid4().hex}
            client.create_collection(self.name, schema=schema, properties=properties, timeout=WRITE)
        except MilvusException:
            if not client.has_collection(self.name, timeout=READ):  # else another node was first
                raise

    def _check(self, described: Mapping[str, Any]) -> None:
        fields = {field["name"]: field for field in described["fields"]}
        if fields.keys() != {"id", "vector", *(LABEL.names or ())}:
            raise ModelMismatch(f"Milvus' collection {self.name} is not one of Pehchan's; name another, or drop it.")
        dimension, model = int(fields["vector"]["params"]["dim"]), described["properties"].get(MODEL, "")
        if (dimension, model) != (self.dimension, self.model):
            raise ModelMismatch(
                f"Milvus' collection {self.name} holds vectors of {dimension} numbers made by the model {model[:12]}, "
                f"not of {self.dimension} by {self.model[:12]}; drop it, and it is rebuilt from the database."
            )

    @contextmanager
    def _answering(self) -> Iterator[MilvusClient]:
        """Give the connection, and turn what Milvus or the network says into an error of ours."""
        try:
            if self._client is None:
                self._client = MilvusClient(self._url, timeout=CONNECT)
            yield self._client
        except (MilvusException, grpc.RpcError) as error:
            raise StoreUnavailable(
                f"Milvus at {urlsplit(self._url).hostname or self._url} does not answer as it should: {_reason(error)} "
                "Start it, or empty PEHCHAN_VECTORS_URL to keep vectors in this server."
            ) from error


def _reason(error: MilvusException | grpc.RpcError) -> str:
    """Return one sentence."""
    message = error.message if isinstance(error, MilvusException) else error.details()
    return str(message).strip().split("\n")[0][:200].rstrip(".") + "."
