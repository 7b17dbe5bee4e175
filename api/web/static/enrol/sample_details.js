// What the officer says of the sample that a file shows: a box drawn on the photo and the mark on the body, or the resolution.

import { connectCropBox } from "../lib/crop_box.js";
import { queryAll } from "../lib/dom.js";

/** @typedef {import("./draft.js").OtherFile} OtherFile */
/** @typedef {import("./draft.js").SampleDetails} SampleDetails */

/**
 * Connects the fields of a file's details.
 *
 * @param {HTMLElement} line
 * @param {OtherFile} one
 * @param {(details: SampleDetails, isReadAnew: boolean) => void} onChange says whether box or resolution changed
 */
export function connectDetails(line, one, onChange) {
  const part = line.querySelector("[data-details]");
  if (!(part instanceof HTMLElement)) return;
  const resolution = part.querySelector("[data-ppi]");
  if (resolution instanceof HTMLInputElement) return connectResolution(resolution, one, onChange);
  const fields = queryAll(part, "[data-mark]").filter(isField);
  for (const field of fields) setValue(field, one.details?.mark?.[field.dataset.mark ?? ""]);
  let box = one.details?.box;

  const store = (boxChanged = false) => {
    const mark = Object.fromEntries(fields.map((field) => [field.dataset.mark ?? "", valueOf(field)]));
    const isStated = Object.entries(mark).some(
      ([what, value]) => what !== "side" && (typeof value === "number" || value?.length),
    );
    for (const field of fields) field.required = isStated && ["kind", "part"].includes(field.dataset.mark ?? "");
    onChange({ ...(box ? { box } : {}), ...(isStated ? { mark } : {}) }, boxChanged);
  };
  for (const field of fields) field.addEventListener("input", () => store());
  connectCropBox(part, one.shown ?? one.file, one.name, box, (drawn) => {
    box = drawn;
    store(true);
  });
}

/**
 * @param {HTMLInputElement} field
 * @param {OtherFile} one
 * @param {(details: SampleDetails, isReadAnew: boolean) => void} onChange
 */
function connectResolution(field, one, onChange) {
  field.value = String(one.details?.ppi ?? "");
  field.addEventListener("change", () => {
    if (field.checkValidity()) onChange(field.value ? { ppi: Number(field.value) } : {}, true);
  });
}

/** @typedef {HTMLInputElement | HTMLSelectElement} MarkField */

/**
 * @param {Element} element
 * @returns {element is MarkField}
 */
const isField = (element) => element instanceof HTMLInputElement || element instanceof HTMLSelectElement;

/** @param {MarkField} field */
function valueOf(field) {
  if (field instanceof HTMLSelectElement && field.multiple)
    return [...field.selectedOptions].map((option) => option.value);
  if (field.type === "number") return field.value ? Number(field.value) : null;
  return field.value.trim();
}

/**
 * @param {MarkField} field
 * @param {any} value
 */
function setValue(field, value) {
  if (field instanceof HTMLSelectElement && field.multiple) {
    const offered = new Set([...field.options].map((option) => option.value));
    for (const option of field.options) option.selected = Boolean(value?.includes(option.value));
    for (const other of value ?? []) if (!offered.has(other)) field.add(new Option(other, other, true, true));
  } else if (value) field.value = String(value);
}
