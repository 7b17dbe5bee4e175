"""The partitions of one layout of the index of prints: found or started, and called together."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from biometrics.kernel.errors import PartitionsMissing
from index.cluster.partition import Partition
from index.feature_sets.index import CLOSER_EACH

NAMESPACE = "pehchan"
SAVING = "saving"  # the concurrency group in which a partition writes its snapshot, while the other calls go on
LEAST_CPUS = 0.001  # without any, Ray does not spread the partitions over the machines


def partition_names(name: str, partitions: int) -> list[str]:
    """Return the names of a layout's partitions in the cluster."""
    return [f"{name}-{number}-of-{partitions}" for number in range(partitions)]


def snapshot_path(folder: Path, name: str) -> Path:
    """Return where a partition keeps its snapshot."""
    return folder / f"{name}.index"


class Partitions:
    """The partitions of one layout, each a process in the cluster that Ray starts again when it dies."""

    def __init__(self, ray: Any, name: str, partitions: int) -> None:
        """Find the partitions, or start them."""
        self._ray = ray
        self.names = partition_names(name, partitions)
        actor = ray.remote(concurrency_groups={SAVING: 1})(Partition)
        options = {"namespace": NAMESPACE, "get_if_exists": True, "lifetime": "detached", "max_restarts": -1}
        closer_each = -(-CLOSER_EACH // partitions)  # of all together as many as of the embedded index
        self.actors = [
            actor.options(name=each, num_cpus=LEAST_CPUS, scheduling_strategy="SPREAD", **options).remote(closer_each)
            for each in self.names
        ]

    def __len__(self) -> int:
        """Count the partitions."""
        return len(self.names)

    def ask(self, method: str, *arguments: Any, seconds: float) -> list[Any]:
        """Call a method of every partition with the same arguments; see `each`."""
        return self.each(method, [arguments] * len(self), seconds)

    def each(self, method: str, arguments: Sequence[tuple[Any, ...]], seconds: float) -> list[Any]:
        """Call a method of every partition with its own arguments; return the answers.

        Raises:
            PartitionsMissing: a partition has not answered in so many seconds.
            PehchanError: what a partition raised.
        """
        errors = self._ray.exceptions
        calls = [
            self._method(actor, method).remote(*of_partition)
            for actor, of_partition in zip(self.actors, arguments, strict=True)
        ]
        done = set(self._ray.wait(calls, num_returns=len(calls), timeout=seconds)[0])
        answered, missing = {}, []
        for call in calls:
            try:
                if call in done:
                    answered[call] = self._ray.get(call)
                else:
                    missing.append(call)
            except errors.RayTaskError as error:
                raise error.cause or error from error
            except errors.RayError:
                missing.append(call)
        if missing:
            raise PartitionsMissing(
                f"{len(answered)} of {len(calls)} partitions of the index of prints answered within {seconds:g} "
                "seconds. The others come back by themselves; if they do not, look at the machines of the cluster."
            )
        return [answered[call] for call in calls]

    def _method(self, actor: Any, name: str) -> Any:
        method = getattr(actor, name)
        return method.options(concurrency_group=SAVING) if name == "save" else method

    def end(self) -> None:
        """End the processes for good. Their snapshots stay."""
        for actor in self.actors:
            self._ray.kill(actor)
