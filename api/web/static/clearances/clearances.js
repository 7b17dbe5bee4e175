// Clearance certificates: the fingers that could not be taken, and the result of checking a certificate.

import { byId, create, queryAll } from "../lib/dom.js";
import { fieldNamed } from "../lib/forms.js";
import { _ } from "../lib/messages.js";

/** @type {Record<string, string>} */
const LABELS = {
  number: _("Number"),
  name: _("Name"),
  born: _("Date of birth"),
  document: _("Identity document"),
  for: _("What it is for"),
  to: _("Receiving authority"),
  result: _("Decision"),
  details: _("What the certificate discloses"),
  searched: _("Searched"),
  issued: _("Issued"),
  until: _("Valid until"),
};
/** @type {Record<string, string>} */
const RESULTS = { no_record: _("No record that may be disclosed"), record: _("A record, with details") };

const request = document.getElementById("request");
if (request instanceof HTMLFormElement) {
  request.addEventListener("change", () => {
    const missing = queryAll(request, "[data-missing]", HTMLSelectElement)
      .filter((choice) => choice.value)
      .map((choice) => ({ position: Number(choice.dataset.missing), reason: choice.value }));
    fieldNamed(request, "missing_fingers").value = JSON.stringify(missing);
  });
}

byId("check", HTMLFormElement).addEventListener("done", (event) => {
  if (event instanceof CustomEvent) showResult(event.detail.body);
});

/** @param {Api.StatementOut} checked */
function showResult(checked) {
  const facts = create("dl", "", "facts");
  for (const [name, label] of Object.entries(LABELS)) {
    const value = checked.content[name];
    if (value) facts.append(create("dt", label), create("dd", name === "result" ? (RESULTS[value] ?? value) : value));
  }
  const kind = checked.genuine && !checked.expired && !checked.revoked ? "notice good" : "warning";
  byId("result").replaceChildren(create("p", sentence(checked), kind), facts);
}

/** @param {Api.StatementOut} checked */
function sentence(checked) {
  if (!checked.genuine) return _("Not genuine: another key signed it, or it was changed.");
  if (checked.revoked) return _("Genuine, but revoked.");
  if (checked.expired) return _("Genuine, but its validity has ended.");
  if (checked.revoked === null) return _("Genuine. Ask the issuing office whether it was revoked.");
  return _("Genuine and in force.");
}
