// Files of a modality without controls of its own: chosen or dropped, checked, and sent in its form field.

import { asError, newKey } from "../lib/api.js";
import { clone, create, query, queryAll } from "../lib/dom.js";
import { fieldOfName, onFileDrop } from "../lib/files.js";
import { showPreview } from "../lib/image_preview.js";
import { _ } from "../lib/messages.js";
import { showProblem } from "../lib/problems.js";
import { inspect } from "./inspection.js";
import { fieldOf, qualityState, showQuality } from "./labels.js";
import { connectDetails } from "./sample_details.js";

/** @typedef {import("./draft.js").Draft} Draft */
/** @typedef {import("./draft.js").OtherFile} OtherFile */
/** @typedef {import("./draft.js").SampleDetails} SampleDetails */

/**
 * Connects all such parts of the page with a draft; returns them by their form fields.
 *
 * @param {Draft} draft
 */
export function connectOtherFiles(draft) {
  const parts = queryAll(document, "[data-files]").map((part) => new OtherFiles(draft, part));
  for (const part of parts) part.show();
  /** @type {Map<string, OtherFiles>} */
  const byField = new Map();
  for (const part of parts) for (const field of part.fields) byField.set(field, part);
  return byField;
}

/**
 * Adds samples that were inspected already, of another system's file, to a draft.
 *
 * @param {Draft} draft
 * @param {import("./inspection.js").InspectedSample[]} samples
 */
export function addInspectedFiles(draft, samples) {
  for (const { modality, position, assessment, mark, ppi, image, original: file } of samples) {
    if (!file) continue;
    const added = {
      id: newKey(),
      field: fieldOf(modality, position),
      file,
      name: file.name,
      shown: image,
      ...assessment,
    };
    const details = { ...(mark ? { mark } : {}), ...(ppi ? { ppi } : {}) };
    draft.change((state) => (state.others = [...state.others, { ...added, details }]));
  }
}

/**
 * Whether a file is read in the same way.
 *
 * @param {SampleDetails} [a]
 * @param {SampleDetails} [b]
 */
const isReadAlike = (a, b) => String(a?.box) === String(b?.box) && a?.ppi === b?.ppi;

class OtherFiles {
  /**
   * @param {Draft} draft
   * @param {HTMLElement} part
   */
  constructor(draft, part) {
    this.draft = draft;
    this.part = part;
    this.fields = (part.dataset.files ?? "").split(" ");
    /** @type {Map<string, HTMLElement>} */
    this.lines = new Map(); // by the file's id
    this.input = query(part, "input", HTMLInputElement);
    this.input.addEventListener("change", () => {
      this.add([...(this.input.files ?? [])]);
      this.input.value = "";
    });
    onFileDrop(query(part, ".drop"), (files) => this.add(files));
    draft.addEventListener("change", () => this.show());
    addEventListener("online", () => this.checkUnchecked());
    this.checkUnchecked();
  }

  get files() {
    return this.draft.state.others.filter(({ field }) => this.fields.includes(field));
  }

  /**
   * @param {File[]} files
   * @param {string} [field] of the form; without it, what the files' names suggest
   */
  add(files, field) {
    const added = files.map((file) => ({
      id: newKey(),
      field: field ?? this.fieldFor(file.name),
      file,
      name: file.name,
    }));
    this.draft.change((state) => (state.others = [...state.others, ...added]));
    this.checkUnchecked();
  }

  /** @param {string} name of a file */
  fieldFor(name) {
    const field = fieldOfName(name);
    return this.fields.includes(field) ? field : this.fields[0];
  }

  checkUnchecked() {
    for (const file of this.files) if (!file.checked && !file.checking) this.check(file);
  }

  /**
   * @param {string} id
   * @param {Partial<OtherFile>} values
   */
  update(id, values) {
    this.draft.change((state) => {
      state.others = state.others.map((one) => (one.id === id ? { ...one, ...values } : one));
    });
  }

  /** @param {OtherFile} one */
  async check({ id, field, file, name, details }) {
    this.update(id, { checking: true });
    try {
      const { samples } = await inspect(field, file, name, { box: details?.box, ppi: details?.ppi });
      const { details: now } = this.files.find((one) => one.id === id) ?? {};
      const isOfNow = isReadAlike(now, details); // else the box or resolution was changed meanwhile
      this.update(id, { ...samples[0].assessment, checked: isOfNow, checking: false });
      if (!isOfNow) this.checkUnchecked();
    } catch (error) {
      this.update(id, { checked: false, checking: false });
      showProblem(query(this.part, "[role=status]"), asError(error), `${name}: `);
    }
  }

  /** @param {string} id */
  remove(id) {
    this.draft.change((state) => (state.others = state.others.filter((one) => one.id !== id)));
    this.input.focus();
  }

  show() {
    for (const [id, line] of this.lines) {
      if (this.files.some((one) => one.id === id)) continue;
      line.remove();
      this.lines.delete(id);
    }
    for (const one of this.files) {
      const line = this.lines.get(one.id) ?? this.addLine(one);
      query(line, "[data-recheck]").hidden = qualityState(one) !== "unchecked";
      showQuality(one, query(line, ".worth"), query(line, ".faults"));
    }
  }

  /** @param {OtherFile} one */
  addLine(one) {
    const line = clone(query(this.part, "template", HTMLTemplateElement));
    line.id = `other-${one.id}`;
    query(line, ".file-name").textContent = one.name;
    const thumb = line.querySelector(".thumb");
    if (thumb instanceof HTMLImageElement) showPreview(thumb, null, one.shown ?? one.file);
    query(line, "[data-recheck]").addEventListener("click", () => this.checkUnchecked());
    const shows = line.querySelector("[data-field]");
    if (shows instanceof HTMLSelectElement) {
      shows.value = one.field;
      shows.addEventListener("change", () => this.update(one.id, { field: shows.value }));
    }
    connectDetails(line, one, (details, isReadAnew) => {
      this.update(one.id, isReadAnew ? { details, checked: false } : { details });
      this.checkUnchecked();
    });
    query(line, "[data-remove]").addEventListener("click", () => this.remove(one.id));
    for (const button of queryAll(line, "button"))
      button.append(create("span", _(" of {file}", { file: one.name }), "unseen"));
    this.lines.set(one.id, line);
    query(this.part, ".files").append(line);
    return line;
  }
}
