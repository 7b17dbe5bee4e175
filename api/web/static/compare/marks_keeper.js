// Keeps what an examiner marks in a case: in this browser until the opinion is recorded, and in the form of the opinion.

import { queryAll } from "../lib/dom.js";
import { loadMarks, removeMarks, saveMarks } from "../storage/case_marks.js";

const DELAY = 500; // milliseconds after the last change, until the marks are written

export class MarksKeeper {
  /** @type {import("../storage/case_marks.js").MarksByPair} */
  byPair = {};
  pair = "";
  isOpening = false;
  /** @type {number | undefined} */
  timer;

  /**
   * @param {HTMLElement} root
   * @param {import("./case_marks.js").CaseMarks} marks
   * @param {string} caseId "" for a comparison without a case, whose marks are not kept
   */
  constructor(root, marks, caseId) {
    this.root = root;
    this.marks = marks;
    this.caseId = caseId;
    const hasDecided = root.dataset.decided !== undefined;
    this.keeps = Boolean(caseId) && !hasDecided;
    this.isReadOnly = hasDecided;
    const own = JSON.parse(root.dataset.ownMarks ?? "{}"); // of the opinion that may be superseded
    this.loaded = this.keeps ? loadMarks(caseId).then((stored) => ({ ...own, ...stored })) : Promise.resolve(own);
    if (caseId && hasDecided) removeMarks(caseId); // the service has them
    root.addEventListener("change", () => this.fillForm());
  }

  /**
   * Shows the marks of a pair of images; at first those that were made on the probe alone.
   *
   * @param {string} probe
   * @param {string} candidate
   */
  async open(probe, candidate = "") {
    if (this.pair === "") this.byPair = { ...(await this.loaded), ...this.byPair };
    this.pair = pairName(probe, candidate);
    const ofProbe = (this.byPair[pairName(probe, "")] ?? []).map((mark) => ({ ...mark, candidate: null }));
    this.isOpening = true;
    this.marks.start(this.byPair[this.pair] ?? ofProbe, this.isReadOnly);
    this.isOpening = false;
    this.fillForm();
  }

  changed() {
    if (this.isOpening || this.marks.isReadOnly) return;
    this.byPair[this.pair] = this.marks.list;
    this.fillForm();
    if (!this.keeps) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => saveMarks(this.caseId, this.byPair), DELAY);
  }

  /** Enters the marks on the pair that the opinion names into its form. */
  fillForm() {
    const [field] = queryAll(this.root, "[data-marks-field]", HTMLInputElement);
    if (!field?.form) return;
    const names = ["probe_image", "candidate_image"].map((name) =>
      String(new FormData(field.form ?? undefined).get(name) ?? ""),
    );
    field.value = JSON.stringify(this.byPair[pairName(names[0], names[1])] ?? []);
  }
}

/**
 * @param {string} probe
 * @param {string} candidate
 */
const pairName = (probe, candidate) => `${probe} ${candidate}`;
