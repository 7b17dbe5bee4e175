// What came of an enrolment, and the receipt to print.

import { fault, finger, impression, made, notTaken, view } from "./labels.js";
import { _, day, moment } from "../lib/messages.js";

const receipt = document.getElementById("receipt");

/** Shows the receipt of an enrolment, as the service answered, in the place of the form. */
export function showReceipt(answer) {
  const encounter = answer.encounters.find((one) => one.id === answer.encounter_id);
  receipt.querySelector("[data-slot=number]").textContent = answer.national_number;
  document
    .getElementById("receipt-facts")
    .replaceChildren(...facts(answer, encounter).flatMap(([what, text]) => [made("dt", what), made("dd", text)]));
  document.getElementById("taken").replaceChildren(...encounter.samples.map(row));
  document.getElementById("asked").replaceChildren(...asked(answer));
  document.getElementById("to-record").href = `/app/records/${answer.id}`;
  document.getElementById("print").addEventListener("click", () => print());
  document.getElementById("entering").hidden = true;
  receipt.hidden = false;
  const title = document.getElementById("title");
  title.textContent = _("Enrolled");
  title.focus();
  scrollTo(0, 0);
}

function facts(answer, encounter) {
  return [
    [_("Name"), answer.name],
    [_("FIR"), encounter.fir_number],
    [_("Station"), `${encounter.state_code}/${encounter.district_code}/${encounter.station_code}`],
    [_("Officer"), encounter.officer],
    [_("Date"), [day(encounter.date), encounter.time?.slice(0, 5)].filter(Boolean).join(" ")],
    [_("Sections"), encounter.sections.map(({ act, section }) => `${act} ${section}`).join("; ")],
    [_("Missing or damaged fingers"), notTaken(encounter.missing_fingers)],
    [_("Receipt made"), moment(Date.now())],
  ].filter(([, text]) => text);
}

function row(sample) {
  const line = made("tr");
  const [what, how] =
    sample.modality === "face"
      ? [_("Photo {file}", { file: sample.filename }), view(sample.view)]
      : [finger(sample.position), impression(sample.impression)];
  const remarks = sample.quality_faults.map(fault);
  if (sample.accepted_because) remarks.push(_("enrolled because: {reason}", { reason: sample.accepted_because }));
  const cell = made("td", what);
  cell.append(" ", made("small", how));
  line.append(cell, made("td", sample.quality ?? _("not known"), "figure-cell"), made("td", remarks.join("; ")));
  return line;
}

function asked({ duplicate_cases: cases, checked }) {
  if (!cases.length && !checked)
    return [made("p", _("It is compared with everybody on record soon; examiners are asked where somebody is alike."))];
  if (!cases.length)
    return [made("p", _("Compared with everybody on record: examiners need not be asked anything new."), "good")];
  const box = made("div", "", "warning");
  box.append(
    made(
      "p",
      _("Examiners are asked whether this person is on record already. They decide; nothing is merged before."),
    ),
  );
  if (receipt.dataset.cases) {
    cases.forEach((id, place) => {
      const link = made("a", _("Case {number}", { number: place + 1 }));
      link.href = `/app/cases/${id}`;
      box.append(link, " ");
    });
  }
  return [box];
}
