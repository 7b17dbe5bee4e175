// Correcting a person's data: only changed fields are sent, and if another user was first, their changes are shown.

import { asError, newKey, request } from "../lib/api.js";
import { byId, clone, create, link, query, queryAll } from "../lib/dom.js";
import { clearFormProblem, fieldsOf, linesOf, showFormProblem, submitterOf, whileWorking } from "../lib/forms.js";
import { _ } from "../lib/messages.js";
import { apiPath, pagePath } from "../lib/paths.js";

/** @typedef {Record<string, any>} Values */

const form = byId("correction", HTMLFormElement);
const { record, version = "" } = form.dataset;
const original = read();

form.addEventListener("click", ({ target }) => {
  const rows = target instanceof Element ? target.closest("[data-rows]") : null;
  if (!(target instanceof HTMLElement) || !rows) return;
  if (target.matches("[data-add]")) {
    const row = clone(query(rows, "template", HTMLTemplateElement));
    target.before(row);
    query(row, "input, select").focus();
  } else if (target.matches("[data-remove]")) {
    target.closest("[data-row]")?.remove();
    query(rows, "[data-add]").focus();
  }
});

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const submitter = submitterOf(event);
  if (submitter) store(version, submitter);
});

/**
 * Stores the changed fields on top of a version of the record.
 *
 * @param {string} onVersion
 * @param {HTMLButtonElement} button
 */
async function store(onVersion, button) {
  const change = changedFields(original, read());
  clearFormProblem(form);
  await whileWorking(button, async () => {
    try {
      if (Object.keys(change).length)
        await request("PATCH", apiPath(`/records/${record}`), { json: change, version: onVersion, key: newKey() });
      location.assign(pagePath(`/records/${record}`));
    } catch (error) {
      const problem = asError(error);
      if (problem.code === "version_mismatch") await showOtherChanges();
      else showFormProblem(form, problem);
    }
  });
}

/** Shows what others have changed since the form was opened, and lets the officer store the correction on top. */
async function showOtherChanges() {
  const since = version.replaceAll('"', "");
  const response = await fetch(pagePath(`/records/${record}/changes?since=${since}`));
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const changes = page.querySelector("[data-changes]");
  const message = _("Another user has changed this record since you opened it. Your changes were not stored.");
  showFormProblem(form, new Error(message));
  if (!(changes instanceof HTMLElement)) return;
  const onTop = create("button", _("Store mine on top of it"));
  onTop.type = "button";
  onTop.addEventListener("click", () => store(changes.dataset.version ?? "", onTop));
  const startAgain = link(location.href, _("Discard mine and start again"));
  startAgain.className = "button";
  const actions = create("div", "", "actions");
  actions.append(onTop, startAgain);
  query(form, ".problem").append(document.adoptNode(changes), actions);
}

/** Returns the form's values, as the service takes them. */
function read() {
  /** @type {Values} */
  const values = {};
  for (const field of fieldsOf(form)) if (!field.closest("[data-row]")) put(values, field.name, valueOf(field));
  for (const list of queryAll(form, "[data-rows]")) {
    const { rows = "", needed = "" } = list.dataset;
    const items = queryAll(list, "[data-row]").map(rowValues);
    put(
      values,
      rows,
      items.filter((item) => item[needed]),
    );
  }
  return values;
}

/**
 * @param {HTMLElement} row
 * @returns {Record<string, string>}
 */
function rowValues(row) {
  const fields = fieldsOf(form).filter((field) => row.contains(field));
  return Object.fromEntries(fields.map((field) => [field.name, field.value.trim()]));
}

/** @param {import("../lib/forms.js").Field} field */
function valueOf(field) {
  const text = field.value.trim();
  if (field.dataset.kind === "list") return linesOf(text);
  if (field.dataset.kind === "number") return text ? Number(text) : null;
  return text || field.type === "text" ? text : null;
}

/**
 * Puts a value into nested objects.
 *
 * @param {Values} values
 * @param {string} path with dots
 * @param {unknown} value
 */
function put(values, path, value) {
  const steps = path.split(".");
  const name = /** @type {string} */ (steps.pop());
  let object = values;
  for (const step of steps) object = object[step] ??= {};
  object[name] = value;
}

/**
 * Returns the changed fields: whole fields of the person and of the particulars.
 *
 * @param {Values} before
 * @param {Values} after
 */
function changedFields({ particulars: oldParticulars, ...before }, { particulars: newParticulars, ...after }) {
  const change = difference(before, after);
  const particulars = difference(oldParticulars, newParticulars);
  if (Object.keys(particulars).length) change.particulars = particulars;
  return change;
}

/**
 * @param {Values} before
 * @param {Values} after
 * @returns {Values}
 */
const difference = (before, after) =>
  Object.fromEntries(
    Object.entries(after).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name])),
  );
