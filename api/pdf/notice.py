"""The notice to a court that samples were destroyed, from the signed certificate: it names no person, as that does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from api.localisation.languages import Language
from api.localisation.retention_labels import RULE_NAMES
from api.pdf.fonts import FOLDER
from api.pdf.paper import HashedFile, Locale, Paper, Signature, WrittenPaper
from biometrics.accounts.display_names import names_of
from biometrics.retention.certificates import Certificate
from biometrics.storage.database.engine import Database

_WIDTHS: Final = (72, 34, 24, 48)  # shares: what, rule, due, basis


def notice_pdf(
    database: Database, certificate: Certificate, language: Language, zone: str = "", folder: Path = FOLDER
) -> WrittenPaper:
    """Write the notice of what a certificate of destruction certifies, to be addressed and signed by hand."""
    locale = Locale.writable(language, zone, folder)
    _, content = locale.translate, certificate.content
    at = datetime.fromisoformat(content["at"])
    paper = Paper(_("Notice of destruction, certificate {number}").format(number=certificate.id), at, locale, folder)
    paper.heading(_("Notice to the court: destruction of prints and photos"), 15)
    paper.blank(_("To the court of"))
    paper.blank(_("Case or order number"))
    paper.text(
        _(
            "The prints and photos listed below were destroyed, under the rule and on the basis that are stated. This "
            "notice names no person: the certificate that it is made from names none."
        )
    )
    paper.heading(_("Certificate"))
    by = names_of(database, [content["by"]])[content["by"]]
    paper.facts(_facts(certificate, locale, by))
    paper.heading(_("What was destroyed"))
    head = (_("Arrest or event") if content["record"] else _("Search"), _("Rule"), _("Due"), _("Basis"))
    paper.table(head, _rows(certificate, locale), _WIDTHS)
    paper.facts(_counts(content, locale))
    if content["files"]:
        paper.heading(_("Files, by their SHA-256"))
        paper.text("\n".join(content["files"]), 8)
    paper.heading(_("Proof"))
    paper.text(
        _(
            "The signed file of the certificate is the evidence. “pehchan retention verify” checks its signature, and "
            "that nothing of what was destroyed remains."
        )
    )
    paper.facts(((_("Public key"), content["public_key"]), (_("Signature (Ed25519)"), certificate.signature)))
    paper.heading(_("Signatures"))
    paper.signatures([Signature("", _("Issuing officer"))])
    signed = _("Certificate of destruction {number}").format(number=certificate.id)
    return paper.finished([HashedFile(signed, sha256(certificate.text.encode()).hexdigest())])


def _facts(certificate: Certificate, locale: Locale, by: str) -> Iterator[tuple[str, str]]:
    _, content = locale.translate, certificate.content
    yield _("Number"), certificate.id
    yield _("Destroyed"), f"{locale.moment(datetime.fromisoformat(content['at']))}, {by}"
    yield _("Installation"), content["station"]
    if content["record"]:
        removed = _("removed whole") if content["record_removed"] else _("stays, with its other arrests and events")
        yield _("Record"), f"{content['record']}: {removed}"


def _rows(certificate: Certificate, locale: Locale) -> Iterator[tuple[str, str, str, str]]:
    for destruction in certificate.destroyed:
        about = str(destruction.get("encounter") or destruction.get("search"))
        rule = locale.translate(RULE_NAMES[destruction["rule"]])
        yield (
            about,
            rule,
            locale.language.day(date.fromisoformat(destruction["due"])),
            locale.translate(destruction["basis"]),
        )


def _counts(content: Mapping[str, Any], locale: Locale) -> Iterator[tuple[str, str]]:
    _ = locale.translate
    yield _("Prints and photos"), locale.language.number(len(content["samples"]))
    yield _("Templates"), locale.language.number(len(content["templates"]))
    yield _("Destroyed keys, by fingerprint"), "\n".join(key for key in content["dead_keys"].values() if key)
