// All files of a person at once: they go where their names say, else they are listed until the officer assigns them.

import { asError } from "../../lib/api.js";
import { byId, clone, create, query, queryAll } from "../../lib/dom.js";
import { fieldOfName, guessView, onFileDrop, wordsOf } from "../../lib/files.js";
import { showPreview } from "../../lib/image_preview.js";
import { _, number } from "../../lib/messages.js";
import { inspect } from "../inspection.js";

/** @typedef {import("../draft.js").UnassignedFile} UnassignedFile */
/** @typedef {import("../inspection.js").InspectedSample} InspectedSample */

const input = byId("all-files", HTMLInputElement);
const status = byId("files-status");
const list = byId("unplaced");
const template = byId("unplaced-file", HTMLTemplateElement);
const PHOTO = "photo"; // the form field of photos of the face
const OFFERED = queryAll(template.content, "option", HTMLOptionElement).map(({ value }) => value);

/** Assigns files to the slots of a card; `onPhotos` gets the photos of another system's file, `onFile` files of other form fields. */
export class FileAssignment {
  /**
   * @param {import("../draft.js").Draft} draft
   * @param {import("./ten_print_card.js").TenPrintCard} card
   * @param {(photos: InspectedSample[]) => void} onPhotos
   * @param {(field: string, file: File) => void} onFile
   */
  constructor(draft, card, onPhotos, onFile) {
    this.draft = draft;
    this.card = card;
    this.onPhotos = onPhotos;
    this.onFile = onFile;
    /** @type {UnassignedFile[] | null} */
    this.shown = null;
    input.addEventListener("change", () => {
      this.take([...(input.files ?? [])]);
      input.value = "";
    });
    onFileDrop(document.body, (files) => this.take(files));
    for (const slot of queryAll(document, ".finger[data-position]")) {
      onFileDrop(slot, ([file]) => file && card.put(Number(slot.dataset.position), file));
    }
    draft.addEventListener("change", () => this.show());
    this.show();
  }

  /** @param {File[]} files */
  async take(files) {
    this.card.clearProblems();
    const guessed = await Promise.all(files.map(async (file) => ({ file, what: await guess(file) })));
    const unnamed = guessed.filter(({ what }) => !what);
    for (const { file } of unnamed) this.wait({ file, what: "", checking: mayShowFace(file) });
    const looks = unnamed.map(({ file }) => this.placeFace(file));
    for (const { file, what } of guessed) if (what) await this.use({ file, what });
    const found = (await Promise.all(looks)).filter(Boolean).length;
    if (files.length > 1)
      status.textContent = _("{placed} of {count} files were put into their steps.", {
        placed: number(files.length - unnamed.length + found),
        count: number(files.length),
      });
  }

  /**
   * Uses a listed file as a photo of a face if it shows one, unless the officer has assigned it meanwhile; says whether it did.
   *
   * @param {File} file
   */
  async placeFace(file) {
    const sample = mayShowFace(file) ? await faceIn(file) : null;
    const unassigned = this.draft.state.unplaced.find((other) => other.file === file && !other.what);
    if (!unassigned) return false;
    if (sample) {
      this.remove(file);
      const view = /** @type {Api.PhotoView} */ (guessView(file.name, !this.draft.state.photos.length));
      this.onPhotos([{ ...sample, original: file, view }]);
    } else {
      this.draft.change((state) => {
        state.unplaced = state.unplaced.map((other) => (other === unassigned ? { ...other, checking: false } : other));
      });
    }
    return Boolean(sample);
  }

  /**
   * Lists a file until it is assigned.
   *
   * @param {UnassignedFile} file
   */
  wait(file) {
    this.draft.change((state) => (state.unplaced = [...state.unplaced, file]));
  }

  /**
   * Uses a file as what it shows; if it cannot be used now, it stays in the list.
   *
   * @param {UnassignedFile} unassigned
   */
  async use({ file, what, settings }) {
    const [kind, code = ""] = what.split(" ");
    this.remove(file);
    if (kind === "finger") {
      this.card.put(Number(code), file, settings); // its check takes its turn
      return;
    }
    if (kind === "file") {
      this.onFile(code, file);
      return;
    }
    try {
      const { unknown, photos } = await this.card.cut(kind, code, file);
      for (const print of unknown) this.wait({ ...print, what: "" });
      this.onPhotos(photos);
    } catch (error) {
      this.card.showRefusal(file.name, asError(error));
      this.wait({ file, what });
    }
  }

  /** @param {File} file */
  remove(file) {
    this.draft.change((state) => (state.unplaced = state.unplaced.filter((other) => other.file !== file)));
  }

  show() {
    const { unplaced } = this.draft.state;
    if (this.shown === unplaced) return;
    this.shown = unplaced;
    list.replaceChildren(...unplaced.map((file) => this.line(file)));
  }

  /** @param {UnassignedFile} unassigned */
  line(unassigned) {
    const { file } = unassigned;
    const line = clone(template);
    const select = query(line, "select", HTMLSelectElement);
    query(line, ".file-name").textContent = file.name;
    showPreview(query(line, "img", HTMLImageElement), create("span"), unassigned.shown ?? file);
    query(line, "[data-checking]").hidden = !unassigned.checking;
    select.value = unassigned.what;
    select.addEventListener("change", () => this.draft.change(() => (unassigned.what = select.value)));
    query(line, "[data-use]").addEventListener("click", () => {
      if (!select.value) {
        select.focus();
        return;
      }
      this.card.clearProblems();
      input.focus();
      this.use(unassigned);
    });
    query(line, "[data-remove]").addEventListener("click", () => {
      this.remove(file);
      input.focus();
    });
    const hiddenName = () => create("span", _(" of {file}", { file: file.name }), "unseen");
    select.before(hiddenName());
    for (const button of queryAll(line, "button")) button.append(hiddenName());
    return line;
  }
}

/**
 * Returns what a file shows, as far as its name or its beginning says: "finger 2", "slap 13", "card", "file photo"; "" else.
 *
 * @param {File} file
 */
async function guess(file) {
  const field = fieldOfName(file.name);
  if (field === "itl" || (await file.slice(0, 3).text()) === "1.0") return "transaction";
  const words = wordsOf(file.name);
  if (/\b(card|ten ?prints?)\b/.test(words)) return "card";
  if (/\bthumbs\b/.test(words)) return "slap 15";
  if (/\b(slap|four|4)\b/.test(words)) {
    if (/\b(right|r)\b/.test(words)) return "slap 13";
    return /\b(left|l)\b/.test(words) ? "slap 14" : "";
  }
  const slot = queryAll(document, `.finger[data-field="${field}"]`).at(0);
  if (slot) return `finger ${slot.dataset.position}`;
  return OFFERED.includes(`file ${field}`) ? `file ${field}` : "";
}

/** @param {File} file */
const mayShowFace = (file) => file.type.startsWith("image/");

/**
 * Returns the usable photo of a face that a file is; null if it is none.
 *
 * @param {File} file
 */
async function faceIn(file) {
  try {
    const { samples } = await inspect(PHOTO, file, file.name);
    return samples.find(({ assessment }) => assessment.acceptable && !assessment.refusal) ?? null;
  } catch {
    return null; // the officer says what it is
  }
}
