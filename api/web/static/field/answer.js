// The answer of a field check: one of three, the people it may be, the units to call, and the next step.

import { asError, newKey, request } from "../lib/api.js";
import { confirmed } from "../lib/dialogs.js";
import { byId, clone, create, link, query, queryAll } from "../lib/dom.js";
import { clearFormProblem, showFormProblem, whileWorking } from "../lib/forms.js";
import { showPreview } from "../lib/image_preview.js";
import { _ } from "../lib/messages.js";
import { apiPath, pagePath } from "../lib/paths.js";

const section = byId("answer");
const box = byId("who");
const PHOTO = byId("photo").dataset.field ?? ""; // the form field of a photo of the face
/** @type {Record<string, string>} */
const KINDS = JSON.parse(section.dataset.kinds ?? "{}"); // what people are looked for as, in the reader's language

/** @returns {Record<Api.FieldAnswer, [title: string, next: string]>} */
const texts = () => ({
  on_record: [
    _("On record"),
    _("Compare the person with the photo. The answer is no proof: an examiner decides whether it is the same person."),
  ],
  possible: [
    _("Possible: call this unit"),
    _("Call the unit and describe the person. Do not arrest anyone on this answer alone."),
  ],
  not_found: [
    _("Not found"),
    _(
      "No person on record is similar enough. This does not show who the person is: check documents, or take another finger.",
    ),
  ],
});

/**
 * Shows an answer; `samples` is the form that it was asked with, for a case.
 *
 * @param {Api.FieldCheckOut} check
 * @param {FormData} samples
 */
export function showAnswer(check, samples) {
  const [title, next] = texts()[check.answer];
  section.dataset.answer = check.answer;
  section.toggleAttribute("data-wanted", check.people.some(isWanted));
  byId("answer-title").textContent = title;
  byId("next-step").textContent = next;
  clearFormProblem(section);
  /** @type {Promise<string> | null} */
  let searched = null; // the search that a case is about, made once, however often it is tried
  const key = newKey();
  const search = () => (searched ??= made(samples, key).catch((error) => ((searched = null), Promise.reject(error))));
  const photo = samples.get(PHOTO);
  box.replaceChildren(
    ...check.people.map((person) => personLine(person, search, photo instanceof File ? photo : null)),
    ...check.units.map((unit) => unitLine(unit, search)),
  );
  section.hidden = false;
  byId("answer-title").focus();
}

/** Forgets the answer: nothing of it stays in the page. */
export function hideAnswer() {
  section.hidden = true;
  for (const image of queryAll(box, "[data-taken] img", HTMLImageElement)) showPreview(image, null, null);
  box.replaceChildren();
}

/** @param {Api.FieldPersonOut} person */
const isWanted = (person) => person.looked_for.some(({ kind }) => kind === "wanted");

/**
 * @param {Api.FieldPersonOut} person
 * @param {() => Promise<string>} search
 * @param {File | null} taken the photo that was taken
 */
function personLine(person, search, taken) {
  const line = clone(byId("person-line", HTMLTemplateElement));
  query(line, "h3").textContent = person.name;
  query(line, "[data-about]").textContent = [
    person.national_number,
    person.birth_year ? _("born {year}", { year: person.birth_year }) : "",
  ]
    .filter(Boolean)
    .join(" · ");
  const isShown = person.photo !== null && section.dataset.images !== undefined;
  const figures = { taken: query(line, "[data-taken]"), recorded: query(line, "[data-recorded]") };
  if (isShown)
    query(figures.recorded, "img", HTMLImageElement).src = apiPath(`/samples/${person.photo}/rendering?side=400`);
  else figures.recorded.remove();
  if (taken && isShown) showPreview(query(figures.taken, "img", HTMLImageElement), null, taken);
  else figures.taken.remove();
  line.classList.toggle("sought", isWanted(person));
  const calls = person.looked_for.map(({ kind, unit }) => call(unit, KINDS[kind]));
  query(line, ".calls").append(
    ...(calls.length ? calls : [create("p", _("Not wanted, not missing.")), call(person.unit)]),
  );
  query(line, ".actions a", HTMLAnchorElement).href = pagePath(`/records/${person.record_id}`);
  offerCase(line, person.name, search, ["record_id", person.record_id]);
  return line;
}

/**
 * @param {Api.Elsewhere} unit
 * @param {() => Promise<string>} search
 */
function unitLine(unit, search) {
  const line = clone(byId("unit-line", HTMLTemplateElement));
  query(line, ".calls").append(call(unit));
  offerCase(line, _("the record of {unit}", { unit: unit.name || unit.unit }), search, ["unit", unit.unit]);
  return line;
}

/**
 * Returns whom to call, with what the person is looked for as.
 *
 * @param {Api.Elsewhere} unit
 */
function call(unit, kind = "") {
  const line = create("p");
  if (kind) line.append(create("b", kind, kind === KINDS.wanted ? "tag bad" : "tag warn"), " ");
  line.append(unit.name || unit.unit, " ");
  if (unit.telephone) {
    const number = link(
      `tel:${unit.telephone.replace(/[^0-9+]/g, "")}`,
      _("Call {number}", { number: unit.telephone }),
    );
    line.append(Object.assign(number, { className: "button" }));
  } else line.append(create("small", _("no telephone is entered")));
  return line;
}

/**
 * @param {HTMLElement} line
 * @param {string} name
 * @param {() => Promise<string>} search
 * @param {[name: "record_id" | "unit", value: string]} candidate
 */
function offerCase(line, name, search, candidate) {
  const button = line.querySelector("button");
  if (!button) return; // of an account that may not read cases
  const key = newKey();
  button.addEventListener("click", async () => {
    const question = _("Ask an examiner about {name}? What you sent is then kept for the case.", { name });
    if (!(await confirmed(question, _("Open the case")))) return;
    clearFormProblem(section);
    await whileWorking(button, async () => {
      try {
        const id = await search();
        const form = new FormData();
        form.append("search_id", id);
        form.append("is_urgent", "true");
        form.append(...(await named(id, candidate)));
        /** @type {{ body: Api.CaseOut }} */
        const { body } = await request("POST", apiPath("/cases"), { form, key });
        const opened = link(pagePath(`/cases/${body.id}`), _("Open case {number}", { number: body.number }));
        button.replaceWith(Object.assign(opened, { className: "button" }));
        opened.focus();
      } catch (error) {
        showFormProblem(section, asError(error));
      }
    });
  });
}

/**
 * Returns what names a candidate of a search: of another unit's, only the rank is known.
 *
 * @param {string} id
 * @param {["record_id" | "unit", string]} candidate
 * @returns {Promise<[string, string]>}
 */
async function named(id, [name, value]) {
  if (name === "record_id") return [name, value];
  /** @type {{ body: Api.SearchOut }} */
  const { body } = await request("GET", apiPath(`/searches/${id}`));
  return ["rank", String(body.candidates.find(({ elsewhere }) => elsewhere?.unit === value)?.rank ?? "")];
}

/**
 * Searches with the samples of a check, which keeps them for a case; returns the id of the search.
 *
 * @param {FormData} samples
 * @param {string} key
 */
async function made(samples, key) {
  /** @type {{ body: Api.SearchOut }} */
  const { body } = await request("POST", apiPath("/identify"), { form: samples, key });
  return body.id;
}
