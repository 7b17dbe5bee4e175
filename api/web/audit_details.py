"""What pages show of an entry of the audit log: its detail in words, with names instead of ids."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from api.localisation.audit_labels import DETAILS
from api.web.problems import SENTENCES
from biometrics.audit.subjects import Subject
from biometrics.kernel.access import Purpose
from biometrics.kernel.technique.ids import UUID_PATTERN
from biometrics.storage.audit.log import Action, Entry

# An entry may have been written by another version, whose actions and purposes this one does not know.
_ACTIONS: Final = {action.value: action for action in Action}
_PURPOSES: Final = {purpose.value: purpose for purpose in Purpose}
_ID: Final = re.compile(UUID_PATTERN)


def ids_named(entries: Iterable[Entry]) -> set[str]:
    """Return the ids that entries are about, and those in their details."""
    ids = {entry.subject_id for entry in entries if entry.subject_id}
    return ids.union(*(_ID.findall(entry.detail) for entry in entries))


def shown_entry(entry: Entry, logins: Mapping[str, str], subjects: Mapping[str, Subject]) -> dict[str, Any]:
    """Return what pages show of an entry; `logins` are those of accounts, `subjects` names, both by id."""
    return vars(entry) | {
        "at": datetime.fromisoformat(entry.at),
        "login": logins.get(entry.actor_id, ""),
        "known_action": _ACTIONS.get(entry.action),
        "known_purpose": _PURPOSES.get(entry.purpose),
        "subject": subjects.get(entry.subject_id),
        "subject_is_id": _ID.fullmatch(entry.subject_id) is not None,
        "detail": list(_fields(json.loads(entry.detail), subjects)),
    }


def _fields(detail: Mapping[str, Any], subjects: Mapping[str, Subject]) -> Iterator[dict[str, Any]]:
    """Yield the label of each field of a detail, with its values: those of an object are fields of their own."""
    for name, value in detail.items():
        if isinstance(value, dict):
            for field in _fields(value, subjects):
                yield field | {"labels": [_label(name), *field["labels"]]}
            continue
        values = value if isinstance(value, list) else [value]
        flat = [part for each in values for part in (each.values() if isinstance(each, dict) else [each])]
        parts = [part if name != "code" else SENTENCES.get(str(part), part) for part in flat]
        named = [part for part in parts if isinstance(part, str) and part in subjects]
        rest = [part for part in parts if part not in named]
        yield {
            "labels": [_label(name)],
            "subjects": [(part, subjects[part]) for part in named],
            "unnamed": sum(map(_is_id, rest)),
            "is_code": name == "code",
            "texts": [_text(part) for part in rest if not _is_id(part)],
        }


def _label(name: str) -> str:
    return DETAILS.get(name, name.replace("_", " ").capitalize())


def _is_id(part: object) -> bool:
    return isinstance(part, str) and _ID.fullmatch(part) is not None


def _text(part: object) -> str | bool | None:
    """Return a value as it is read; truth values and nothing are written in the page's language."""
    if isinstance(part, bool) or part is None:
        return part
    return str(part) if not isinstance(part, list) else ", ".join(map(str, part))
