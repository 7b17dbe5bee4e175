"""What a destruction does to every column that can hold text about a person. A test compares this with the schema.

A new column of text, JSON or bytes is refused by that test until it is named here: as one that goes with the record or
the encounter (ON DELETE CASCADE), as one that a destruction erases, or as one that never holds anything personal.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

Columns = Mapping[str, tuple[str, ...]]  # names of columns by table

# Their rows are removed with the record or the encounter.
REMOVED: Final[Columns] = {
    "records": ("national_number", "name", "particulars"),
    "aliases": ("name",),
    "name_words": ("word", "key"),
    "described_mark_terms": ("term",),
    "mark_terms": ("term",),
    "person_versions": ("content",),  # also in other records' rows: biometrics/people/shared_names.py
    "merges": ("reason", "aliases", "undone_because"),
    "moves": ("reason",),
    "encounters": ("fir_number", "place", "device"),
    "encounter_versions": ("content", "client_content"),
    "sections": ("act", "section"),
    "samples": ("filename", "accepted_because", "quality_parts", "box", "mark"),
    "templates": ("data",),
    "outcomes": ("court", "case_number", "withdrawn_because"),
    "retention_orders": ("authority", "reference", "reason"),
    "osia_persons": ("person_id",),
    "subscriptions": ("legal_basis", "ended_because"),
    "osia_encounters": ("client_id", "encounter_type", "content"),
    "encounter_galleries": ("gallery",),
}

# `Expunger` or `erase_leftovers` (biometrics/use_cases) erases them, or removes their rows.
ERASED: Final[Columns] = {
    "searches": ("reason",),
    "search_probes": ("label", "data"),
    "probe_templates": ("data",),
    "search_orders": ("authority", "reference", "reason"),
    "standing_searches": ("ended_because",),
    "clearances": ("request", "decision", "statement", "ended_because"),
    "cases": ("withdrawn_because",),
    "case_analyses": ("notes", "marks", "pattern", "drawings"),
    "case_comments": ("text",),
    "case_opinions": ("notes", "because", "marks", "grounds", "unmarked_because", "basis", "drawings"),
    "case_working_marks": ("marks", "drawings"),
    "lineups": ("description", "closed_because"),
    "lineup_viewings": ("witness", "witness_key", "present", "remarks"),
    "lineup_answers": ("words", "confidence"),
    "saved_filters": ("name",),
    "tasks": ("transaction_id", "call", "result"),
    "expungements": ("leftovers",),
    "data_keys": ("wrapped",),
}

# They hold ids, numbers of cases, figures and words of ours, or are about officers, accounts, units and the service.
IMPERSONAL: Final[Columns] = {
    "account_makers": ("maker_id",),
    "account_requests": ("content", "first_prefix"),
    "api_keys": ("label", "prefix", "scopes"),
    "audit_entries": (
        "at",
        "actor_id",
        "unit",
        "address",
        "request_id",
        "purpose",
        "case_number",
        "action",
        "subject_id",
        "detail",
        "credential",
    ),
    "audit_heads": ("at", "signature"),
    "case_allocations": ("examiner", "assigned_by"),
    "case_analyses": ("actor",),
    "case_comments": ("actor",),
    "case_looks": ("actor", "image"),
    "case_opinions": ("actor", "looked_at", "unit", "probe", "candidate", "adjustments"),
    "case_parts": ("actor",),
    "case_working_marks": ("actor", "adjustments"),
    "cases": ("number", "asked", "owner", "detail", "verified", "withdrawn_by"),
    "clearances": ("number", "requested_by", "decided_by", "ended_by"),
    "counters": ("name",),
    "data_keys": ("id",),
    "encounter_links": ("created_by",),
    "encounter_versions": ("changed_by",),
    "encounters": ("officer", "enrolled_by"),
    "enrolment_checks": ("owner",),
    "expungements": ("content", "signature", "unit"),  # the certificate
    "key_copies": ("place",),
    "lineup_members": ("box", "look"),
    "lineup_viewings": ("operator", "seed", "photo_order"),
    "lineups": ("owner", "fir_number", "sought"),
    "merges": ("created_by", "undone_by"),
    "models_in_use": ("model", "name"),
    "moves": ("created_by",),
    "notifications": ("recipient",),
    "once_keys": ("actor", "key", "answer"),
    "outcomes": ("created_by", "withdrawn_by"),
    "person_versions": ("changed_by",),
    "probe_templates": ("holder", "code", "detail"),
    "reextractions": ("holder", "code", "detail"),
    "retention_orders": ("created_by",),
    "saved_filters": ("conditions",),
    "running_servers": ("name", "models"),
    "samples": ("media_type", "quality_faults", "enrolled_by"),
    "score_views": ("actor_id",),
    "search_candidates": ("detail",),
    "search_images": ("media_type",),
    "search_probes": ("reading",),
    "search_orders": ("created_by",),
    "searches": ("case_number", "officer", "settings", "actor_id", "unit", "purpose", "state_unit", "district_unit"),
    "stale_key_copies": ("place",),
    "standing_searches": ("owner", "ended_by"),
    "subscriptions": ("owner", "ended_by"),
    "tasks": ("operation", "owner", "act", "callback", "host"),
    "units": ("path", "name", "telephone", "court_details"),
    "user_identities": ("issuer", "subject"),
    "user_sessions": ("address",),
    "users": ("login", "name", "roles", "password_hash", "totp_sealed", "qualification"),
    "webhooks": ("url", "events", "secret", "credential"),
}

TABLES: Final = tuple(sorted({*REMOVED, *ERASED}))  # the tables that a destruction changes
