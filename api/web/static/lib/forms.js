// Forms that send requests: <form data-api="POST PATH" data-then="reload">, with the path of an API resource.
//
// Fields become JSON by their names, with dots for nested objects; data-kind on a field gives its type: "number",
// "boolean" (the texts "true" and "false"), "flag" (a checkbox), "many" (checkboxes of one name: a list), "list" (one item a line), "date" (dd/mm/yyyy), "json", "query" (a query parameter),
// else text. Empty fields are left out, unless data-keep. `data-version` is the ETag of the version that is changed,
// `data-confirm` a question to be answered first, with what is chosen in place of {names} of fields. `data-then` is where to go: "reload", or a path with {names} of the
// response. A form without it dispatches "done", with the response as its detail.

import { asError, newKey, request } from "./api.js";
import { isoDay } from "./days.js";
import { confirmed } from "./dialogs.js";
import { pendingWrites } from "../storage/drafts.js";
import { create, link, queryAll } from "./dom.js";
import { _ } from "./messages.js";
import { pagePath } from "./paths.js";
import { showProblem } from "./problems.js";

/** @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Field */

/**
 * Returns the named fields of a form.
 *
 * @param {HTMLFormElement} form
 * @returns {Field[]}
 */
export const fieldsOf = (form) =>
  /** @type {Field[]} */ (
    [...form.elements].filter((element) => "name" in element && element.name && !(element instanceof HTMLButtonElement))
  );

/**
 * Returns the field of a form that has a name. Throws an Error if there is none.
 *
 * @param {HTMLFormElement} form
 * @param {string} name
 */
export function fieldNamed(form, name) {
  const field = fieldsOf(form).find((element) => element.name === name);
  if (!field) throw new Error(`The form has no field "${name}".`);
  return field;
}

/**
 * Returns the values of a form's fields as an object.
 *
 * @param {HTMLFormElement} form
 * @returns {Record<string, any>}
 */
export function formValues(form) {
  /** @type {Record<string, any>} */
  const values = {};
  for (const field of fieldsOf(form)) {
    if (field.disabled || field.dataset.kind === "query" || (field.type === "radio" && !isChecked(field))) continue;
    const value = read(field);
    if (value === undefined) continue;
    const path = field.name.split(".");
    const name = /** @type {string} */ (path.pop());
    let object = values;
    for (const step of path) object = object[step] ??= {};
    object[name] = Array.isArray(value) && field.dataset.kind === "many" ? [...(object[name] ?? []), ...value] : value;
  }
  return values;
}

/** @param {Field} field */
const isChecked = (field) => field instanceof HTMLInputElement && field.checked;

/** @param {Field} field */
function read(field) {
  const { kind } = field.dataset;
  if (kind === "flag") return isChecked(field);
  if (kind === "many") return isChecked(field) ? [field.value] : [];
  if (field.type === "checkbox") return isChecked(field) ? field.value : undefined;
  if (field instanceof HTMLSelectElement && field.multiple)
    return Array.from(field.selectedOptions, (option) => option.value);
  const text = field.value.trim();
  if (kind === "list") return linesOf(text);
  if (!text && field.dataset.keep === undefined) return undefined;
  if (kind === "boolean") return text === "true";
  if (kind === "date") return isoDay(text) || text;
  if (kind === "json") return JSON.parse(text);
  return kind === "number" ? Number(text) : text;
}

/**
 * Returns the lines of a text that are not empty.
 *
 * @param {string} text
 */
export const linesOf = (text) =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);

/**
 * Returns the path with the form's "query" fields as its parameters.
 *
 * @param {string} path
 * @param {HTMLFormElement} form
 */
function withQuery(path, form) {
  const fields = fieldsOf(form).filter((field) => field.dataset.kind === "query" && field.value);
  return fields.length ? `${path}?${new URLSearchParams(fields.map((field) => [field.name, field.value]))}` : path;
}

/**
 * Returns the fields in a part of a form, or in all of it, that are not valid.
 *
 * @param {HTMLFormElement} form
 * @param {HTMLElement} part
 */
export const invalidFields = (form, part = form) =>
  fieldsOf(form).filter((field) => part.contains(field) && field.willValidate && !field.validity.valid);

/**
 * Returns the first field that is not valid, made visible; null if all are valid.
 *
 * @param {HTMLFormElement} form
 */
export function firstInvalid(form) {
  const field = invalidFields(form).at(0);
  if (!field) return null;
  const details = field.closest("details");
  if (details) details.open = true;
  return field;
}

/**
 * Shows a problem at the top of a form or another element, moves the focus there, and marks the fields that it names.
 *
 * @param {HTMLElement} parent
 * @param {Error & Partial<import("./api.js").Problem>} problem
 */
export function showFormProblem(parent, problem) {
  clearFormProblem(parent);
  const box = create("div", "", "problem");
  box.setAttribute("role", "alert");
  box.tabIndex = -1;
  const text = create("p");
  showProblem(text, problem);
  box.append(text);
  const fields = parent instanceof HTMLFormElement ? fieldsOf(parent) : [];
  for (const { field: name, message = "" } of problem.errors ?? []) {
    const field = fields.find((element) => name?.endsWith(element.name));
    if (!field) continue;
    showFieldProblem(field, message);
  }
  if (problem.code === "signed_out") {
    box.append(Object.assign(link(pagePath("/sign-in"), _("Sign in")), { target: "_blank" }));
  }
  parent.prepend(box);
  box.focus();
}

/**
 * Removes the problem that was shown before.
 *
 * @param {HTMLElement} parent
 */
export function clearFormProblem(parent) {
  parent.querySelector(":scope > .problem")?.remove();
  for (const field of queryAll(parent, "[aria-invalid]")) clearFieldProblem(field);
}

/**
 * Says below a field what is wrong with it.
 *
 * @param {HTMLElement} field
 * @param {string} message
 */
export function showFieldProblem(field, message) {
  clearFieldProblem(field);
  const text = create("span", message, "field-problem");
  text.id = `${field.id || field.getAttribute("name")}-problem`;
  field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-errormessage", text.id);
  describe(field, [...describedBy(field), text.id]);
  field.after(text);
}

/** @param {HTMLElement} field */
export function clearFieldProblem(field) {
  for (const name of ["aria-invalid", "aria-errormessage"]) field.removeAttribute(name);
  const text = field.nextElementSibling;
  if (!text?.matches(".field-problem")) return;
  describe(
    field,
    describedBy(field).filter((id) => id !== text.id),
  );
  text.remove();
}

/** @param {HTMLElement} field */
const describedBy = (field) => (field.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean);

/**
 * @param {HTMLElement} field
 * @param {string[]} ids
 */
function describe(field, ids) {
  if (ids.length) field.setAttribute("aria-describedby", ids.join(" "));
  else field.removeAttribute("aria-describedby");
}

/**
 * Disables a button, and shows that it is at work, until something is done.
 *
 * @param {HTMLButtonElement} button
 * @param {() => Promise<unknown>} act
 */
export async function whileWorking(button, act) {
  button.disabled = true;
  button.classList.add("working");
  try {
    await act();
  } finally {
    button.disabled = false;
    button.classList.remove("working");
  }
}

/**
 * Returns the button that submitted a form.
 *
 * @param {SubmitEvent} event
 */
export const submitterOf = (event) => (event.submitter instanceof HTMLButtonElement ? event.submitter : null);

/**
 * Returns what the user sees of the choice in a field.
 *
 * @param {HTMLFormElement} form
 * @param {string} name
 */
function chosenText(form, name) {
  const field = fieldsOf(form).find(
    (element) => element.name === name && (element.type !== "radio" || isChecked(element)),
  );
  if (field instanceof HTMLSelectElement) return field.selectedOptions[0]?.textContent ?? "";
  return field?.labels?.[0]?.textContent?.trim() ?? "";
}

/** @type {WeakMap<HTMLFormElement, { content: string, key: string }>} */
const attempts = new WeakMap(); // the idempotency key of each form, as long as its content is the same

/**
 * Sends a form to the service as its attributes say.
 *
 * @param {HTMLFormElement} form
 * @param {HTMLButtonElement | null} submitter
 */
async function send(form, submitter) {
  const { confirm } = form.dataset;
  if (confirm) {
    const question = confirm.replace(/\{(\w+)\}/g, (_placeholder, name) => chosenText(form, name));
    /** @type {HTMLElement[]} */
    const evidence = [];
    form.dispatchEvent(new CustomEvent("confirming", { detail: evidence, bubbles: true })); // listeners add to it
    if (!(await confirmed(question, submitter?.textContent?.trim() || _("Continue"), evidence))) return;
  }
  const buttons = queryAll(form, "button", HTMLButtonElement).filter((button) => !button.disabled);
  const working = submitter ?? buttons.at(0);
  for (const button of buttons) button.disabled = true;
  working?.classList.add("working");
  clearFormProblem(form);
  try {
    await Promise.all([...pendingWrites].map((write) => write())); // what was changed a moment ago comes first
    const [method, path] = (form.dataset.api ?? "").split(" ");
    const url = withQuery(path, form);
    const values = formValues(form);
    if (submitter?.name) values[submitter.name] = submitter.value;
    const content = `${url} ${JSON.stringify(values)}`;
    if (attempts.get(form)?.content !== content) attempts.set(form, { content, key: newKey() });
    const hasBody = method !== "DELETE" && method !== "GET";
    const response = await request(method, url, {
      json: hasBody ? values : undefined,
      key: hasBody ? attempts.get(form)?.key : undefined,
      version: form.dataset.version,
    });
    attempts.delete(form);
    const { then } = form.dataset;
    if (!then) form.dispatchEvent(new CustomEvent("done", { detail: response, bubbles: true }));
    else if (then === "reload") reload(form);
    else location.assign(then.replace(/\{(\w+)\}/g, (_placeholder, name) => encodeURIComponent(response.body[name])));
  } catch (error) {
    showFormProblem(form, asError(error));
  } finally {
    for (const button of buttons) button.disabled = false;
    working?.classList.remove("working");
  }
}

/**
 * Reloads the page; page.js then moves the focus to where the form was.
 *
 * @param {HTMLFormElement} form
 */
function reload(form) {
  sessionStorage.setItem("pehchan.place", form.closest("[id]:not(form)")?.id ?? "");
  location.reload();
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !form.dataset.api) return;
  event.preventDefault();
  send(form, submitterOf(event));
});
