"""Destroying the samples of encounters: rows, keys and files, so that copies elsewhere cannot be read either.

One transaction removes the encounters with their samples, templates and outcomes, the stored searches' probes that are
the same files, and the data keys of all these; the rest of the person's or a search's data is resealed with a
fresh key. The key of saved indexes changes too, so that all older snapshots become unreadable at once. A row lists what
is left to do (the files) until it is done: after an interruption the next run continues.
"""

from __future__ import annotations

import json
import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection, delete, false, or_, select, update

from biometrics.access.jurisdiction import station_of
from biometrics.access.persons import ids_of
from biometrics.access.units import path_within
from biometrics.kernel.access import EVERYWHERE, Purpose, Unit
from biometrics.kernel.casework.cases import Conclusion
from biometrics.kernel.people.encounter import compared_fir
from biometrics.kernel.people.templates import Operation
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.technique.chunks import in_chunks
from biometrics.kernel.technique.clock import day_of, today
from biometrics.people.encounters import count_encounters
from biometrics.people.reencrypt import Sealer
from biometrics.people.removal import emptied_by, lock_to_remove, remove_records
from biometrics.retention.court_facts import with_court_facts
from biometrics.retention.leftovers import ERASED_TEXT, Leftovers, erase_search_text, leftovers_of
from biometrics.retention.probe_files import held_searches
from biometrics.storage.audit.log import plain_json
from biometrics.storage.blobs.encrypted import Owner, SealedImage
from biometrics.storage.blobs.upload import Uploads
from biometrics.storage.crypto.aead import probe_place, seal, unseal
from biometrics.storage.crypto.data_keys import DataKeys, fingerprint
from biometrics.storage.database.counters import CHANGE_COUNTER, advance
from biometrics.storage.database.locks import Lock, hold_each
from biometrics.storage.tables.cases import cases
from biometrics.storage.tables.history import moves
from biometrics.storage.tables.keys import SNAPSHOTS, data_keys
from biometrics.storage.tables.people import encounters, records, samples
from biometrics.storage.tables.retention import expungements
from biometrics.storage.tables.searches import probe_templates, search_probes, searches
from biometrics.storage.tables.station import identity
from biometrics.storage.tables.templates import templates
from biometrics.storage.tables.watchlist import enrolment_checks, search_images, standing_probes, standing_searches
from biometrics.templates.change_log import append_changes
from biometrics.watchlist.rows import end_standing, hold_standing_of

CHUNK: Final = 500  # values in one IN list


@dataclass(frozen=True)
class Destroyed:
    """The result of an expungement in the database: its id, the record's, and the names of the files of the samples.

    `emptied` are the ids of the records that had lost their last encounters to this one, and went with these.
    """

    id: str
    record_id: str
    files: frozenset[str]
    emptied: tuple[str, ...] = ()


Facts = dict[str, Any]


@dataclass(frozen=True)
class _Extent:
    """What of a record is destroyed: encounters with their samples. The keys of all records here are held.

    `earlier` are the records that the encounters were in before: their keys open the samples in older backups.
    `emptied` are those that had these encounters last. `record_ids` are the record's, with those merged into it.
    """

    record_id: str
    encounter_ids: Sequence[str]
    record_ids: frozenset[str]
    earlier: Sequence[str]
    emptied: Sequence[str]
    is_whole_record: bool
    samples: Sequence[Any]
    staying_samples: Sequence[int]

    @property
    def whole_records(self) -> frozenset[str]:
        """The ids of the people of whom nothing stays."""
        return frozenset(self.emptied) - self.record_ids | (self.record_ids if self.is_whole_record else frozenset())

    @property
    def removed(self) -> list[str]:
        """The ids of the records that go."""
        return sorted(self.whole_records.union(self.emptied))

    @property
    def digests(self) -> set[str]:
        """The SHA-256 (hex) of the files."""
        return {sample.image_sha256 for sample in self.samples}

    @property
    def templates(self) -> list[tuple[int, Modality, str]]:
        """The ids of the templates, with their modality and model."""
        templates = [(row.template_id, row.modality, row.model) for row in self.samples if row.template_id is not None]
        return [(number, Modality.named(modality), model) for number, modality, model in sorted(templates)]


class Expunger:
    """Destroys encounters within a unit of work with uploads."""

    def __init__(self, connection: Connection, uploads: Uploads, actor_id: str) -> None:
        """Use a transaction; `actor_id` is the id of the actor."""
        self._connection = connection
        self._uploads = uploads
        self._keys: DataKeys = uploads.keys
        self._actor_id = actor_id

    def expunge(
        self,
        record_id: str,
        choose: Callable[[str], Sequence[Facts]],
        searched_by: Callable[[Facts], Unit] = lambda _: EVERYWHERE,
    ) -> Destroyed | None:
        """Destroy encounters of a record, the record with its last one, and others that had only these last.

        Probes that are the same files go with an encounter, of searches that the unit which `searched_by` returns for
        its facts, or units below that, made.

        `choose` is called with the record's id once it is locked, and returns for each encounter to be
        destroyed at least its "encounter", the id, with what the certificate is to say of it; where it returns nothing,
        nothing is done.

        Raises:
            UnknownRecord: there is none of this id.
        """
        row_id = lock_to_remove(self._connection, record_id).id
        chosen = choose(row_id)
        if not chosen:
            return None
        stated = with_court_facts(self._connection, row_id, chosen)
        number = self._connection.execute(select(records.c.national_number).where(records.c.id == row_id)).scalar()
        extent = self._hold(row_id, [fact["encounter"] for fact in chosen])
        probes = self._hold_probes(extent, {fact["encounter"]: searched_by(fact) for fact in chosen})
        left = leftovers_of(self._connection, extent.removed, extent.encounter_ids, extent.digests)
        left = replace(left, searches=tuple(probes))
        self._keys.replace(self._connection, SNAPSHOTS)  # of saved indexes, which hold the templates
        dead_keys = self._kill_record_keys(extent)
        files = sorted({*self._probe_files(probes), *(sample.image_name for sample in extent.samples)})
        searches = [self._clear_search(search_id, ordinals, left) for search_id, ordinals in probes.items()]
        unit = self._unit(extent.encounter_ids)
        self._remove(extent, list(probes))
        sequence = append_changes(self._connection, Operation.REMOVE, extent.templates)
        self._end_standing(list(probes))
        dead_keys |= self._kill_client_keys(extent.encounter_ids)
        facts = {
            "record": row_id,
            "record_removed": extent.is_whole_record,
            "removed": extent.removed,
            "national_number": number or "",
            "encounters": stated,
            "samples": sorted({sample.id for sample in extent.samples}),
            "templates": [[number, str(modality), model] for number, modality, model in extent.templates],
            "files": files,
            "searches": searches,
            "dead_keys": dead_keys | {search["search"]: search["dead_key"] for search in searches},
            "sequence": sequence,
        }
        destroyed = self._note(facts, unit, left)
        remove_records(self._connection, self._keys, extent.removed)
        merged = extent.record_ids if extent.is_whole_record else ()
        return replace(destroyed, emptied=tuple(other for other in extent.emptied if other not in merged))

    def _hold(self, row_id: str, encounter_ids: Sequence[str]) -> _Extent:
        """Return what goes with encounters of a locked record, once the keys of all records that lose data are held."""
        record_ids = frozenset(ids_of(self._connection, row_id))
        earlier = self._earlier_records(row_id, encounter_ids)
        emptied = emptied_by(self._connection, encounter_ids)
        for owner in sorted({*record_ids, *earlier, *emptied}):  # in one order: two who destroy must not deadlock
            self._keys.hold(self._connection, owner)
        samples = self._samples_of(row_id)
        destroyed = [sample for sample in samples if sample.encounter_id in encounter_ids]
        return _Extent(
            row_id,
            encounter_ids,
            record_ids,
            earlier,
            emptied,
            is_whole_record=count_encounters(self._connection, row_id) == len(encounter_ids),
            samples=destroyed,
            staying_samples=sorted({sample.id for sample in samples} - {sample.id for sample in destroyed}),
        )

    def expunge_files(self, search_id: str, choose: Callable[[str], Facts | None]) -> Destroyed | None:
        """Destroy the kept files of a stored search's probes; the search stays, and its templates.

        Those of an applicant for a clearance certificate go with the files.

        `choose` is called once the search is locked, and returns what the certificate is to say of it; None: nothing is
        done.
        """
        self._keys.hold(self._connection, search_id)
        of_search = search_images.c.search_id == search_id
        fact, rows = choose(search_id), self._connection.execute(select(search_images).where(of_search)).all()
        if fact is None:
            return None
        self._connection.execute(delete(search_images).where(of_search))
        search = self._connection.execute(select(searches).where(searches.c.id == search_id)).one()
        probes = self._remove_templates(search_id) if search.purpose == Purpose.CLEARANCE else []
        dead_key = self._kill_search_key(search_id)
        unit, ordinals = search.unit, sorted(row.ordinal for row in rows)
        facts = {
            "record": "",
            "record_removed": False,
            "national_number": "",
            "encounters": [],
            "samples": [],
            "templates": [],
            "files": sorted(row.image_name for row in rows if row.image_name is not None),
            "searches": [
                {"search": search_id, "probes": probes, "images": ordinals, "dead_key": dead_key}
                | {"fir": search.case_number, "unit": search.unit, "date": day_of(search.created_at).isoformat()}
                | fact
            ],
            "dead_keys": {search_id: dead_key},
            "sequence": advance(self._connection, CHANGE_COUNTER, 0),
        }
        return self._note(facts, Unit.of(unit), None)

    def _remove_templates(self, search_id: str) -> list[int]:
        """Remove all probes of a stored search; return their places."""
        query = select(search_probes.c.ordinal).where(search_probes.c.search_id == search_id)
        places = sorted(self._connection.execute(query).scalars())
        for table in (search_probes, probe_templates):
            self._connection.execute(delete(table).where(table.c.search_id == search_id))
        return places

    def _note(self, destroyed: Facts, unit: Unit, left: Leftovers | None) -> Destroyed:
        """Write what the certificate will say, and have the files removed after the commit."""
        expungement, files = str(uuid.uuid4()), frozenset(destroyed["files"])
        sealed = None
        if left is not None:
            sealed = left.sealed(self._keys.obtain(self._connection, expungement, Lock.CLIENT_KEY), expungement)
        facts = {
            "certificate": "pehchan-expungement-1",
            "id": expungement,
            "station": self._connection.execute(select(identity.c.id)).scalar_one(),
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "by": self._actor_id,
            **destroyed,
        }
        self._connection.execute(
            expungements.insert().values(
                id=expungement,
                record_id=destroyed["record"],
                created_at=datetime.now(UTC),
                content=plain_json(facts),
                signature=None,
                version=1,
                unit=unit.path,
                leftovers=sealed,
            )
        )
        self._uploads.remove(files)
        return Destroyed(expungement, destroyed["record"], files)

    def _samples_of(self, record_id: str) -> Sequence[Any]:
        query = (
            select(samples, templates.c.id.label("template_id"), templates.c.model)
            .join(encounters, encounters.c.id == samples.c.encounter_id)
            .outerjoin(templates, templates.c.sample_id == samples.c.id)
            .where(encounters.c.record_id == record_id)
        )
        return self._connection.execute(query).all()

    def _kill_record_keys(self, extent: _Extent) -> dict[str, str]:
        """Destroy the keys that open the samples, here and in older backups; return their fingerprints, by record."""
        dead_keys = {extent.record_id: self._kill_key(extent.record_id, extent.staying_samples)}
        for other in extent.earlier:
            dead_keys[other] = self._kill_key(other, sorted({sample.id for sample in self._samples_of(other)}))
        return dead_keys

    def _kill_key(self, record_id: str, stays: Sequence[int]) -> str:
        """Destroy a record's key, and encrypt what stays with a new one; return the old one's fingerprint."""
        if not stays:
            old = self._keys.find(self._connection, record_id)
            self._keys.destroy(self._connection, record_id)
            return fingerprint(old) if old else ""
        old, new = self._keys.replace(self._connection, record_id, self._uploads.new_secret(record_id))
        assert old is not None, "samples were sealed with it"
        owners = (Owner(record_id, old), Owner(record_id, new))
        Sealer(self._uploads).give(self._connection, stays, *owners)
        return fingerprint(old)

    def _unit(self, encounter_ids: Sequence[str]) -> Unit:
        """Return the lowest unit that covers where the encounters were made: who sees the certificate."""
        units: list[Unit] = []
        for chunk in in_chunks(encounter_ids, CHUNK):
            codes = (encounters.c.state_code, encounters.c.district_code, encounters.c.station_code)
            query = select(*codes).where(encounters.c.id.in_(chunk))
            units += [station_of(row) for row in self._connection.execute(query)]
        return Unit.over(units)

    def _kill_client_keys(self, encounter_ids: Sequence[str]) -> dict[str, str]:
        """Destroy the keys of what clients of OSIA's interface sent of encounters; return the keys' fingerprints."""
        secrets = {owner: self._keys.find(self._connection, owner) for owner in encounter_ids}
        for encounter_id in encounter_ids:
            self._keys.destroy(self._connection, encounter_id, Lock.CLIENT_KEY)
        return {encounter_id: fingerprint(secret) for encounter_id, secret in secrets.items() if secret}

    def _remove(self, extent: _Extent, search_ids: Sequence[str]) -> None:
        """Remove encounters; hold their standing searches, which go with them, and those of searches.

        From here to the commit enrolments wait: whoever asks for checks of what was enrolled waits before that, too.
        """
        advance(self._connection, CHANGE_COUNTER, 0)
        hold_each(self._connection, Lock.CHECK, enrolment_checks.c.encounter_id, extent.encounter_ids)
        columns = standing_searches.c
        hold_standing_of(
            self._connection, (columns.encounter_id, extent.encounter_ids), (columns.search_id, search_ids)
        )
        for chunk in in_chunks(extent.encounter_ids, CHUNK):
            chosen = (encounters.c.record_id == extent.record_id, encounters.c.id.in_(chunk))
            self._connection.execute(delete(encounters).where(*chosen))

    def _earlier_records(self, record_id: str, encounter_ids: Sequence[str]) -> list[str]:
        """Return the records that encounters were in before, as far as they still have a key."""
        ids: set[str] = set()
        for chunk in in_chunks(encounter_ids, CHUNK):
            query = select(moves.c.from_id, moves.c.to_id).where(moves.c.encounter_id.in_(chunk))
            ids.update(value for row in self._connection.execute(query) for value in row)
        earlier_ids = sorted(ids - {record_id})
        return [other for other in earlier_ids if self._keys.find(self._connection, other) is not None]

    def _hold_probes(self, extent: _Extent, units: Mapping[str, Unit]) -> dict[str, list[int]]:
        """Hold the keys of the searches that are to lose probes; return these, by search.

        They are the very files of samples, in searches of the unit of their encounter in `units`, or what examiners
        identified as the person's. What a court holds is left out.
        """
        ordinals = self._identified(extent, set(units.values()))
        files = {(units[sample.encounter_id], sample.image_sha256) for sample in extent.samples}
        for unit in sorted({unit for unit, _ in files}):
            digests = sorted(digest for unit_of_file, digest in files if unit_of_file == unit)
            for chunk in in_chunks(digests, CHUNK):
                query = select(search_probes.c.search_id, search_probes.c.ordinal)
                query = query.join(searches, searches.c.id == search_probes.c.search_id)
                chosen = (search_probes.c.image_sha256.in_(chunk), path_within(searches.c.unit, unit))
                for row in self._connection.execute(query.where(*chosen)):
                    ordinals[row.search_id].add(row.ordinal)
        for search_id in sorted(ordinals):
            self._keys.hold(self._connection, search_id)
        held_ids = held_searches(self._connection, list(ordinals), today())
        return {search_id: sorted(ordinals[search_id]) for search_id in sorted(ordinals) if search_id not in held_ids}

    def _identified(self, extent: _Extent, units: set[Unit]) -> defaultdict[str, set[int]]:
        """Return the probes that examiners identified as the person's, by search: none of a latent, which is evidence.

        Unless nothing of the person stays, they are those of searches for the FIR of an encounter that goes.
        """
        firs: set[str] = set()
        for chunk in in_chunks(extent.encounter_ids, CHUNK):
            query = select(encounters.c.fir_number).where(encounters.c.id.in_(chunk), encounters.c.fir_number != "")
            firs.update(map(compared_fir, self._connection.execute(query).scalars()))
        ordinals: defaultdict[str, set[int]] = defaultdict(set)
        for chunk in in_chunks(sorted(extent.record_ids.union(extent.emptied)), CHUNK):
            query = (
                select(searches.c.id, searches.c.settings, searches.c.case_number, search_probes.c.ordinal)
                .add_columns(cases.c.candidate_id)
                .join(search_probes, search_probes.c.search_id == searches.c.id)
                .join(cases, cases.c.search_id == searches.c.id)
                .where(cases.c.candidate_id.in_(chunk), cases.c.outcome == Conclusion.IDENTIFICATION)
                .where(or_(false(), *(path_within(searches.c.unit, unit) for unit in units)))
            )
            for row in self._connection.execute(query):
                is_of_person = row.candidate_id in extent.whole_records or compared_fir(row.case_number) in firs
                if is_of_person and not row.settings.get("is_latent"):
                    ordinals[row.id].add(row.ordinal)
        return ordinals

    def _probe_files(self, probes: Mapping[str, Sequence[int]]) -> list[str]:
        """Return the names of the kept files of probes."""
        return [
            name
            for search_id, ordinals in probes.items()
            for name in self._connection.execute(
                select(search_images.c.image_name).where(
                    search_images.c.search_id == search_id,
                    search_images.c.ordinal.in_(ordinals),
                )
            ).scalars()
        ]

    def _clear_search(self, search_id: str, ordinals: Sequence[int], left: Leftovers) -> Facts:
        """Remove probes of a stored search; return which, with the fingerprint of the key that opened them."""
        erase_search_text(self._connection, search_id, left)
        for table in (search_probes, probe_templates, search_images):
            probe_rows = (table.c.search_id == search_id, table.c.ordinal.in_(ordinals))
            self._connection.execute(delete(table).where(*probe_rows))
        return {"search": search_id, "probes": list(ordinals), "dead_key": self._kill_search_key(search_id)}

    def _kill_search_key(self, search_id: str) -> str:
        """Destroy a search's key, and encrypt what stays of it with a new one; return the old one's fingerprint."""
        stays = select(search_probes).where(search_probes.c.search_id == search_id)
        probes = self._connection.execute(stays).all()
        if probes:
            old, new = self._keys.replace(self._connection, search_id, self._uploads.new_secret(search_id))
            assert old is not None, "probes were sealed with it"
            self._seal_search(search_id, probes, old, new)
        else:
            old = self._keys.find(self._connection, search_id)
            self._keys.destroy(self._connection, search_id)
        return fingerprint(old) if old else ""

    def _seal_search(self, search_id: str, probes: Sequence[Any], old: bytes, new: bytes) -> None:
        for row in probes:
            associated = probe_place(search_id, row.ordinal, row.modality, row.model)
            data = seal(new, associated, unseal(old, associated, row.data))
            this = (search_probes.c.search_id == search_id, search_probes.c.ordinal == row.ordinal)
            self._connection.execute(update(search_probes).where(*this).values(data=data))
            self._seal_others(row, old, new)
        rows = self._connection.execute(select(search_images).where(search_images.c.search_id == search_id)).all()
        files = [SealedImage(row.image_sha256, row.image_name) for row in rows]
        stored = self._uploads.reencrypted(files, Owner(search_id, old), Owner(search_id, new))
        for row, image in zip(rows, stored, strict=True):
            this_row = search_images.c.id == row.id
            self._connection.execute(update(search_images).where(this_row).values(image_name=image.name))

    def _seal_others(self, probe: Any, old: bytes, new: bytes) -> None:
        """Encrypt the templates of a probe by other models with a new key."""
        columns = probe_templates.c
        of_probe = (columns.search_id == probe.search_id, columns.ordinal == probe.ordinal, columns.data.is_not(None))
        for row in self._connection.execute(select(probe_templates).where(*of_probe)).all():
            associated = probe_place(row.search_id, row.ordinal, probe.modality, row.model)
            values = {"data": seal(new, associated, unseal(old, associated, row.data))}
            self._connection.execute(update(probe_templates).where(columns.id == row.id).values(values))

    def _end_standing(self, search_ids: Sequence[str]) -> None:
        for standing_id in hold_standing_of(self._connection, (standing_searches.c.search_id, search_ids)):
            if not end_standing(self._connection, standing_id, self._actor_id, "what was searched for was expunged"):
                self._erase_end(standing_id)
            probes = standing_probes.c.standing_id == standing_id
            self._connection.execute(delete(standing_probes).where(probes))

    def _erase_end(self, standing_id: str) -> None:
        """Erase why a standing search was ended before."""
        values = {"ended_because": ERASED_TEXT, "version": standing_searches.c.version + 1}
        self._connection.execute(update(standing_searches).where(standing_searches.c.id == standing_id).values(values))


def pending(connection: Connection) -> list[Destroyed]:
    """Return the expungements whose files are still to be removed."""
    query = select(expungements.c.id, expungements.c.record_id, expungements.c.content)
    rows = connection.execute(query.where(expungements.c.signature.is_(None)).order_by(expungements.c.id))
    return [Destroyed(row.id, row.record_id, frozenset(json.loads(row.content)["files"])) for row in rows]


def living_keys(connection: Connection, keys: DataKeys, owners: Sequence[str]) -> dict[str, str]:
    """Return the fingerprints of the data keys that some owners have now."""
    rows = connection.execute(select(data_keys).where(data_keys.c.id.in_(owners)))
    return {row.id: fingerprint(keys.opened(row.master_id, row.wrapped, ("key", row.id))) for row in rows}
