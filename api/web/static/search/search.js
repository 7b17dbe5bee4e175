// The search page: files and what they show, the purpose, and where the results are.

import { asError } from "../lib/api.js";
import { byId, query } from "../lib/dom.js";
import { onFileDrop } from "../lib/files.js";
import { clearFormProblem, fieldNamed, firstInvalid, showFormProblem } from "../lib/forms.js";
import { _ } from "../lib/messages.js";
import { apiPath, pagePath } from "../lib/paths.js";
import { runTask, wasCancelled } from "../lib/tasks.js";
import { ChosenFiles } from "./chosen_files.js";
import { showGroup } from "./group_results.js";
import { findPeople, showPeople } from "./people.js";
import { FILE_FIELDS, formData, searchFields, showKeeping, withProgress } from "./search_form.js";
import { searchWithTransaction } from "./transaction.js";

const form = byId("search", HTMLFormElement);
const input = byId("files", HTMLInputElement);
const problemText = byId("files-problem");
const groupChoice = byId("group-choice");
const chosen = new ChosenFiles(byId("chosen"), byId("file-row", HTMLTemplateElement), update);

/** Shows the parts of the form that apply to the chosen files. */
function update() {
  problemText.textContent = "";
  byId("people").hidden = true;
  const names = chosen.fields.map(([name]) => name);
  const isMarked = chosen.rows.some(({ box }) => box); // the part that shows who is searched for
  groupChoice.hidden = !(names.length === 1 && names[0] === "photo") || isMarked;
  const isTransaction = names.includes("itl");
  byId("of-itl").hidden = !isTransaction;
  byId("of-search").hidden = isTransaction;
}

input.addEventListener("change", () => {
  chosen.add([...(input.files ?? [])]);
  input.value = "";
});
onFileDrop(byId("drop"), (files) => chosen.add(files));

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  clearFormProblem(form);
  chosen.clearProblems();
  problemText.textContent = chosen.rows.length ? "" : _("Choose at least one print or photo to search with.");
  if (!chosen.rows.length) {
    input.focus();
    return;
  }
  const isTransaction = chosen.fields.some(([name]) => name === "itl");
  const invalid = isTransaction ? null : firstInvalid(form);
  if (invalid) {
    invalid.reportValidity();
    return;
  }
  try {
    await withProgress(form, isTransaction ? sendTransaction : sendSearch);
  } catch (error) {
    if (wasCancelled(error)) query(form, "button.main").focus();
    else if (!chosen.showProblem(asError(error))) showFormProblem(form, asError(error));
  }
});

/**
 * @param {(text: string) => void} onProgress
 * @param {AbortSignal} signal
 */
async function sendSearch(onProgress, signal) {
  const group = fieldNamed(form, "group");
  const isGroup = !groupChoice.hidden && group instanceof HTMLInputElement && group.checked;
  const photos = chosen.rows.filter(({ select, box }) => select.value === "photo" && !box);
  if (photos.length > 1) {
    onProgress(_("Looking for faces"));
    const found = await findPeople(photos, signal);
    if (found) return showPeople(found, photos, (person) => searchFor(person, photos));
  }
  const texts = searchFields(form).filter(([name]) => !isGroup || !FILE_FIELDS.has(name));
  /** @type {import("./search_form.js").FormField[]} */
  const fields = [...texts, ...chosen.fields];
  if (Object.keys(chosen.details).length) fields.push(["details", JSON.stringify(chosen.details)]);
  const [{ file }] = chosen.rows;
  const path = apiPath(isGroup ? "/identify/group" : "/identify");
  const { body } = await runTask(path, { form: formData(fields) }, onProgress, signal);
  /** @type {Api.GroupMemberOut[]} */
  const members = isGroup ? body : [{ search: body }];
  if (isGroup) await showGroup(members, file);
  else location.assign(pagePath(`/searches/${members[0].search.id}`));
}

/**
 * Searches with all faces of one person; photos without that person are taken out of the list.
 *
 * @param {Api.PhotographedPerson} person
 * @param {import("./chosen_files.js").FileRow[]} photos
 */
function searchFor({ faces }, photos) {
  byId("people").hidden = true;
  const boxes = new Map(faces.map(({ photo, box }) => [photos[photo], box]));
  for (const row of photos) {
    const box = boxes.get(row);
    if (box) chosen.setBox(row, box);
    else chosen.remove(row);
  }
  form.requestSubmit();
}

/**
 * @param {(text: string) => void} onProgress
 * @param {AbortSignal} signal
 */
async function sendTransaction(onProgress, signal) {
  const files = chosen.rows.map(({ file }) => file);
  const searches = await searchWithTransaction(files, onProgress, signal);
  location.assign(pagePath(searches.length > 1 ? "/searches?mine=true" : `/searches/${searches[0]}`));
}

showKeeping(form);
