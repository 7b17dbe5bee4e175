// The ten-finger card: each finger's place shows its print and what it is worth.

import { finger, made, showWorth, standing } from "./enrol_words.js";
import { inspect } from "./inspect.js";
import { _, number } from "./messages.js";
import { showBlob } from "./show_blob.js";

const places = [...document.querySelectorAll(".finger[data-position]")];
const told = document.getElementById("prints-told");
const problems = document.getElementById("print-problems");

/** Puts prints on the card of a draft; `settings()` are the impression and the resolution that the form says. */
export class PrintCard {
  constructor(draft, settings) {
    this.draft = draft;
    this.settings = settings;
    for (const place of places) this.equip(place);
    draft.addEventListener("change", () => this.show());
    addEventListener("online", () => this.checkAll((print) => !print.checked && !print.checking));
    this.show();
    this.checkAll((print) => !print.checked);
  }

  equip(place) {
    const position = Number(place.dataset.position);
    const input = place.querySelector("input[type=file]");
    input.addEventListener("change", () => {
      if (input.files.length) this.put(position, input.files[0]);
      input.value = "";
    });
    place.querySelector("[data-recheck]").addEventListener("click", () => this.check(position));
    place.querySelector("[data-remove]").addEventListener("click", () => {
      this.draft.change(({ prints }) => delete prints[position]);
      input.focus();
    });
    const missing = place.querySelector("[data-missing]");
    missing.addEventListener("change", () =>
      this.draft.change((state) => {
        state.missing = state.missing.filter((one) => one !== position).concat(missing.checked ? [position] : []);
      }),
    );
  }

  /** Puts the print of one finger on its place, and has it looked at. */
  put(position, file) {
    this.draft.change(({ prints }) => (prints[position] = { file, name: file.name }));
    return this.check(position);
  }

  async check(position) {
    const { file, name } = this.draft.state.prints[position];
    const isStill = () => this.draft.state.prints[position]?.file === file;
    const put = (values) => isStill() && this.draft.change(({ prints }) => Object.assign(prints[position], values, { checking: Boolean(values.checking) }));
    put({ checking: true });
    try {
      const { samples } = await inspect("finger", file, name, { position, ...this.settings() });
      const { image, ...worth } = samples[0];
      put({ ...worth, shown: image });
      if (isStill()) told.textContent = sentence(this.draft.state.prints[position], position);
    } catch (problem) {
      put({ checked: false });
      told.textContent = `${finger(position)}: ${problem.message}`;
    }
  }

  checkAll(which = () => true) {
    for (const [position, print] of Object.entries(this.draft.state.prints)) if (which(print)) this.check(Number(position));
  }

  /** Cuts a slap, a card or a file of another system into fingers and puts them on their places; returns its photos. */
  async cut(kind, code, file) {
    told.textContent = _("{file} is being looked at.", { file: file.name });
    const { samples, notes } = await inspect(kind, file, file.name, { position: code, missing: this.draft.state.missing, ...this.settings() });
    const prints = samples.filter((sample) => sample.position && sample.image);
    this.draft.change((state) => {
      for (const { image, ...worth } of prints) state.prints[worth.position] = { ...worth, file: image, name: nameOf(file, worth.position) };
    });
    for (const note of notes) this.complain(note);
    const unknown = samples.filter((sample) => sample.position === 0).length;
    if (unknown) this.complain(_("{file}: {count} prints of unknown fingers were left out.", { file: file.name, count: unknown }), "");
    told.textContent = _("{file}: {count} prints were put on the card.", { file: file.name, count: prints.length });
    return { impression: prints[0]?.impression, photos: samples.filter((sample) => sample.modality === "face" && sample.image) };
  }

  /** Shows what is wrong; sentences of the service are English on all pages. */
  complain(text, language = "en") {
    const line = made("li", text);
    if (language) line.lang = language;
    problems.append(line);
  }

  settle() {
    problems.replaceChildren();
  }

  show() {
    const { prints, missing } = this.draft.state;
    for (const place of places) {
      const position = Number(place.dataset.position);
      showPlace(place, prints[position], missing.includes(position));
    }
  }
}

function showPlace(place, print, missing) {
  const image = place.querySelector("img");
  const none = place.querySelector(".print .none");
  place.querySelector("[data-choose]").textContent = print ? _("Again") : _("Choose");
  place.querySelector("[data-remove]").hidden = !print;
  place.querySelector("[data-recheck]").hidden = !print || standing(print) !== "unchecked";
  place.querySelector("[data-missing]").checked = missing;
  place.classList.toggle("poor", Boolean(print) && ["poor", "unusable"].includes(standing(print)));
  if (print) showWorth(print, place.querySelector(".worth"), place.querySelector(".faults"));
  else for (const part of [".worth", ".faults"]) place.querySelector(part).replaceChildren();
  none.textContent = print ? _("cannot be shown here") : _("no print");
  showBlob(image, none, print && (print.shown ?? print.file));
}

function sentence(print, position) {
  if (standing(print) === "unusable") return _("{finger}: cannot be used.", { finger: finger(position) });
  if (standing(print) === "poor") return _("{finger}: too poor, {quality} of 100. Take it again.", { finger: finger(position), quality: print.quality ?? 0 });
  if (standing(print) === "unmeasured") return _("{finger}: its quality is not measured.", { finger: finger(position) });
  return _("{finger}: good enough, {quality} of 100.", { finger: finger(position), quality: number(print.quality) });
}

function nameOf(file, position) {
  const base = file.name.replace(/\.[^.]*$/, "").slice(0, 60) || "print";
  return `${base}-${String(position).padStart(2, "0")}.png`;
}
