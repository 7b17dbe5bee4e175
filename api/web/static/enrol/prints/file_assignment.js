// Files that are chosen for the card: put where their names say, else listed until the officer says what they show.

import { made } from "../labels.js";
import { _ } from "../../lib/messages.js";
import { fieldOfName } from "../../lib/file_names.js";
import { takeDropped } from "../../lib/file_drop.js";
import { showBlob } from "../../lib/image_preview.js";

const input = document.getElementById("print-files");
const list = document.getElementById("unplaced");
const template = document.getElementById("unplaced-file");

/** Takes files for a card; `takePhotos(photos)` gets those of another system's file. */
export class CardFiles {
  constructor(draft, card, takePhotos) {
    Object.assign(this, { draft, card, takePhotos });
    input.addEventListener("change", () => {
      this.take([...input.files]);
      input.value = "";
    });
    takeDropped(document.getElementById("drop-prints"), (files) => this.take([...files]));
    for (const place of document.querySelectorAll(".finger[data-position]")) {
      takeDropped(place, ([file]) => file && card.put(Number(place.dataset.position), file));
    }
    draft.addEventListener("change", () => this.show());
    this.show();
  }

  async take(files) {
    this.card.settle();
    for (const file of files) {
      const what = await guess(file);
      if (what) await this.use({ file, what });
      else this.wait({ file, what: "" });
    }
  }

  /** Lists a file, or a print of another system's file with what that says of it, until it is said what it shows. */
  wait(one) {
    this.draft.change((state) => (state.unplaced = [...state.unplaced, one]));
  }

  /** Uses a file as what it is said to be; one that cannot be used now stays in the list. */
  async use({ file, what, settings }) {
    const [kind, code] = what.split(" ");
    const others = this.draft.state.unplaced.filter((one) => one.file !== file);
    this.draft.change((state) => (state.unplaced = others));
    if (kind === "finger") return this.card.put(Number(code), file, settings);
    try {
      const { unknown, photos } = await this.card.cut(kind, code, file);
      for (const one of unknown) this.wait({ ...one, what: "" });
      this.takePhotos(photos);
    } catch (problem) {
      this.card.refuse(file.name, problem);
      this.wait({ file, what });
    }
  }

  show() {
    const { unplaced } = this.draft.state;
    if (list.shown === unplaced) return;
    list.shown = unplaced;
    list.replaceChildren(...unplaced.map((one) => this.line(one)));
  }

  line(one) {
    const line = template.content.firstElementChild.cloneNode(true);
    const select = line.querySelector("select");
    line.querySelector(".file-name").textContent = one.file.name;
    showBlob(line.querySelector("img"), made("span"), one.shown ?? one.file);
    select.value = one.what;
    select.addEventListener("change", () => this.draft.change(() => (one.what = select.value)));
    line.querySelector("[data-use]").addEventListener("click", () => {
      if (!select.value) return select.focus();
      this.card.settle();
      input.focus();
      this.use(one);
    });
    line.querySelector("[data-remove]").addEventListener("click", () => {
      this.draft.change((state) => (state.unplaced = state.unplaced.filter((some) => some !== one)));
      input.focus();
    });
    const named = () => made("span", _(" of {file}", { file: one.file.name }), "unseen");
    select.before(named());
    for (const button of line.querySelectorAll("button")) button.append(named());
    return line;
  }
}

/** Says whether files wait to be told what they show. */
export const waitsForWord = (state) => state.unplaced.length > 0;

/** Returns what a file shows, as far as its name or its beginning says: "finger 2", "slap 13", "card"; "" else. */
async function guess(file) {
  const field = fieldOfName(file.name);
  if (field === "itl" || (await file.slice(0, 3).text()) === "1.0") return "transaction";
  const words = file.name.toLowerCase().replace(/[^a-z0-9]+/g, " ");
  if (/\b(card|ten ?prints?)\b/.test(words)) return "card";
  if (/\bthumbs\b/.test(words)) return "slap 15";
  if (/\b(slap|four|4)\b/.test(words)) {
    if (/\b(right|r)\b/.test(words)) return "slap 13";
    return /\b(left|l)\b/.test(words) ? "slap 14" : "";
  }
  const place = document.querySelector(`.finger[data-field="${field}"]`);
  return place ? `finger ${place.dataset.position}` : "";
}
