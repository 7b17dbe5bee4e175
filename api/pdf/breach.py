"""The report of a breach of personal data: what the audit log has of it, and lines for what only people know."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from api.localisation.access_labels import ACTIONS
from api.localisation.languages import Language
from api.pdf.fonts import FOLDER
from api.pdf.paper import Locale, Paper, Signature
from biometrics.audit.breach import BreachExtent

REPORT_WITHIN: Final = timedelta(hours=72)  # Digital Personal Data Protection Rules 2025, rule 7
_WIDTHS: Final = (140, 38)  # shares: action, entries


def breach_pdf(
    extent: BreachExtent,
    noticed_at: datetime,
    moment: datetime,
    language: Language,
    zone: str = "",
    folder: Path = FOLDER,
) -> bytes:
    """Write the report: what the log has of the breach, lines for what only people know, and the time that is left."""
    locale = Locale.writable(language, zone, folder)
    _ = locale.translate
    paper = Paper(_("Report of a personal data breach"), moment, locale, folder)
    paper.heading(_("Report of a personal data breach"), 15)
    paper.facts(
        (
            (_("Noticed"), locale.moment(noticed_at)),
            (_("To be reported until"), locale.moment(noticed_at + REPORT_WITHIN)),
            (_("Rule"), _("Digital Personal Data Protection Rules 2025, rule 7: within 72 hours")),
        )
    )
    for line in (_("To"), _("What happened"), _("How it was noticed, and by whom")):
        paper.blank(line)
    paper.heading(_("What the audit log has of it"))
    paper.facts(_extent(extent, locale))
    actions = {action.value: _(label) for action, label in ACTIONS.items()}
    rows = [(actions.get(name, name), locale.language.number(count)) for name, count in extent.actions]
    paper.table((_("Action"), _("Entries")), rows, _WIDTHS)
    paper.text(_("People are counted by their records, as far as entries name them. The log holds no names."))
    paper.heading(_("What was done"))
    done = [(actions[name], locale.language.number(count)) for name, count in extent.measures if name in actions]
    if done:
        paper.table((_("Action"), _("Entries")), done, _WIDTHS)
    for line in (_("Other measures"), _("People informed, how and when"), _("Likely consequences"), _("Contact")):
        paper.blank(line)
    paper.heading(_("Signatures"))
    paper.signatures([Signature("", _("Data protection officer"))])
    return paper.finished().content


def _extent(extent: BreachExtent, locale: Locale) -> Iterator[tuple[str, str]]:
    _, number = locale.translate, locale.language.number
    yield _("First entry"), locale.moment(extent.first) if extent.first else _("none")
    yield _("Last entry"), locale.moment(extent.last) if extent.last else _("none")
    yield _("Entries"), number(extent.entries)
    yield _("People"), number(extent.people)
    yield _("Accounts"), "\n".join(extent.accounts) or _("none")
    yield _("Addresses"), "\n".join(extent.addresses) or _("none")
