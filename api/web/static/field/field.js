// The field check: one photo or up to two prints, compressed on the phone, and the answer.

import { asError, newKey, request } from "../lib/api.js";
import { byId, clone, query, queryAll } from "../lib/dom.js";
import { fieldOfName } from "../lib/files.js";
import { clearFormProblem, firstInvalid, showFormProblem, whileWorking } from "../lib/forms.js";
import { showPreview } from "../lib/image_preview.js";
import { _ } from "../lib/messages.js";
import { apiPath } from "../lib/paths.js";
import { hideAnswer, showAnswer } from "./answer.js";
import { ContactlessPrint, preparePhoto, preparePrint } from "./compression.js";

/** @typedef {{ file: File, ppi?: number, line: HTMLElement, field: () => string }} Taken */

const MOST_PRINTS = 2;
const form = byId("check", HTMLFormElement);
const photoInput = byId("photo", HTMLInputElement);
const printsInput = byId("prints", HTMLInputElement);
const list = byId("taken");
const problem = byId("taken-problem");
const checkButton = query(form, "button.main", HTMLButtonElement);

/** @type {Taken[]} */
let taken = [];
let key = ""; // of the request: as long as its content is the same

/** @param {string} text */
const refuse = (text) => (problem.textContent = text);

/** Forgets what was taken: nothing of it stays in the page. */
function clear() {
  for (const { line } of taken) showPreview(query(line, "img", HTMLImageElement), null, null);
  taken = [];
  list.replaceChildren();
  update();
}

function update() {
  key = newKey();
  checkButton.disabled = !taken.length;
}

photoInput.addEventListener("change", async () => {
  const [file] = photoInput.files ?? [];
  if (!file) return;
  refuse("");
  clear();
  add(await preparePhoto(file), "face");
  photoInput.value = "";
});

printsInput.addEventListener("change", async () => {
  const files = [...(printsInput.files ?? [])];
  printsInput.value = "";
  refuse("");
  if (taken.some(({ line }) => line.dataset.kind === "face")) clear();
  try {
    for (const file of files) {
      if (taken.length >= MOST_PRINTS) return refuse(_("Two prints are enough. Remove one to take another."));
      add(await preparePrint(file), "print", fieldOfName(file.name));
    }
  } catch (error) {
    if (!(error instanceof ContactlessPrint)) throw error;
    refuse(_("Photos of fingers are not accepted. Take the print with a scanner, or a photo of the face."));
  }
});

/**
 * @param {import("./compression.js").Prepared} prepared
 * @param {"face" | "print"} kind
 * @param {string} guessed the form field that the file's name suggests
 */
function add(prepared, kind, guessed = "") {
  const line = clone(byId(`${kind}-taken`, HTMLTemplateElement));
  const select = line.querySelector("select");
  if (select && [...select.options].some((option) => option.value === guessed)) select.value = guessed;
  showPreview(query(line, "img", HTMLImageElement), line.querySelector(".none"), prepared.file);
  query(line, "button").addEventListener("click", () => {
    taken = taken.filter((each) => each.line !== line);
    showPreview(query(line, "img", HTMLImageElement), null, null);
    line.remove();
    update();
  });
  select?.addEventListener("change", update);
  taken.push({ ...prepared, line, field: () => select?.value ?? String(photoInput.dataset.field) });
  list.append(line);
  update();
}

/** Returns the form of the check, and of a search with the same samples. */
function samplesForm() {
  const data = new FormData(form); // the files have no name there
  /** @type {Record<string, object[]>} */
  const details = {};
  for (const { file, ppi, field } of taken) {
    data.append(field(), file, file.name);
    (details[field()] ??= []).push(ppi ? { ppi } : {});
  }
  data.append("details", JSON.stringify(details));
  return data;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  clearFormProblem(form);
  refuse("");
  const invalid = firstInvalid(form);
  if (invalid) return invalid.reportValidity();
  if (!taken.length) return refuse(_("Take a photo or a print first."));
  whileWorking(checkButton, async () => {
    try {
      /** @type {{ body: Api.FieldCheckOut }} */
      const { body } = await request("POST", apiPath("/field-checks"), { form: samplesForm(), key });
      form.hidden = true;
      showAnswer(body, samplesForm());
    } catch (error) {
      showFormProblem(form, asError(error));
    }
  });
});

byId("next").addEventListener("click", () => {
  hideAnswer();
  clear();
  form.hidden = false;
  photoInput.focus();
});

for (const input of queryAll(form, "input[type=file]", HTMLInputElement)) input.disabled = false;
