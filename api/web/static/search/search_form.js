// What the forms of a search and of the latent desk have in common.

import { byId, query } from "../lib/dom.js";

/** @typedef {[name: string, value: FormDataEntryValue]} FormField */

/** @type {Record<string, Record<string, string>>} */
const MODES = {
  usual: { mode: "identification", target_fpir: "0.001" },
  stricter: { mode: "identification", target_fpir: "0.0001" },
  investigation: { mode: "investigation" },
};

/** Fields that describe the files of a search. */
export const FILE_FIELDS = new Set(["impression", "ppi"]);

/**
 * Returns the fields of a search form without files and without empty fields.
 *
 * @param {HTMLFormElement} form
 * @returns {[name: string, text: string][]}
 */
export function searchFields(form) {
  /** @type {[string, string][]} */
  const fields = [];
  for (const [name, value] of new FormData(form)) {
    if (typeof value !== "string" || name === "group") continue;
    if (name === "how") fields.push(...Object.entries(MODES[value]));
    else if (value.trim()) fields.push([name, value.trim()]);
  }
  return fields;
}

/**
 * Shows how long the files of a search are kept, as it is chosen to be for a purpose.
 *
 * @param {HTMLFormElement} form
 */
export function showKeeping(form) {
  const purpose = query(form, "[name=purpose]", HTMLSelectElement);
  const notice = query(form, "[data-keeping]");
  const show = () => {
    notice.textContent = purpose.selectedOptions[0]?.dataset.kept ?? "";
    notice.hidden = !notice.textContent;
  };
  purpose.addEventListener("change", show);
  show();
}

/**
 * Returns form data with these fields.
 *
 * @param {FormField[]} fields
 */
export function formData(fields) {
  const data = new FormData();
  for (const [name, value] of fields) {
    if (value instanceof File) data.append(name, value, value.name);
    else data.append(name, value);
  }
  return data;
}

/**
 * Shows the progress of a long request in place of a form; the button cancels it.
 *
 * @template Result
 * @param {HTMLFormElement} form
 * @param {(onProgress: (text: string) => void, signal: AbortSignal) => Promise<Result>} act
 */
export async function withProgress(form, act) {
  const box = byId("progress");
  const stage = byId("stage");
  const cancel = byId("cancel");
  const controller = new AbortController();
  const abort = () => controller.abort();
  cancel.addEventListener("click", abort, { once: true });
  box.hidden = false;
  form.inert = true;
  box.focus();
  try {
    return await act((text) => (stage.textContent = text), controller.signal);
  } finally {
    cancel.removeEventListener("click", abort);
    box.hidden = true;
    form.inert = false;
  }
}
