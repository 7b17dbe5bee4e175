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
from api.pdf.paper import HashedFile, Locale, Paper, Signature, Translate, WrittenPaper
from api.pdf.people import UnitLabels
from biometrics.accounts.display_names import names_of
from biometrics.retention.certificates import Certificate
from biometrics.storage.database.engine import Database

_WIDTHS: Final = (72, 34, 24, 48)  # shares: what, rule, due, basis


def notice_pdf(
    database: Database, certificate: Certificate, language: Language, zone: str = "", folder: Path = FOLDER
) -> WrittenPaper:
    """Write the notice of what a certificate of destruction certifies, to be signed by hand."""
    locale = Locale.writable(language, zone, folder)
    _, content = locale.translate, certificate.content
    units, at = UnitLabels(database, locale), datetime.fromisoformat(content["at"])
    firs = _joined(certificate, "fir") or certificate.id
    paper = Paper(_("Notice of destruction, FIR {fir}").format(fir=firs), at, locale, folder)
    paper.heading(_("Notice to the court: destruction of prints and photos"), 15)
    for name, value in (
        (_("To the court of"), _joined(certificate, "court")),
        (_("Case or order number"), _joined(certificate, "case")),
    ):
        if value:
            paper.facts([(name, value)])
        else:
            paper.blank(name)
    paper.text(
        _(
            "The prints and photos listed below were destroyed, under the rule and on the basis that are stated. "
            "Neither this notice nor the certificate that it is made from states the person's name."
        )
    )
    by = names_of(database, [content["by"]])[content["by"]]
    paper.facts(_facts(certificate, locale, by))
    paper.heading(_("What was destroyed"))
    head = (_("Arrest or event") if content["record"] else _("Search"), _("Rule"), _("Due"), _("Basis"))
    paper.table(head, _rows(certificate, locale, units), _WIDTHS)
    paper.facts(_counts(content, locale))
    paper.heading(_("Copies elsewhere"))
    paper.text("\n".join(_elsewhere(content, _)))
    paper.blank(_("Holders asked to do so"))
    paper.heading(_("Proof"))
    paper.text(
        _(
            "The signed file of the certificate is the evidence. “pehchan retention verify” checks its signature, and "
            "that nothing of what was destroyed remains."
        )
    )
    paper.facts(_proof(certificate, _))
    paper.heading(_("Signatures"))
    paper.signatures([Signature("", _("Issuing officer"))])
    signed = _("Certificate of destruction {number}").format(number=certificate.id)
    return paper.finished([HashedFile(signed, sha256(certificate.text.encode()).hexdigest())])


def _joined(certificate: Certificate, name: str) -> str:
    """Return what the destroyed arrests and events state under a name, each once."""
    return "; ".join(dict.fromkeys(str(fact.get(name) or "") for fact in certificate.destroyed if fact.get(name)))


def _facts(certificate: Certificate, locale: Locale, by: str) -> Iterator[tuple[str, str]]:
    _, content = locale.translate, certificate.content
    yield _("Destroyed"), f"{locale.moment(datetime.fromisoformat(content['at']))}, {by}"
    yield _("National number"), content["national_number"]
    if content["record"]:
        removed = _("removed whole") if content["record_removed"] else _("stays, with its other arrests and events")
        yield _("Record"), removed


def _rows(certificate: Certificate, locale: Locale, units: UnitLabels) -> Iterator[tuple[str, str, str, str]]:
    _, day = locale.translate, locale.language.day
    for destruction in certificate.destroyed:
        parts = [f"{_('FIR')} {destruction['fir']}" if destruction.get("fir") else ""]
        parts += [units.label(destruction["unit"]) if destruction.get("unit") else ""]
        parts += [day(date.fromisoformat(destruction["date"])) if destruction.get("date") else ""]
        yield (
            ", ".join(filter(None, parts)),
            locale.translate(RULE_NAMES[destruction["rule"]]),
            day(date.fromisoformat(destruction["due"])),
            locale.translate(destruction["basis"]),
        )


def _elsewhere(content: Mapping[str, Any], _: Translate) -> Iterator[str]:
    """Yield what became of copies outside the installation, as far as it is known."""
    copies = content.get("key_copies", {})
    backups = _("Backups: they hold only encrypted copies, and the keys to these were destroyed.")
    written = (
        _(
            "Of {all} copies of the keys, {written} were rewritten without them; {missed} could not be reached, and "
            "will be as soon as they can."
        ).format(all=len(copies), written=sum(copies.values()), missed=len(copies) - sum(copies.values()))
        if copies
        else _("This installation has no copy of the keys elsewhere.")
    )
    yield f"{backups} {written}"
    yield _(
        "Not destroyed by this installation: what was printed or exported from it, what was sent to other systems, and "
        "what other states keep themselves. Whoever holds such a copy has to be asked to destroy it."
    )


def _proof(certificate: Certificate, _: Translate) -> Iterator[tuple[str, str]]:
    content = certificate.content
    yield _("Signed certificate"), certificate.id
    yield _("Installation"), content["station"]
    if content["record"]:
        yield _("Record in the database"), content["record"]
    yield _("Files, by their SHA-256"), "\n".join(content["files"])
    yield _("Destroyed keys, by SHA-256"), "\n".join(key for key in content["dead_keys"].values() if key)
    yield _("Public key"), content["public_key"]
    yield _("Signature (Ed25519)"), certificate.signature


def _counts(content: Mapping[str, Any], locale: Locale) -> Iterator[tuple[str, str]]:
    _ = locale.translate
    yield _("Prints and photos"), locale.language.number(len(content["samples"]))
    yield _("Templates"), locale.language.number(len(content["templates"]))
