// The page of verification: samples against a few people on record, or against other samples.

import { asError } from "../lib/api.js";
import { byId, create, link, query, queryAll } from "../lib/dom.js";
import { onFileDrop } from "../lib/files.js";
import { clearFormProblem, fieldNamed, firstInvalid, showFormProblem } from "../lib/forms.js";
import { _, number } from "../lib/messages.js";
import { apiPath, pagePath } from "../lib/paths.js";
import { strengthText } from "../lib/strength.js";
import { runTask, wasCancelled } from "../lib/tasks.js";
import { ChosenFiles } from "../search/chosen_files.js";
import { formData, withProgress } from "../search/search_form.js";
import { verdictText } from "./verdict.js";

const form = byId("verify", HTMLFormElement);
const result = byId("verified");
const samples = chosenFiles("samples");
const others = chosenFiles("others");

/** @param {string} name */
function chosenFiles(name) {
  const box = query(form, `[data-files=${name}]`);
  const input = query(box, "input", HTMLInputElement);
  const problem = query(box, ".bad");
  const clear = () => (problem.textContent = "");
  const chosen = new ChosenFiles(query(box, ".files"), byId("file-row", HTMLTemplateElement), clear);
  input.addEventListener("change", () => {
    chosen.add([...(input.files ?? [])]);
    input.value = "";
  });
  onFileDrop(box, (files) => chosen.add(files));
  /** Says that files are missing; returns whether there are some. */
  const require = () => {
    problem.textContent = chosen.rows.length ? "" : _("Choose at least one print or photo.");
    if (!chosen.rows.length) input.focus();
    return chosen.rows.length > 0;
  };
  return { chosen, require };
}

/** Whether the samples are compared with others, instead of people on record. */
const isWithOthers = () => new FormData(form).get("with") === "others";

/** Shows the fields of what the samples are compared with. */
function showFields() {
  const shown = isWithOthers() ? "others" : "people";
  for (const part of queryAll(form, "[data-with]")) part.hidden = part.dataset.with !== shown;
  fieldNamed(form, "people").disabled = isWithOthers();
}

for (const choice of queryAll(form, "[name=with]")) choice.addEventListener("change", showFields);
showFields();

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  clearFormProblem(form);
  result.hidden = true;
  for (const { chosen } of [samples, others]) chosen.clearProblems();
  if (!samples.require() || (isWithOthers() && !others.require())) return;
  const invalid = firstInvalid(form);
  if (invalid) {
    invalid.reportValidity();
    return;
  }
  try {
    await withProgress(form, isWithOthers() ? compare : verify);
  } catch (error) {
    if (wasCancelled(error)) query(form, "button.main").focus();
    else if (![samples, others].some(({ chosen }) => chosen.showProblem(asError(error))))
      showFormProblem(form, asError(error));
  }
});

/**
 * The fields of the files, with the details of those that show a part of a photo.
 *
 * @param {ChosenFiles} chosen
 * @param {string} prefix
 * @returns {import("../search/search_form.js").FormField[]}
 */
function fileFields(chosen, prefix = "") {
  /** @type {import("../search/search_form.js").FormField[]} */
  const fields = chosen.fields.map(([name, file]) => [prefix + name, file]);
  if (Object.keys(chosen.details).length) fields.push([`${prefix}details`, JSON.stringify(chosen.details)]);
  return fields;
}

/** @returns {import("../search/search_form.js").FormField[]} */
const purposeFields = () => ["purpose", "case_number"].map((name) => [name, fieldNamed(form, name).value.trim()]);

/**
 * @param {(text: string) => void} onProgress
 * @param {AbortSignal} signal
 */
async function verify(onProgress, signal) {
  const named = fieldNamed(form, "people")
    .value.split("\n")
    .map((line) => line.trim());
  /** @type {import("../search/search_form.js").FormField[]} */
  const fields = [["target_fmr", fieldNamed(form, "target_fmr").value], ...purposeFields()];
  for (const each of named) if (each) fields.push(["people", each]);
  const content = formData([...fields, ...fileFields(samples.chosen)]);
  showPeople((await runTask(apiPath("/verify/people"), { form: content }, onProgress, signal)).body);
}

/**
 * @param {(text: string) => void} onProgress
 * @param {AbortSignal} signal
 */
async function compare(onProgress, signal) {
  const fields = [...purposeFields(), ...fileFields(samples.chosen), ...fileFields(others.chosen, "other_")];
  /** @type {{ body: Api.SamplesComparisonOut }} */
  const { body } = await runTask(apiPath("/compare"), { form: formData(fields) }, onProgress, signal);
  show([create("p", strengthText(body.score)), create("p", _("An examiner decides."))]);
}

/** @param {Api.PeopleVerificationOut} outcome */
function showPeople({ people, not_compared: notCompared, target_fmr: targetFmr }) {
  const list = create("ol");
  for (const { verification, in_this_list: rarity } of people) {
    const { record, match, score } = verification;
    const line = create("li", "", match ? "notice" : "warning");
    const name = create("p");
    name.append(link(pagePath(`/records/${record.id}`), record.name), ` · ${record.national_number}`);
    line.append(name, create("b", verdictText(match)), create("p", strengthText(score)));
    if (rarity) line.append(create("p", rarityText(rarity)));
    list.append(line);
  }
  const rate = number(Math.round(1 / targetFmr));
  const threshold = _("If it is none of them, 1 in {rate} such lists wrongly shows a match. An examiner decides.", {
    rate,
  });
  const missing = notCompared.map(({ name }) => name).join(", ");
  const left = missing
    ? [create("p", _("Not compared, as their records have no such samples: {names}.", { names: missing }))]
    : [];
  show([list, create("p", threshold), ...left]);
}

/** @param {Api.SearchRarityOut} rarity */
const rarityText = ({ searches, says_little: saysLittle }) =>
  saysLittle
    ? _("Says little: more than 1 in 10 such lists of other people show someone this high.")
    : _("At most 1 in {rate} such lists of other people shows someone this high.", { rate: number(searches) });

/** @param {HTMLElement[]} content */
function show(content) {
  query(result, "[data-result]").replaceChildren(...content);
  result.hidden = false;
  byId("verified-title").focus();
}
