"""The indexes of prints and palms that a national index has in a Ray cluster: each state's in partitions of its own.

A server of the national index reads the states, and sends what it read to partitions that only it uses: its copies of
the states are its own, too. So they have its name.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Mapping
from pathlib import Path

from api.bootstrap.engine import divided_index, in_cluster, own_index, partitions_folder
from api.settings import Settings
from biometrics.kernel.technique.atomic_file import whole_file
from biometrics.kernel.technique.private_folders import make_private
from biometrics.matching.gallery import TemplateSource
from biometrics.matching.ports import Recogniser, SearchIndex
from biometrics.use_cases.engine.engine import Engine
from biometrics.use_cases.search.national_index import StateIndex
from index.cluster.layouts import PartitionLayout, end_layout, layouts
from index.cluster.partition import METHODS
from index.cluster.ray_index import RayIndex

log = logging.getLogger("pehchan")


class NationalPartitions:
    """Opens the indexes of states in the cluster of the settings, looks after their copies, and ends unused ones."""

    def __init__(self, settings: Settings, station: str, folder: Path, partitions: Mapping[str, int]) -> None:
        """Take the UUID of the server's database, its folder of copies of states, and partitions by state."""
        self._settings, self._partitions = settings, partitions
        self._prefix = f"{station}-national-{_server(folder)}"

    def open_index(self, code: str, path: Path, source: TemplateSource, recogniser: Recogniser) -> SearchIndex:
        """Open an index of a state by the path of its snapshot: in the cluster, or in memory where it cannot be there.

        Raises:
            StoreUnavailable, PartitionsMissing: the cluster does not answer.
        """
        if not in_cluster(self._settings, recogniser):
            return own_index(path, source, recogniser)
        return divided_index(self._settings, self._name(path), self._partitions[code], source, recogniser)

    def tend(self, state: StateIndex) -> bool:
        """Keep as many copies of the partitions of a state as the settings say; say whether to look again at once.

        Raises:
            StoreUnavailable: a copy could not be filled.
        """
        more_work = [index.tend() for index in state.indexes if isinstance(index, RayIndex)]
        return any(more_work)

    def holds(self, layout: PartitionLayout) -> bool:
        """Say whether a layout is one of this server's for one of the states.

        That of a state before it was restored counts, too: the server ends it.
        """
        return any(
            layout.name.startswith(f"{self._prefix}-{code}-") and layout.partitions == number
            for code, number in self._partitions.items()
        )

    def end_unused(self, states: Mapping[str, StateIndex], engine: Engine) -> None:
        """End partitions that none of some states uses, such as those of a state that was removed or restored.

        Raises:
            StoreUnavailable, PartitionsMissing: the cluster does not answer.
        """
        running = layouts(self._settings.cluster_url, self._prefix)
        recognisers = [channel.recogniser for channel in engine.by_model.values()]
        # Read after the list of those that run, so that an index that is opened meanwhile is in neither.
        used = {
            (self._name(state.path_of(recogniser)), self._partitions[code])
            for code, state in states.items()
            for recogniser in recognisers
        }
        for layout in running:
            if (layout.name, layout.partitions) not in used:
                end_layout(self._settings.cluster_url, layout, partitions_folder(self._settings))
                log.info("The partitions %s of the national index, which are no longer used, have ended.", layout.name)

    def _name(self, path: Path) -> str:
        return f"{self._prefix}-{path.stem}-v{METHODS}"


def _server(folder: Path) -> str:
    """Return the name of this server, made when it is first needed."""
    make_private(folder)
    file = folder / "server"
    if not file.exists():
        with whole_file(file) as new:
            new.write(uuid.uuid4().hex)
    return file.read_text()
