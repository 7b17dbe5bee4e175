// Keeps what an examiner marks in a case: in this browser until the opinion is recorded, and in the form of the opinion.

import { queryAll } from "../lib/dom.js";
import { loadMarks, removeMarks, saveMarks } from "../storage/case_marks.js";
import { pendingWrites } from "../storage/drafts.js";

export class MarksKeeper {
  /** @type {import("../storage/case_marks.js").MarksByPair} */
  byPair = {};
  pair = "";
  isOpening = false;
  /** @type {Promise<unknown>} */
  written = Promise.resolve(); // when all changes are stored

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
    pendingWrites.add(() => this.written); // before the page is left
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
    const marks = { ...this.byPair };
    this.written = this.written.then(() => saveMarks(this.caseId, marks));
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
