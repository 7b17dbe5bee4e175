// The result of an enrolment, and the receipt to print.

import { byId, create, link, query, queryAll } from "../lib/dom.js";
import { _, day, moment } from "../lib/messages.js";
import { apiPath, pagePath } from "../lib/paths.js";
import { faultLabel, fingerLabel, impressionLabel, missingText, viewLabel } from "./labels.js";

const receipt = byId("receipt");

/**
 * Shows the receipt of an enrolment in place of the form.
 *
 * @param {Api.EnrolmentOut} enrolment
 */
export function showReceipt(enrolment) {
  const encounter = enrolment.encounters.find(({ id }) => id === enrolment.encounter_id);
  if (!encounter) throw new Error("The response does not contain the new encounter.");
  query(receipt, "[data-slot=number]").textContent = enrolment.national_number;
  byId("receipt-facts").replaceChildren(
    ...facts(enrolment, encounter).flatMap(([term, text]) => [create("dt", term), create("dd", text)]),
  );
  byId("taken").replaceChildren(...encounter.samples.map(sampleRow));
  byId("asked").replaceChildren(...duplicateCheck(enrolment));
  byId("to-record", HTMLAnchorElement).href = pagePath(`/records/${enrolment.id}`);
  byId("to-receipt", HTMLAnchorElement).href = apiPath(
    `/records/${enrolment.id}/encounters/${enrolment.encounter_id}/receipt`,
  );
  for (const part of queryAll(document, "[data-entering]")) part.hidden = true;
  receipt.hidden = false;
  const title = byId("title");
  title.textContent = _("Enrolled");
  title.focus();
  scrollTo(0, 0);
}

/**
 * @param {Api.EnrolmentOut} enrolment
 * @param {Api.EncounterOut} encounter
 * @returns {[term: string, text: string][]}
 */
function facts(enrolment, encounter) {
  const { state_code: state, district_code: district, station_code: station, sections = [] } = encounter;
  /** @type {[string, string][]} */
  const all = [
    [_("Name"), enrolment.name],
    [_("FIR"), encounter.fir_number],
    [_("Station"), unitLabel(`${state}/${district}/${station}`)],
    [_("Officer"), encounter.officer],
    [_("Date"), [day(encounter.date), encounter.time?.slice(0, 5)].filter(Boolean).join(" ")],
    [_("Sections"), sections.map(({ act, section }) => `${act} ${section}`).join("; ")],
    [_("Missing or damaged"), missingText(encounter.missing_fingers ?? [])],
    [_("Receipt made"), moment(Date.now())],
  ];
  return all.filter(([, text]) => text);
}

/**
 * The name of the reader's own unit before its code.
 *
 * @param {string} path
 */
function unitLabel(path) {
  const { unit, unitName } = receipt.dataset;
  return unitName && path === unit ? `${unitName} (${path})` : path;
}

/** @param {Api.SampleOut} sample */
function sampleRow(sample) {
  const row = create("tr");
  const [name, kind] =
    sample.position === null
      ? [_("Photo {file}", { file: sample.filename }), viewLabel(sample.view)]
      : [fingerLabel(sample.position), sample.impression === null ? "" : impressionLabel(sample.impression)];
  const remarks = sample.quality_faults.map(faultLabel);
  if (sample.accepted_because) remarks.push(_("enrolled because: {reason}", { reason: sample.accepted_because }));
  const cell = create("td", name);
  cell.append(" ", create("small", kind));
  row.append(cell, create("td", sample.quality ?? _("not known"), "figure-cell"), create("td", remarks.join("; ")));
  return row;
}

/** @param {Api.EnrolmentOut} enrolment */
function duplicateCheck({ duplicate_case_numbers: cases, checked }) {
  if (!cases.length && !checked)
    return [create("p", _("It will soon be compared with all records. Examiners are asked about similar people."))];
  if (!cases.length) return [create("p", _("Compared with all records: no new likely duplicate found."), "good")];
  const box = create("div", "", "warning");
  box.append(
    create(
      "p",
      _("Examiners are asked whether this person is already on record. Nothing is merged before they decide."),
    ),
  );
  if (receipt.dataset.cases) {
    cases.forEach((number) =>
      box.append(link(pagePath(`/cases/${encodeURIComponent(number)}`), _("Case {number}", { number })), " "),
    );
  }
  return [box];
}
