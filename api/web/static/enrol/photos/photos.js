// Photos of a draft: chosen, dropped, or taken by the camera; each with its view and its quality.

import { asError, newKey } from "../../lib/api.js";
import { byId, clone, create, query, queryAll } from "../../lib/dom.js";
import { guessView, onFileDrop } from "../../lib/files.js";
import { showPreview } from "../../lib/image_preview.js";
import { _, number } from "../../lib/messages.js";
import { showProblem } from "../../lib/problems.js";
import { inspect } from "../inspection.js";
import { isPoor, qualityState, showQuality } from "../labels.js";

/** @typedef {import("../draft.js").Photo} Photo */

const list = byId("photo-list");
const template = byId("photo", HTMLTemplateElement);
const status = byId("photos-status");
const input = byId("photo-files", HTMLInputElement);

export class Photos {
  /** @param {import("../draft.js").Draft} draft */
  constructor(draft) {
    this.draft = draft;
    /** @type {Map<string, HTMLElement>} */
    this.lines = new Map(); // by the photo's id
    input.addEventListener("change", () => {
      this.take([...(input.files ?? [])]);
      input.value = "";
    });
    onFileDrop(byId("drop-photos"), (files) => this.take(files));
    draft.addEventListener("change", () => this.show());
    addEventListener("online", () => this.checkUnchecked());
    this.show();
    this.checkUnchecked();
  }

  /**
   * Adds files, and checks them; without a view it is guessed.
   *
   * @param {File[]} files
   * @param {string} [view]
   */
  take(files, view) {
    for (const file of files)
      this.add({
        file,
        name: file.name,
        view: view ?? guessView(file.name, !this.draft.state.photos.length),
      });
    this.checkUnchecked();
  }

  /**
   * Adds photos that were inspected already, of another system's file: its bytes, and its view.
   *
   * @param {import("../inspection.js").InspectedSample[]} samples
   */
  addInspected(samples) {
    for (const { assessment, view, image, original } of samples) {
      const file = original ?? image;
      if (!file) continue;
      const name = original?.name ?? (file.type === "image/jpeg" ? "photo.jpg" : "photo.png");
      this.add({ ...assessment, file, shown: image, name, view: view ?? "" });
    }
  }

  /** @param {Omit<Photo, "id">} photo */
  add(photo) {
    this.draft.change((state) => (state.photos = [...state.photos, { id: newKey(), ...photo }]));
  }

  /**
   * @param {string} id
   * @param {Partial<Photo>} values
   */
  update(id, values) {
    this.draft.change((state) => {
      state.photos = state.photos.map((photo) => (photo.id === id ? { ...photo, ...values } : photo));
    });
  }

  checkUnchecked() {
    for (const photo of this.draft.state.photos) if (!photo.checked && !photo.checking) this.check(photo);
  }

  /** @param {Photo} photo */
  async check({ id, file, name }) {
    this.update(id, { checking: true });
    try {
      const { samples } = await inspect("photo", file, name);
      const [{ assessment, image }] = samples;
      this.update(id, { ...assessment, shown: image, checking: false });
      status.textContent = qualityText(name, assessment);
    } catch (error) {
      this.update(id, { checked: false, checking: false });
      showProblem(status, asError(error), `${name}: `);
    }
  }

  /** @param {string} id */
  remove(id) {
    this.draft.change((state) => (state.photos = state.photos.filter((photo) => photo.id !== id)));
    input.focus();
  }

  show() {
    const { photos } = this.draft.state;
    for (const [id, line] of this.lines) {
      if (photos.some((photo) => photo.id === id)) continue;
      line.remove();
      this.lines.delete(id);
    }
    for (const photo of photos) showPhoto(this.lines.get(photo.id) ?? this.addLine(photo), photo);
  }

  /** @param {Photo} photo */
  addLine(photo) {
    const { id, name } = photo;
    const line = clone(template);
    line.id = `photo-${id}`;
    query(line, "img", HTMLImageElement).alt = _("Photo {file}", { file: name });
    query(line, ".file-name").textContent = name;
    const hiddenName = () => create("span", _(" of {file}", { file: name }), "unseen");
    const view = query(line, "[data-view]", HTMLSelectElement);
    view.addEventListener("change", () => this.update(id, { view: view.value }));
    view.before(hiddenName(), " ");
    query(line, "[data-recheck]").addEventListener("click", () => this.check(photo));
    query(line, "[data-remove]").addEventListener("click", () => this.remove(id));
    for (const button of queryAll(line, "button")) button.append(hiddenName());
    this.lines.set(id, line);
    list.append(line);
    return line;
  }
}

/**
 * @param {HTMLElement} line
 * @param {Photo} photo
 */
function showPhoto(line, photo) {
  line.classList.toggle("poor", isPoor(photo));
  query(line, "[data-recheck]").hidden = qualityState(photo) !== "unchecked";
  query(line, "[data-view]", HTMLSelectElement).value = photo.view;
  showQuality(photo, query(line, ".worth"), query(line, ".faults"));
  showPreview(query(line, "img", HTMLImageElement), query(line, ".none"), photo.shown ?? photo.file);
}

/**
 * Returns the quality of a photo as a sentence.
 *
 * @param {string} file
 * @param {import("../draft.js").Assessment} assessment
 */
function qualityText(file, assessment) {
  const state = qualityState(assessment);
  if (state === "unusable") return _("{file}: cannot be used.", { file });
  const { quality } = assessment;
  const values = { file, quality: typeof quality === "number" ? number(quality) : "?" };
  if (state === "poor") return _("{file}: too poor, {quality} of 100. Take it again.", values);
  return state === "fair"
    ? _("{file}: good enough, {quality} of 100. Take it again if you can.", values)
    : _("{file}: good enough, {quality} of 100.", values);
}
