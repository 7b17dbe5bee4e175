"""The comparisons of OSIA's interface: identification, verification, templates."""

from __future__ import annotations

import base64
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from api.standards.common.service import Abis
from api.standards.osia.calls import Call
from api.standards.osia.encounter_json import subtype_of, type_of
from api.standards.osia.filters import filter_of, modalities_of
from api.standards.osia.samples import one_of_each, read_sample_set
from api.standards.osia.schemas import BiometricData, IdentifyIn, VerifyBioIn, VerifyIdIn
from api.standards.osia.vocabulary import USUAL_FORMAT, WRITTEN_FORMATS, name_of
from biometrics.kernel.errors import InvalidField, NoSamples, NothingToCompare, UnknownGallery
from biometrics.kernel.people.labels import Filter
from biometrics.kernel.people.record import StoredSample
from biometrics.kernel.people.templates import StoredTemplate
from biometrics.kernel.recognition.capture import Impression, finger_of, known_position
from biometrics.kernel.recognition.evidence import Evidence
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.recognition.types import Probe
from biometrics.matching.calibration import threshold_for_fmr
from biometrics.matching.scoring import PersonScore, score_person
from biometrics.osia.model import ALL, ClientEncounter
from biometrics.searches.model import SearchProbe, StoredSearch
from biometrics.use_cases.search.blinded_images import require_other_images
from biometrics.use_cases.search.candidates import stored_candidates
from biometrics.use_cases.search.identify import (
    MAX_CANDIDATES,
    SearchRequest,
    require_may_search,
    search,
    search_probes,
)
from biometrics.use_cases.search.verify import compare_samples, extract_to_compare
from fingerprint.codec import decode as decode_minutiae
from fingerprint.interchange.codec import write_record
from fingerprint.interchange.conversion import to_record

USUAL_FMR = 0.001


def identify(abis: Abis, call: Call, body: IdentifyIn) -> list[dict[str, Any]]:
    """Search a gallery with samples."""
    request = _request(abis, call, filter_of(body.filter))
    require_may_search(abis.engine, request)
    samples = _samples(abis, body.biometricData, modalities_of(body.filter))
    return _candidates(abis, call, search(abis.engine, request, abis.engine.extract(samples)))


def identify_person(abis: Abis, call: Call, body: dict[str, Any]) -> list[dict[str, Any]]:
    """Search a gallery with a person's newest samples of each kind; the person is not a candidate."""
    active = [encounter for encounter in abis.osia.encounters(call.text("personId")) if encounter.active]
    return _identify_stored(abis, call, body, active)


def identify_encounter(abis: Abis, call: Call, body: dict[str, Any]) -> list[dict[str, Any]]:
    """Search a gallery with the samples of an encounter; its person is not a candidate."""
    return _identify_stored(abis, call, body, [abis.osia.encounter(call.text("personId"), call.text("encounterId"))])


def verify_person(abis: Abis, call: Call, body: VerifyIdIn) -> dict[str, Any]:
    """Compare samples with a person's samples in a gallery."""
    gallery = call.text("galleryId")
    abis.osia.galleries.require(gallery)
    encounters = [
        encounter for encounter in abis.osia.encounters(call.text("personId")) if gallery in (ALL, *encounter.galleries)
    ]
    if not encounters:
        raise UnknownGallery("The person is not in this gallery.")
    record = encounters[0].record
    of_sample = {sample.id: (encounter, sample) for encounter in encounters for sample in encounter.stored.samples}
    extracted = extract_to_compare(abis.engine, _samples(abis, body.biometricData, tuple(Modality.registered())))
    probes = [enrolled.probe for enrolled in extracted]
    stored = abis.store.templates.of_records([record.id], abis.engine.models).get(record.id, [])
    require_other_images(abis.engine, [template.template for template in stored])
    result = score_person(
        abis.engine.channels, probes, [template for template in stored if template.sample_id in of_sample]
    )
    if result is None:
        raise NothingToCompare("The person has no sample of the kind that was sent; send another finger, or a photo.")
    matches = _matches(call, result)
    about = {"probes": len(probes), "files": [enrolled.sample.image_sha256 for enrolled in extracted]}
    abis.store.note_verification(record.id, **about, match=matches, **result.score.evidence.audited)
    details = [_detail(match.score.evidence, *_of_encounter(*of_sample[match.sample_id])) for match in result.samples]
    return {"decision": matches, "scores": [_whole(result), *details]}


def verify_samples(abis: Abis, call: Call, body: VerifyBioIn) -> dict[str, Any]:
    """Compare two sets of samples."""
    both = (_samples(abis, items, tuple(Modality.registered())) for items in (body.biometricData1, body.biometricData2))
    compared = compare_samples(abis.engine, *both)
    details = [
        _detail(sample.score.evidence, *_of_probe(compared.references[sample.sample_id].probe))
        for sample in compared.result.samples
    ]
    return {"decision": _matches(call, compared.result), "scores": [_whole(compared.result), *details]}


def read_templates(abis: Abis, call: Call, _: None) -> list[dict[str, Any]]:
    """Return the templates of an encounter: prints as standard records, photos in this service's own format."""
    encounter = abis.osia.encounter(call.text("personId"), call.text("encounterId"))
    query = call.parameters
    template_format = query.get("templateFormat")
    samples = {sample.id: sample for sample in encounter.stored.samples}
    descriptions = []
    templates, models = abis.osia.templates(encounter), abis.engine.models
    in_force = {stored.sample_id for stored in templates if stored.template.model in models}
    for stored in templates:
        if stored.sample_id in in_force and stored.template.model not in models:
            continue  # the sample has a template of the model in force, too
        sample = samples[stored.sample_id]
        fits = query.get("biometricType") in (None, type_of(sample))
        fits = fits and query.get("biometricSubType") in (None, subtype_of(sample)) and not query.get("instance")
        computed = _computed(stored, sample, template_format) if fits else None
        if computed and query.get("qualityFormat") not in (None, computed.get("qualityFormat")):
            computed = {name: value for name, value in computed.items() if name not in ("quality", "qualityFormat")}
        if computed:
            descriptions.append(computed)
    return descriptions


def _identify_stored(
    abis: Abis, call: Call, query: dict[str, Any], encounters: Sequence[ClientEncounter]
) -> list[dict[str, Any]]:
    where = filter_of(query)
    modalities = modalities_of(query)
    request = _request(abis, call, where)
    if not encounters:
        raise NoSamples("The person has no active encounter to search with.")
    own_numbers = frozenset({int(encounters[0].record.national_number)})
    request = replace(request, where=replace(where, without=own_numbers))
    digests = {sample.id: sample.image_sha256 for encounter in encounters for sample in encounter.stored.samples}
    newest: dict[object, SearchProbe] = {}
    for encounter in encounters:
        for stored in abis.osia.templates(encounter):
            template = stored.template
            if template.model in abis.engine.models and template.modality in modalities:
                label = template.modality.traits.name_of(stored.position)
                probe = Probe(template, stored.position, label)
                key = known_position(stored.position) or (template.modality if stored.position is None else stored.id)
                newest[key] = SearchProbe(probe, digests[stored.sample_id])
    if not newest:
        raise NoSamples("There is no sample of the requested kind to search with.")
    return _candidates(abis, call, search_probes(abis.engine, request, list(newest.values())))


def _request(abis: Abis, call: Call, where: Filter) -> SearchRequest:
    gallery = call.text("galleryId")
    abis.osia.galleries.require(gallery)
    maximum = call.parameters.get("maxNbCand")
    if maximum is not None and maximum < 1:
        raise InvalidField(f"maxNbCand is {maximum}; ask for 1 to {MAX_CANDIDATES}.")
    return SearchRequest(
        (),
        min(maximum or 10, MAX_CANDIDATES),
        case_number=call.case_number,
        where=where,
        among=abis.memberships.members(abis.store, gallery),
        gallery="" if gallery == ALL else gallery,
    )


def _samples(abis: Abis, items: Sequence[BiometricData], modalities: Collection[Modality]) -> list[Any]:
    sample_set = read_sample_set(items, abis.fetch)
    samples = [sample for sample in one_of_each(sample_set.samples) if sample.modality in modalities]
    if not samples:
        why = " ".join(sample_set.notes)
        raise NoSamples(f"There is nothing to compare: send a print of a finger or a portrait. {why}".strip())
    return samples


def _matches(call: Call, result: PersonScore) -> bool:
    """Say whether a score reaches the client's threshold, or the usual one.

    What a client sets is compared with what is stated of the score: else thresholds step by step would find the rest.
    """
    threshold = call.parameters.get("threshold")
    if threshold is None:
        return result.score.decibans >= threshold_for_fmr(USUAL_FMR)
    return result.score.evidence.decibans >= float(threshold)


def _candidates(abis: Abis, call: Call, stored: StoredSearch) -> list[dict[str, Any]]:
    """Return the candidates that reach the threshold, best first, with the samples that matched.

    Other units that have a hit follow, whatever the threshold.
    """
    search = stored.search
    threshold = call.parameters.get("threshold")
    assert search.threshold is not None, "only an investigation has no threshold"
    candidates = stored_candidates(stored)
    lines = [
        (line, line.person)
        for line in candidates.people
        if (
            line.candidate.decibans >= search.threshold
            if threshold is None
            else line.candidate.evidence.decibans >= float(threshold)  # as for `_matches`
        )
    ]
    record_ids = [person.id for _, person in lines if person is not None]
    names, places = abis.osia.names(record_ids), abis.osia.places(record_ids)
    entries: list[dict[str, Any]] = []
    for line, person in lines:
        if person is None:
            continue
        samples = {
            sample.id: (encounter.id, encounter.encounter.kind.value, sample)
            for encounter in person.encounters
            for sample in encounter.samples
        }
        detail = line.candidate.detail
        scores = [
            _scored(sample_score, samples, places)
            for sample_score in detail["samples"]
            if sample_score["sample_id"] in samples
        ]
        details = {"search": stored.id, "hint": detail["hint"], "gap": line.gap}
        details |= {"lead": lead.sentence} if (lead := line.lead) else {}
        details |= line.candidate.evidence.limits
        entries.append(
            {
                "personId": names[person.id],
                "rank": len(entries) + 1,
                "score": line.candidate.evidence.decibans,
                "others": details,
                "scores": scores,
            }
        )
    for hit in candidates.elsewhere:
        details = {"search": stored.id, "keptBy": hit.unit.contact}
        name, score = (
            f"kept by {hit.unit.unit.path}",
            search.stated_of(search.threshold_elsewhere).decibans,
        )
        entries.append({"personId": name, "rank": len(entries) + 1, "score": score, "others": details})
    return entries


def _scored(
    sample_score: dict[str, Any],
    samples: dict[int, tuple[str, str, StoredSample]],
    places: dict[str, tuple[str, tuple[str, ...]]],
) -> dict[str, Any]:
    own_id, kind, sample = samples[sample_score["sample_id"]]
    client_id, galleries = places.get(own_id, (own_id, (kind,)))
    where = {"encounterId": client_id, "galleries": list(galleries)}
    return _detail(Evidence.of(sample_score["score"]), type_of(sample), subtype_of(sample), where)


def _of_encounter(encounter: ClientEncounter, sample: StoredSample) -> tuple[str, str, dict[str, Any]]:
    where = {"encounterId": encounter.client_id, "galleries": list(encounter.galleries)}
    return type_of(sample), subtype_of(sample), where


def _of_probe(probe: Probe) -> tuple[str, str, dict[str, Any]]:
    traits = probe.template.modality.traits
    kind = traits.interchange.osia_type or "UNKNOWN"
    if probe.position is not None:
        return kind, name_of(probe.position), {}
    return kind, "PORTRAIT" if traits.has_views else "UNKNOWN", {}


def _detail(evidence: Evidence, kind: str, subtype: str, where: dict[str, Any]) -> dict[str, Any]:
    details = {"others": evidence.limits} if evidence.limits else {}
    return {"score": evidence.decibans, "biometricType": kind, "biometricSubType": subtype, **where, **details}


def _whole(result: PersonScore) -> dict[str, Any]:
    """Return the score of all samples together."""
    evidence = result.score.evidence
    return {
        "score": evidence.decibans,
        "others": {"fused": sum(sample.counted for sample in result.samples), **evidence.limits},
    }


def _computed(stored: StoredTemplate, sample: StoredSample, format_name: str | None) -> dict[str, Any] | None:
    """Return a template in a format, or the default one of its kind; None if it cannot be written in that format."""
    template = stored.template
    description: dict[str, Any] = {"biometricType": type_of(sample), "biometricSubType": subtype_of(sample)}
    if template.quality is not None:
        description["quality"] = template.quality
        description["qualityFormat"] = template.modality.traits.interchange.osia_quality
    own_format, is_print = f"PEHCHAN_{template.model[:16]}", template.modality.traits.has_fingers
    name = format_name or (USUAL_FORMAT if is_print else own_format)
    if name == own_format:
        data = template.data
    elif is_print and name in WRITTEN_FORMATS:
        position = finger_of(stored.position)
        impression = Impression.UNKNOWN if sample.impression is None else sample.impression
        minutiae = decode_minutiae(template.data)
        data = write_record(to_record(minutiae, position, WRITTEN_FORMATS[name], impression))
    else:
        return None
    return description | {"template": base64.b64encode(data).decode("ascii"), "templateFormat": name}
