// The page of a stored search: opening a case, replaying it, making it a standing search.

import { asError, newKey, Problem, request } from "../lib/api.js";
import { ask } from "../lib/dialogs.js";
import { byId, create, link, queryAll } from "../lib/dom.js";
import { fieldOfName } from "../lib/files.js";
import { clearFormProblem, formValues, showFormProblem, submitterOf, whileWorking } from "../lib/forms.js";
import { _ } from "../lib/messages.js";
import { apiPath, pagePath } from "../lib/paths.js";
import { runTask } from "../lib/tasks.js";
import { listenToKeys } from "./candidate_keys.js";
import { formData } from "./search_form.js";

/** @typedef {import("./search_form.js").FormField} FormField */

const output = byId("status");
const { search = "", case: caseNumber = "", kept } = byId("found").dataset;
/** @type {Record<string, string>} */
const FIELDS = { "": "unknown_finger", "itl": "transaction" }; // the service's names of fields, if they differ
/** @type {((fields: FormField[]) => void) | null} */
let onFilesChosen = null; // what goes on when the files have been chosen again

for (const button of queryAll(document, "[data-ask], [data-ask-rank]", HTMLButtonElement)) {
  button.addEventListener("click", async () => {
    const answer = await askAboutCase(button.dataset.name ?? "");
    if (answer.isConfirmed) withFiles(button, (fields) => openCase(button, fields, answer.isUrgent));
  });
}
listenToKeys(queryAll(document, ".candidates > li"));
const replayButton = byId("replay", HTMLButtonElement);
replayButton.addEventListener("click", () => working(replayButton, replay));
const standingForm = document.getElementById("stand");
if (standingForm instanceof HTMLFormElement) {
  standingForm.addEventListener("submit", (event) => {
    event.preventDefault();
    const submitter = submitterOf(event);
    if (submitter) withFiles(submitter, (fields) => addStandingSearch(standingForm, fields));
  });
}
const filesInput = byId("again", HTMLInputElement);
filesInput.addEventListener("change", () => {
  const fields = [...(filesInput.files ?? [])].map((file) => {
    const name = fieldOfName(file.name);
    return /** @type {FormField} */ ([FIELDS[name] ?? name, file]);
  });
  filesInput.value = "";
  byId("gone").hidden = true;
  onFilesChosen?.(fields);
});

/**
 * Does something with the files of the search, which the service has, or asks for them if it does not keep them.
 *
 * @param {HTMLButtonElement} button
 * @param {(fields: FormField[]) => Promise<void>} act
 * @param {FormField[] | null} chosen the files that were chosen again
 */
async function withFiles(button, act, chosen = null) {
  if (kept === undefined && !chosen) {
    onFilesChosen = (files) => withFiles(button, act, files);
    const gone = byId("gone");
    gone.hidden = false;
    gone.focus();
    gone.scrollIntoView({ block: "center" });
    return;
  }
  await working(button, () => act(chosen ?? []));
}

/**
 * @param {HTMLButtonElement} button
 * @param {() => Promise<void>} act
 */
async function working(button, act) {
  clearFormProblem(output);
  await whileWorking(button, async () => {
    try {
      await act();
    } catch (error) {
      showFormProblem(output, asError(error));
    }
  });
}

/**
 * Asks whether to open a case about a candidate, and whether it is urgent.
 *
 * @param {string} name
 */
async function askAboutCase(name) {
  const question = caseNumber
    ? _("Open a case about {name} for {number}?", { name, number: caseNumber })
    : _("Open a case about {name}?", { name });
  const title = create("p", question);
  title.id = "question";
  const explanation = create(
    "p",
    _("Examiners compare the images. They see neither the score nor the name before they decide."),
  );
  const urgent = Object.assign(create("input"), { type: "checkbox" });
  const label = create("label");
  label.append(urgent, _("Urgent: someone waits for the answer, such as a person in custody"));
  const answer = await ask(
    "question",
    [title, explanation, label],
    [
      ["yes", _("Open the case"), "main"],
      ["no", _("Cancel"), ""],
    ],
  );
  return { isConfirmed: answer === "yes", isUrgent: urgent.checked };
}

/**
 * Opens a case about a candidate.
 *
 * @param {HTMLButtonElement} button
 * @param {FormField[]} fields
 * @param {boolean} isUrgent
 */
async function openCase(button, fields, isUrgent) {
  const { ask: record, askRank: rank = "" } = button.dataset; // the rank of another unit's candidate, or of a latent's
  const form = formData([
    ["search_id", search],
    ["is_urgent", String(isUrgent)],
    record ? ["record_id", record] : ["rank", rank],
    ...fields,
  ]);
  /** @type {{ body: Api.CaseOut }} */
  const { body } = await request("POST", apiPath("/cases"), { form, key: newKey() });
  const [page, label] = [pagePath(`/cases/${body.id}`), _("Open case {number}", { number: body.number })];
  show(_("Case {number} is open for examiners.", { number: body.number }), page, label);
  const next = button.closest(".candidate")?.querySelector(".next");
  next?.lastChild?.replaceWith(` ${_("Examiners decide in case {number}.", { number: body.number })}`);
  const opened = Object.assign(link(page, label), { className: "button" });
  button.replaceWith(opened); // a second press would be refused
  opened.dataset.openCase = "";
  opened.focus({ preventScroll: true });
}

async function replay() {
  /** @type {{ body: Api.ReplayOut }} */
  const { body } = await runTask(apiPath(`/searches/${search}/replay`), {}, show);
  const sentences = [body.same ? _("The list is exactly the same.") : _("The list is different today.")];
  if (body.removed)
    sentences.push(
      _("{count} prints or photos have been removed since then and were not compared.", { count: body.removed }),
    );
  if (body.meanwhile)
    sentences.push(
      _("{count} were enrolled while the search ran, which may or may not have included them.", {
        count: body.meanwhile,
      }),
    );
  if (body.index_differs && !body.same)
    sentences.push(_("The index selects candidates differently now: those near the end of the list may be others."));
  if (!body.same) sentences.push(...body.candidates.slice(0, 5).map(candidateText));
  show(sentences.join(" "));
}

/** @param {Api.CandidateOut} candidate */
function candidateText({ rank, record, elsewhere }) {
  const name = record?.name ?? (elsewhere ? _("kept by another unit") : _("a record that was removed"));
  return `${rank}. ${name};`;
}

/**
 * @param {HTMLFormElement} form
 * @param {FormField[]} fields
 */
async function addStandingSearch(form, fields) {
  if (fields.some(([name]) => name === "transaction")) {
    throw new Problem(
      "invalid_field",
      _(
        "An ANSI/NIST file can be searched with only once. To start a standing search, search with the prints or photos themselves.",
      ),
    );
  }
  /** @type {Record<string, string>} */
  const of = fields.length ? { case_number: caseNumber } : { search_id: search };
  const values = Object.entries({ ...formValues(form), ...of });
  /** @type {{ body: Api.NewStandingOut }} */
  const { body } = await runTask(apiPath("/standing-searches"), { form: formData([...fields, ...values]) }, show);
  const started = _("Standing search {number} is started. Every later enrolment is compared with it.", {
    number: body.standing.number,
  });
  const poor = _("A photo is too poor to exclude anybody: the person may be enrolled without a hit. Add a better one.");
  show(body.poor_samples?.length ? `${started} ${poor}` : started, pagePath("/standing"), _("Standing searches"));
}

/**
 * Shows what happened, with a link to where it goes on.
 *
 * @param {string} text
 */
function show(text, href = "", label = "") {
  const paragraph = create("p", text, "notice");
  if (href) paragraph.append(" ", link(href, label));
  output.replaceChildren(paragraph);
  paragraph.scrollIntoView({ block: "nearest" });
}
