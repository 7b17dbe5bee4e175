// The files that are searched with: what each shows is guessed, and can be said otherwise.

import { fieldOfName } from "../lib/file_names.js";
import { _ } from "../lib/messages.js";
import { showProblem } from "../lib/problems.js";

const COLOURFUL = 12; // mean distance of a pixel's channels, of 255, from which on it is a photo in colour

/** Returns the field that a file belongs in as far as can be told: by its name, else colours are a photo's. */
export async function guessedField(file) {
  const field = fieldOfName(file.name);
  if (field) return field;
  if ((await file.slice(0, 3).text()) === "1.0") return "itl";
  const picture = await createImageBitmap(file, { resizeWidth: 32, resizeHeight: 32 }).catch(() => null);
  if (!picture) return "unknown_finger"; // WSQ and the like
  const canvas = new OffscreenCanvas(32, 32);
  const drawing = canvas.getContext("2d");
  drawing.drawImage(picture, 0, 0);
  const { data } = drawing.getImageData(0, 0, 32, 32);
  let spread = 0;
  for (let at = 0; at < data.length; at += 4)
    spread += Math.abs(data[at] - data[at + 1]) + Math.abs(data[at + 1] - data[at + 2]);
  return spread / (data.length / 4) > COLOURFUL ? "photo" : "unknown_finger";
}

/** The list of chosen files: `onchange` is called after each change. */
export class ChosenFiles {
  constructor(list, template, onchange) {
    this.list = list;
    this.template = template;
    this.onchange = onchange;
    this.rows = []; // { file, select, line }
  }

  async add(files) {
    for (const file of files) {
      const line = this.template.content.firstElementChild.cloneNode(true);
      const select = line.querySelector("select");
      const row = { file, select, line };
      line.querySelector(".file-name").textContent = file.name;
      select.before(named(file.name));
      select.addEventListener("change", () => this.onchange());
      const remove = line.querySelector("button");
      remove.append(named(file.name));
      remove.addEventListener("click", () => this.remove(row));
      show(line.querySelector("img"), file);
      this.rows.push(row);
      this.list.append(line);
      select.value = await guessedField(file);
    }
    this.onchange();
  }

  remove(row) {
    this.rows = this.rows.filter((one) => one !== row);
    row.line.remove();
    this.onchange();
    (this.list.querySelector("select") ?? document.getElementById("files")).focus();
  }

  /** Returns [field, file] of each file. */
  get fields() {
    return this.rows.map(({ file, select }) => [select.value, file]);
  }

  /** Marks the file that the service speaks of and moves there; returns false where it speaks of none. */
  complain(problem) {
    const said = problem.detail || problem.message;
    const row = this.rows.find(({ file }) => said.includes(`(${file.name})`));
    if (!row) return false;
    showProblem(row.line.querySelector(".bad"), problem);
    row.select.setAttribute("aria-invalid", "true");
    row.select.focus();
    return true;
  }

  settle() {
    for (const { line, select } of this.rows) {
      line.querySelector(".bad").textContent = "";
      select.removeAttribute("aria-invalid");
    }
  }
}

function named(name) {
  const unseen = document.createElement("span");
  unseen.className = "unseen";
  unseen.textContent = _(" of {file}", { file: name });
  return unseen;
}

function show(image, file) {
  image.addEventListener("load", () => (image.hidden = false));
  image.addEventListener("error", () => image.remove()); // a format that browsers do not show
  image.src = URL.createObjectURL(file);
}
