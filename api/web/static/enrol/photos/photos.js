// Photos of a draft: chosen, dropped, or taken by the camera; each with its view and what it is worth.

import { newKey } from "../../lib/api.js";
import { viewOf } from "./views.js";
import { made, showWorth, standing } from "../labels.js";
import { inspect } from "../inspection.js";
import { _, number } from "../../lib/messages.js";
import { showProblem } from "../../lib/problems.js";
import { takeDropped } from "../../lib/file_drop.js";
import { showBlob } from "../../lib/image_preview.js";

const list = document.getElementById("photo-list");
const template = document.getElementById("photo");
const told = document.getElementById("photos-told");
const input = document.getElementById("photo-files");

export class Photos {
  constructor(draft) {
    this.draft = draft;
    this.lines = new Map(); // by id
    input.addEventListener("change", () => {
      this.take([...input.files]);
      input.value = "";
    });
    takeDropped(document.getElementById("drop-photos"), (files) => this.take([...files]));
    draft.addEventListener("change", () => this.show());
    addEventListener("online", () => this.checkUnchecked());
    this.show();
    this.checkUnchecked();
  }

  /** Adds files, and has them looked at; without a view it is guessed. */
  take(files, view) {
    for (const file of files)
      this.add({ file, name: file.name, view: view ?? viewOf(file.name, !this.draft.state.photos.length) });
    this.checkUnchecked();
  }

  /** Adds photos that were looked at already, of another system's file: its bytes, and the view that it says. */
  addChecked(samples) {
    for (const { worth, view, image, original } of samples) {
      const name = original?.name ?? (image.type === "image/jpeg" ? "photo.jpg" : "photo.png");
      this.add({ ...worth, file: original ?? image, shown: image, name, view: view ?? "" });
    }
  }

  add(photo) {
    this.draft.change((state) => (state.photos = [...state.photos, { id: newKey(), ...photo }]));
  }

  checkUnchecked() {
    for (const photo of this.draft.state.photos) if (!photo.checked && !photo.checking) this.check(photo.id);
  }

  async check(id) {
    const put = (values) =>
      this.draft.change((state) => {
        state.photos = state.photos.map((one) =>
          one.id === id ? { ...one, ...values, checking: Boolean(values.checking) } : one,
        );
      });
    const { file, name } = this.draft.state.photos.find((one) => one.id === id);
    put({ checking: true });
    try {
      const { samples } = await inspect("photo", file, name);
      const [{ worth, image }] = samples;
      put({ ...worth, shown: image });
      told.textContent = sentence({ ...worth, name });
    } catch (problem) {
      put({ checked: false });
      showProblem(told, problem, `${name}: `);
    }
  }

  /** Says from where a photo was taken. */
  say(id, view) {
    this.draft.change((state) => (state.photos = state.photos.map((one) => (one.id === id ? { ...one, view } : one))));
  }

  remove(id) {
    this.draft.change((state) => (state.photos = state.photos.filter((one) => one.id !== id)));
    input.focus();
  }

  show() {
    const { photos } = this.draft.state;
    for (const [id, line] of this.lines) {
      if (photos.some((photo) => photo.id === id)) continue;
      line.remove();
      this.lines.delete(id);
    }
    for (const photo of photos) showPhoto(this.lines.get(photo.id) ?? this.line(photo), photo);
  }

  line({ id, name }) {
    const line = template.content.firstElementChild.cloneNode(true);
    line.id = `photo-${id}`;
    line.querySelector("img").alt = _("Photo {file}", { file: name });
    line.querySelector(".file-name").textContent = name;
    const view = line.querySelector("[data-view]");
    view.addEventListener("change", () => this.say(id, view.value));
    view.before(made("span", _(" of {file}", { file: name }), "unseen"), " ");
    line.querySelector("[data-recheck]").addEventListener("click", () => this.check(id));
    line.querySelector("[data-remove]").addEventListener("click", () => this.remove(id));
    for (const button of line.querySelectorAll("button"))
      button.append(made("span", _(" of {file}", { file: name }), "unseen"));
    this.lines.set(id, line);
    list.append(line);
    return line;
  }
}

function showPhoto(line, photo) {
  line.classList.toggle("poor", ["poor", "unusable"].includes(standing(photo)));
  line.querySelector("[data-recheck]").hidden = standing(photo) !== "unchecked";
  line.querySelector("[data-view]").value = photo.view;
  showWorth(photo, line.querySelector(".worth"), line.querySelector(".faults"));
  showBlob(line.querySelector("img"), line.querySelector(".none"), photo.shown ?? photo.file);
}

function sentence(photo) {
  if (standing(photo) === "unusable") return _("{file}: cannot be used.", { file: photo.name });
  const values = { file: photo.name, quality: photo.quality === null ? "?" : number(photo.quality) };
  return standing(photo) === "poor"
    ? _("{file}: too poor, {quality} of 100. Take it again.", values)
    : _("{file}: good enough, {quality} of 100.", values);
}
