// The ten-finger card: each finger's place shows its print and what it is worth, or why there is none.

import { reasonOf, withReason } from "./missing_fingers.js";
import { offerImpressions, sentence, showPlace } from "./finger_slot.js";
import { settings } from "./capture_settings.js";
import { finger, made } from "../labels.js";
import { inspect } from "../inspection.js";
import { _ } from "../../lib/messages.js";
import { showProblem } from "../../lib/problems.js";

const places = [...document.querySelectorAll(".finger[data-position]")];
const told = document.getElementById("prints-told");
const problems = document.getElementById("print-problems");

/** Puts prints on the card of a draft. */
export class PrintCard {
  constructor(draft) {
    this.draft = draft;
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
      this.draft.change((state) => (state.missing = withReason(state.missing, position, missing.value))),
    );
    const kind = offerImpressions(place);
    kind.addEventListener("change", () =>
      this.draft.change(({ prints }) => (prints[position].impression = Number(kind.value))),
    );
  }

  /** Puts the print of one finger on its place, and has it looked at; it is as the form says, unless its file said more. */
  put(position, file, said = settings()) {
    this.draft.change(({ prints }) => (prints[position] = { file, name: file.name, ...said }));
    return this.check(position);
  }

  /** Says the same of all prints; those whose resolution becomes another are looked at again. */
  sayOfAll({ impression: kind, ppi }) {
    const rescaled = Object.keys(this.draft.state.prints).filter(
      (position) => ppi && this.draft.state.prints[position].ppi !== ppi,
    );
    this.draft.change(({ prints }) => {
      for (const print of Object.values(prints)) Object.assign(print, { impression: kind, ppi: ppi ?? print.ppi });
    });
    for (const position of rescaled) this.check(Number(position));
  }

  async check(position) {
    const { file, name, impression: kind, ppi } = this.draft.state.prints[position];
    const isStill = () =>
      this.draft.state.prints[position]?.file === file && this.draft.state.prints[position].ppi === ppi;
    const put = (values) =>
      isStill() &&
      this.draft.change(({ prints }) =>
        Object.assign(prints[position], values, { checking: Boolean(values.checking) }),
      );
    put({ checking: true });
    try {
      const { samples } = await inspect("finger", file, name, { position, impression: kind, ppi });
      const [{ worth, image }] = samples;
      put({ ...worth, shown: image });
      if (isStill()) told.textContent = sentence(this.draft.state.prints[position], position);
    } catch (problem) {
      put({ checked: false });
      showProblem(told, problem, `${finger(position)}: `);
    }
  }

  checkAll(which) {
    for (const [position, print] of Object.entries(this.draft.state.prints))
      if (which(print)) this.check(Number(position));
  }

  /**
   * Cuts a slap, a card or a file of another system into fingers and puts them on their places; returns its photos, and
   * its prints of unknown fingers. What another system's file holds is kept as its own bytes.
   */
  async cut(kind, code, file) {
    told.textContent = _("{file} is being looked at.", { file: file.name });
    const without = this.draft.state.missing.map((one) => one.position);
    const { samples, notes, missing } = await inspect(kind, file, file.name, {
      position: code,
      missing: without,
      ...settings(),
    });
    const held = samples.filter((sample) => sample.original ?? sample.image);
    const prints = held.filter((sample) => sample.position);
    this.draft.change((state) => {
      for (const print of prints)
        state.prints[print.position] = {
          ...print.worth,
          ...fileOf(print, file),
          impression: print.impression,
          ppi: print.ppi,
        };
      for (const { position, reason: why } of missing)
        if (!reasonOf(state.missing, position)) state.missing = withReason(state.missing, position, why);
    });
    for (const note of notes) this.complain(note);
    const unknown = held.filter((sample) => sample.position === 0);
    if (unknown.length)
      this.complain(
        _("{file}: for {count} of its prints the file names no finger; say above which it is.", {
          file: file.name,
          count: unknown.length,
        }),
        "",
      );
    told.textContent = _("{file}: {count} prints were put on the card.", { file: file.name, count: prints.length });
    return {
      unknown: unknown.map((print) => waiting(print, file)),
      photos: held.filter((sample) => sample.modality === "face"),
    };
  }

  /** Shows what is wrong; sentences of the service are English on all pages. */
  complain(text, language = "en") {
    const line = made("li", text);
    if (language) line.lang = language;
    problems.append(line);
  }

  /** Shows why a file could not be used. */
  refuse(name, problem) {
    const line = made("li");
    showProblem(line, problem, `${name}: `);
    problems.append(line);
  }

  settle() {
    problems.replaceChildren();
  }

  show() {
    const { prints, missing } = this.draft.state;
    for (const place of places) {
      const position = Number(place.dataset.position);
      showPlace(place, prints[position], reasonOf(missing, position));
    }
  }
}

/** Returns what is enrolled of a print, and what is shown of it where that is something else. */
function fileOf({ original, image, position }, file) {
  if (!original) return { file: image, name: nameOf(file, position) };
  return { file: original, name: original.name, shown: image };
}

/** Returns a print of an unknown finger as a file that waits until it is said which. */
function waiting(print, file) {
  const { name, shown, file: content } = fileOf(print, file);
  return {
    file: new File([content], name, { type: content.type }),
    shown,
    settings: { impression: print.impression, ppi: print.ppi },
  };
}

function nameOf(file, position) {
  const base = file.name.replace(/\.[^.]*$/, "").slice(0, 60) || "print";
  return `${base}-${String(position).padStart(2, "0")}.png`;
}
