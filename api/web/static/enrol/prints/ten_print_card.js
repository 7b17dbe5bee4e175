// The ten-print card: the slot of each finger shows its print with its quality, or why there is none.

import { asError } from "../../lib/api.js";
import { byId, create, query, queryAll } from "../../lib/dom.js";
import { _ } from "../../lib/messages.js";
import { showProblem } from "../../lib/problems.js";
import { inspect } from "../inspection.js";
import { fingerLabel, isPoor, isPrint } from "../labels.js";
import { captureSettings } from "./capture_settings.js";
import { fillImpressions, qualityText, showSlot } from "./finger_slot.js";
import { reasonFor, withReason } from "../draft.js";

/** @typedef {import("../draft.js").Print} Print */
/** @typedef {import("../draft.js").PrintSettings} PrintSettings */
/** @typedef {import("../inspection.js").InspectedSample} InspectedSample */

const slots = queryAll(document, ".finger[data-position]");
const status = byId("prints-status");
const filesStatus = byId("files-status");
const problems = byId("file-problems");

export class TenPrintCard {
  /** @param {import("../draft.js").Draft} draft */
  constructor(draft) {
    this.draft = draft;
    for (const slot of slots) this.connect(slot);
    draft.addEventListener("change", () => this.show());
    addEventListener("online", () => this.checkAll((print) => !print.checked && !print.checking));
    this.show();
    this.checkAll((print) => !print.checked);
  }

  /** @param {HTMLElement} slot */
  connect(slot) {
    const position = Number(slot.dataset.position);
    const input = query(slot, "input[type=file]", HTMLInputElement);
    input.addEventListener("change", () => {
      const file = input.files?.[0];
      if (file) this.put(position, file);
      input.value = "";
    });
    query(slot, "[data-recheck]").addEventListener("click", () => this.check(position));
    query(slot, "[data-remove]").addEventListener("click", () => {
      this.draft.change(({ prints }) => delete prints[position]);
      input.focus();
    });
    const missing = query(slot, "[data-missing]", HTMLSelectElement);
    missing.addEventListener("change", () =>
      this.draft.change((state) => (state.missing = withReason(state.missing, position, missing.value))),
    );
    const impression = fillImpressions(slot);
    impression.addEventListener("change", () =>
      this.draft.change(({ prints }) => (prints[position].impression = Number(impression.value))),
    );
  }

  /**
   * Puts the print of one finger into its slot and checks it.
   *
   * @param {number} position
   * @param {File} file
   * @param {PrintSettings} settings those of the form, unless its file has its own
   */
  put(position, file, settings = captureSettings()) {
    this.draft.change(({ prints }) => (prints[position] = { file, name: file.name, ...settings }));
    return this.check(position);
  }

  /**
   * Uses settings for all prints; those whose resolution changes are checked again.
   *
   * @param {PrintSettings} settings
   */
  useForAll({ impression, ppi }) {
    const entries = Object.entries(this.draft.state.prints);
    const rescaled = entries.filter(([, print]) => ppi && print.ppi !== ppi);
    this.draft.change(({ prints }) => {
      for (const print of Object.values(prints)) Object.assign(print, { impression, ppi: ppi ?? print.ppi });
    });
    for (const [position] of rescaled) this.check(Number(position));
  }

  /** @param {number} position */
  async check(position) {
    const { file, name, impression, ppi } = this.draft.state.prints[position];
    const isSame = () => {
      const print = this.draft.state.prints[position];
      return print?.file === file && print.ppi === ppi;
    };
    /** @param {Partial<Print>} values */
    const update = (values) => {
      if (isSame())
        this.draft.change(({ prints }) =>
          Object.assign(prints[position], values, { checking: Boolean(values.checking) }),
        );
    };
    update({ checking: true });
    try {
      const { samples } = await inspect("finger", file, name, { position, impression, ppi });
      const [{ assessment, image }] = samples;
      update({ ...assessment, shown: image });
      if (isSame()) status.textContent = qualityText(this.draft.state.prints[position], position);
    } catch (error) {
      update({ checked: false });
      showProblem(status, asError(error), `${fingerLabel(position)}: `);
    }
  }

  /** @param {(print: Print) => boolean} matches */
  checkAll(matches) {
    for (const [position, print] of Object.entries(this.draft.state.prints))
      if (matches(print)) this.check(Number(position));
  }

  /**
   * Cuts a slap, a card or a file of another system into fingers and puts them into their slots. Returns its photos, and
   * its prints of unknown fingers. The samples of another system's file keep their bytes.
   *
   * @param {string} kind
   * @param {string} code
   * @param {File} file
   */
  async cut(kind, code, file) {
    filesStatus.textContent = _("Checking {file}.", { file: file.name });
    const absent = this.draft.state.missing.map(({ position }) => position).filter((position) => position <= 10);
    const fields = { position: code, missing: absent, ...captureSettings() };
    const { samples, notes, missing } = await inspect(kind, file, file.name, fields);
    const usable = samples.filter((sample) => sample.original ?? sample.image);
    const prints = usable.filter((sample) => isPrint(sample) && sample.position);
    const unknown = usable.filter((sample) => isPrint(sample) && !sample.position);
    this.draft.change((state) => {
      for (const print of prints)
        state.prints[Number(print.position)] = { ...print.assessment, ...fileOf(print, file), ...settingsOf(print) };
      for (const { position, reason } of missing)
        if (!reasonFor(state.missing, position)) state.missing = withReason(state.missing, position, reason);
    });
    for (const note of notes) this.addProblem(note);
    if (unknown.length) {
      const text = _("{file}: the file names no finger for {count} of its prints. Choose the finger above.", {
        file: file.name,
        count: unknown.length,
      });
      this.addProblem(text, "");
    }
    filesStatus.textContent = _("{file}: {count} prints were put on the card.", {
      file: file.name,
      count: prints.length,
    });
    return {
      unknown: unknown.map((print) => unassigned(print, file)),
      photos: usable.filter((sample) => !isPrint(sample)),
    };
  }

  /**
   * Shows a problem with a file; the service writes English on all pages.
   *
   * @param {string} text
   */
  addProblem(text, language = "en") {
    const line = create("li", text);
    if (language) line.lang = language;
    problems.append(line);
  }

  /**
   * Shows why a file could not be used.
   *
   * @param {string} name
   * @param {Error} error
   */
  showRefusal(name, error) {
    const line = create("li");
    showProblem(line, error, `${name}: `);
    problems.append(line);
  }

  /**
   * Returns the positions that have a good print of an impression type.
   *
   * @param {number | null} impression
   */
  goodPositions(impression) {
    const { prints } = this.draft.state;
    return Object.keys(prints)
      .map(Number)
      .filter((position) => prints[position].impression === impression && !isPoor(prints[position]));
  }

  clearProblems() {
    problems.replaceChildren();
  }

  show() {
    const { prints, missing } = this.draft.state;
    for (const slot of slots) {
      const position = Number(slot.dataset.position);
      showSlot(slot, prints[position], reasonFor(missing, position));
    }
  }
}

/**
 * Returns the file of a print that is enrolled, and the one that is shown if it is another.
 *
 * @param {InspectedSample} sample
 * @param {File} file
 */
function fileOf({ original, image, position }, file) {
  if (original) return { file: original, name: original.name, shown: image };
  if (!image) throw new Error("The sample has no image.");
  return { file: image, name: nameOf(file, position) };
}

/**
 * @param {InspectedSample} sample
 * @returns {PrintSettings}
 */
const settingsOf = ({ impression, ppi }) => ({ impression: impression ?? 0, ppi });

/**
 * Returns a print of an unknown finger as a file that is not assigned yet.
 *
 * @param {InspectedSample} print
 * @param {File} file
 */
function unassigned(print, file) {
  const { name, shown, file: content } = fileOf(print, file);
  return { file: new File([content], name, { type: content.type }), shown, settings: settingsOf(print) };
}

/**
 * @param {File} file
 * @param {number | null} position
 */
function nameOf(file, position) {
  const base = file.name.replace(/\.[^.]*$/, "").slice(0, 60) || "print";
  return `${base}-${String(position).padStart(2, "0")}.png`;
}
