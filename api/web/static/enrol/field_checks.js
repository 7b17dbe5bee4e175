// Checks fields as they are left, and says below each what is wrong with it.

import { dayProblem, isoDay, typedDay } from "../lib/days.js";
import { clearFieldProblem, fieldsOf, invalidFields, showFieldProblem } from "../lib/forms.js";
import { _ } from "../lib/messages.js";

/** @typedef {import("../lib/forms.js").Field} Field */

/** @param {HTMLFormElement} form */
export function connectFieldChecks(form) {
  const days = fieldsOf(form).filter((field) => field.dataset.kind === "date");
  for (const field of days) {
    if (!(field instanceof HTMLInputElement)) continue;
    const check = () => field.setCustomValidity(dayProblem(field));
    field.addEventListener("input", check);
    field.addEventListener("change", () => {
      const day = isoDay(field.value);
      if (day) field.value = typedDay(day); // 5.11.2026 becomes 05/11/2026
    });
    check();
  }
  form.addEventListener("input", ({ target }) => {
    if (isChecked(target) && target.validity.valid) clearFieldProblem(target);
  });
  form.addEventListener("focusout", ({ target, relatedTarget }) => {
    // A button that is being pressed would move away from under the pointer; going on checks the fields itself.
    if (relatedTarget instanceof HTMLButtonElement) return;
    if (isChecked(target) && target.value && !target.validity.valid) showFieldProblem(target, problemOf(target));
  });
}

/**
 * Shows what is wrong with the fields in a part of a form; returns the first of them, null if all are valid.
 *
 * @param {HTMLFormElement} form
 * @param {HTMLElement} part
 */
export function checkFields(form, part) {
  const invalid = invalidFields(form, part);
  for (const field of invalid) showFieldProblem(field, problemOf(field));
  return invalid.at(0) ?? null;
}

/** @param {Field} field */
function problemOf({ validity, validationMessage }) {
  if (validity.customError) return validationMessage;
  return validity.valueMissing ? _("This is required.") : _("This does not have the right form.");
}

/**
 * @param {EventTarget | null} target
 * @returns {target is Field}
 */
const isChecked = (target) =>
  (target instanceof HTMLInputElement ||
    target instanceof HTMLSelectElement ||
    target instanceof HTMLTextAreaElement) &&
  target.willValidate;
