// The files that are searched with: what each shows is guessed, and can be changed.

import { isColoured } from "../lib/colour.js";
import { connectCropBox } from "../lib/crop_box.js";
import { clone, create, query } from "../lib/dom.js";
import { fieldOfName } from "../lib/files.js";
import { _ } from "../lib/messages.js";
import { showProblem } from "../lib/problems.js";

/**
 * Returns the form field that a file most likely belongs in: by its name, else a coloured image is a photo.
 *
 * @param {File} file
 */
async function guessField(file) {
  const field = fieldOfName(file.name);
  if (field) return field;
  if ((await file.slice(0, 3).text()) === "1.0") return "itl";
  const image = await createImageBitmap(file).catch(() => null); // none of WSQ and the like
  return image && isColoured(image) ? "photo" : "unknown_finger";
}

/** @typedef {{ file: File, select: HTMLSelectElement, line: HTMLElement, box?: number[] }} FileRow */

/** The list of chosen files; `onChange` is called after each change. */
export class ChosenFiles {
  /**
   * @param {HTMLElement} list
   * @param {HTMLTemplateElement} template
   * @param {() => void} onChange
   */
  constructor(list, template, onChange) {
    this.list = list;
    this.template = template;
    this.onChange = onChange;
    /** @type {FileRow[]} */
    this.rows = [];
  }

  /** @param {File[]} files */
  async add(files) {
    for (const file of files) {
      const line = clone(this.template);
      const select = query(line, "select", HTMLSelectElement);
      const remove = query(line, "button");
      /** @type {FileRow} */
      const row = { file, select, line };
      const crop = query(line, "[data-crop]");
      const palmNote = query(line, "[data-palm-note]");
      const showParts = () => {
        crop.hidden = !isBoxed(select);
        if (select.value !== "photo") crop.setAttribute("open", ""); // most photos show one face
        palmNote.hidden = !isNamed(select.dataset.palms, select.value);
      };
      query(line, ".file-name").textContent = file.name;
      select.before(hiddenName(file.name));
      connectCropBox(crop, file, file.name, undefined, (box) => {
        row.box = box;
        this.onChange();
      });
      select.addEventListener("change", () => {
        showParts();
        this.onChange();
      });
      remove.append(hiddenName(file.name));
      remove.addEventListener("click", () => this.remove(row));
      showImage(query(line, ".thumb", HTMLImageElement), file);
      this.rows.push(row);
      this.list.append(line);
      select.value = await guessField(file);
      showParts();
    }
    this.onChange();
  }

  /**
   * Sets the part of a photo that is searched with.
   *
   * @param {FileRow} row
   * @param {number[]} box left, top, right and bottom edge in pixels
   */
  setBox(row, box) {
    const field = query(row.line, "[data-box]", HTMLInputElement);
    field.value = box.join(", ");
    for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind));
  }

  /** @param {FileRow} row */
  remove(row) {
    this.rows = this.rows.filter((other) => other !== row);
    row.line.remove();
    this.onChange();
    const next = this.rows.at(0)?.select ?? document.getElementById("files");
    next?.focus();
  }

  /**
   * The form fields: name and file of each.
   *
   * @returns {[name: string, file: File][]}
   */
  get fields() {
    return this.rows.map(({ file, select }) => [select.value, file]);
  }

  /** The details of the files that show a part of a photo: of each field that has such, an entry for each file. */
  get details() {
    const boxed = this.rows.filter(({ select }) => isBoxed(select));
    /** @type {Record<string, object[]>} */
    const details = {};
    const marked = new Set(boxed.filter(({ box }) => box).map(({ select }) => select.value));
    for (const { select, box } of boxed)
      if (marked.has(select.value)) (details[select.value] ??= []).push(box ? { box } : {});
    return details;
  }

  /**
   * Shows a problem at the file that it names and moves the focus there; returns false if it names none.
   *
   * @param {{ message: string, detail?: string }} problem
   */
  showProblem(problem) {
    const text = problem.detail || problem.message;
    const row = this.rows.find(({ file }) => text.includes(`(${file.name})`));
    if (!row) return false;
    showProblem(query(row.line, ".bad"), problem);
    row.select.setAttribute("aria-invalid", "true");
    row.select.focus();
    return true;
  }

  clearProblems() {
    for (const { line, select } of this.rows) {
      query(line, ".bad").textContent = "";
      select.removeAttribute("aria-invalid");
    }
  }
}

/** @param {HTMLSelectElement} select */
const isBoxed = (select) => isNamed(select.dataset.boxed, select.value);

/**
 * @param {string | undefined} fields form fields, separated by spaces
 * @param {string} field
 */
const isNamed = (fields, field) => (fields ?? "").split(" ").includes(field);

/** @param {string} name */
const hiddenName = (name) => create("span", _(" of {file}", { file: name }), "unseen");

/**
 * @param {HTMLImageElement} image
 * @param {File} file
 */
function showImage(image, file) {
  image.addEventListener("load", () => (image.hidden = false));
  image.addEventListener("error", () => image.remove()); // a format that browsers do not show
  image.src = URL.createObjectURL(file);
}
