// Files that are chosen for the card: they go where their names say, else they are listed until the officer assigns them.

import { asError } from "../../lib/api.js";
import { byId, clone, create, query, queryAll } from "../../lib/dom.js";
import { onFileDrop } from "../../lib/file_drop.js";
import { fieldOfName, wordsOf } from "../../lib/file_names.js";
import { showPreview } from "../../lib/image_preview.js";
import { _ } from "../../lib/messages.js";

/** @typedef {import("../draft.js").UnassignedFile} UnassignedFile */
/** @typedef {import("../inspection.js").InspectedSample} InspectedSample */

const input = byId("print-files", HTMLInputElement);
const list = byId("unplaced");
const template = byId("unplaced-file", HTMLTemplateElement);

/** Assigns files to the slots of a card; `onPhotos` gets the photos of another system's file. */
export class FileAssignment {
  /**
   * @param {import("../draft.js").Draft} draft
   * @param {import("./ten_print_card.js").TenPrintCard} card
   * @param {(photos: InspectedSample[]) => void} onPhotos
   */
  constructor(draft, card, onPhotos) {
    this.draft = draft;
    this.card = card;
    this.onPhotos = onPhotos;
    /** @type {UnassignedFile[] | null} */
    this.shown = null;
    input.addEventListener("change", () => {
      this.take([...(input.files ?? [])]);
      input.value = "";
    });
    onFileDrop(byId("drop-prints"), (files) => this.take(files));
    for (const slot of queryAll(document, ".finger[data-position]")) {
      onFileDrop(slot, ([file]) => file && card.put(Number(slot.dataset.position), file));
    }
    draft.addEventListener("change", () => this.show());
    this.show();
  }

  /** @param {File[]} files */
  async take(files) {
    this.card.clearProblems();
    for (const file of files) {
      const what = await guess(file);
      if (what) await this.use({ file, what });
      else this.wait({ file, what: "" });
    }
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
      await this.card.put(Number(code), file, settings);
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
 * Returns what a file shows, as far as its name or its beginning says: "finger 2", "slap 13", "card"; "" else.
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
  return slot ? `finger ${slot.dataset.position}` : "";
}
