// Keeps what an examiner marks in a case: on the service until the opinion is recorded, so that another computer shows it;
// in this browser what the service has not got yet; and in the form of the analysis or of the opinion.

import { asError, isDelayed, request } from "../lib/api.js";
import { choose } from "../lib/dialogs.js";
import { queryAll } from "../lib/dom.js";
import { _ } from "../lib/messages.js";
import { apiPath } from "../lib/paths.js";
import { showProblem } from "../lib/problems.js";
import { loadUnsentMarks, removeUnsentMarks, storeUnsentMarks } from "../storage/unsent_marks.js";
import { pendingWrites } from "../storage/drafts.js";

/** @typedef {import("../storage/unsent_marks.js").MarksByPair} MarksByPair */
/** @typedef {{ byPair: MarksByPair, drawn: Api.Drawing[] }} Marked */

const MOST_ADJUSTMENTS = 500; // that the service takes
const DELAY = 1000; // milliseconds from a change until it is sent

export class MarksKeeper {
  /** @type {MarksByPair} */
  byPair = {};
  /** @type {Api.Adjustment[]} */
  adjustments = []; // how the images were displayed, in order
  /** @type {Api.Drawing[]} */
  drawn = []; // on all images
  pair = "";
  isOpening = false;
  version = 0; // of the marks on the service
  isUnsent = false; // whether the service has not got the last change
  /** @type {number | undefined} */
  timer = undefined;
  /** @type {Promise<unknown>} */
  written = Promise.resolve(); // when all changes are stored in this browser
  /** @type {Promise<unknown>} */
  sent = Promise.resolve(); // when the last attempt to send is over

  /**
   * @param {HTMLElement} root
   * @param {import("./case_marks.js").CaseMarks} marks
   * @param {import("./drawings.js").Drawings} drawings
   * @param {string} caseId "" for a comparison without a case, whose marks are not kept
   */
  constructor(root, marks, drawings, caseId) {
    this.root = root;
    this.marks = marks;
    this.drawings = drawings;
    this.caseId = caseId;
    this.path = apiPath(`/cases/${caseId}/working-marks`);
    const { decided, marksVersion, ownMarks = "{}", adjustments = "[]", ownDrawings = "[]" } = root.dataset;
    this.isReadOnly = decided !== undefined;
    this.keeps = marksVersion !== undefined && !this.isReadOnly;
    this.version = Number(marksVersion ?? 0);
    this.byPair = JSON.parse(ownMarks); // as the service has them
    this.adjustments = JSON.parse(adjustments);
    this.drawn = JSON.parse(ownDrawings);
    this.showDrawings();
    this.loaded = this.keeps ? this.takeUnsent() : Promise.resolve();
    if (caseId && !this.keeps) removeUnsentMarks(caseId);
    root.addEventListener("change", () => this.fillForm());
    if (!this.keeps) return;
    pendingWrites.add(() => this.flush()); // before signing out
    document.addEventListener("visibilitychange", () => document.hidden && this.flush());
    addEventListener("online", () => this.flush());
  }

  /**
   * Shows the marks of a pair of images; at first those that were made on the probe alone.
   *
   * @param {string} probe
   * @param {string} candidate
   */
  async open(probe, candidate = "") {
    await this.loaded;
    this.pair = pairName(probe, candidate);
    this.show();
  }

  show() {
    const [probe] = this.pair.split(" ");
    this.isOpening = true;
    this.marks.start(this.byPair[this.pair] ?? this.byPair[pairName(probe, "")] ?? [], this.isReadOnly);
    this.isOpening = false;
    this.fillForm();
  }

  changed() {
    if (this.isOpening || this.marks.isReadOnly) return;
    this.byPair[this.pair] = this.marks.list;
    this.fillForm();
    if (this.keeps) this.noteChange();
  }

  showDrawings() {
    this.isOpening = true;
    this.drawings.start(this.drawn, this.isReadOnly);
    this.isOpening = false;
  }

  changedDrawings() {
    if (this.isOpening || this.drawings.isReadOnly || this.drawn === this.drawings.list) return;
    this.drawn = this.drawings.list;
    this.fillForm();
    if (this.keeps) this.noteChange();
  }

  /**
   * Notes how images are displayed from now on; changes of one setting after each other count as one.
   *
   * @param {Api.ImageSetting} setting
   * @param {number} value
   * @param {string} image "" for all
   */
  adjusted(setting, value, image = "") {
    if (!this.keeps || this.valueOf(setting, image) === value) return;
    const last = this.adjustments.at(-1);
    const isSame = last?.setting === setting && last.image === image;
    this.adjustments = [...(isSame ? this.adjustments.slice(0, -1) : this.adjustments), { setting, value, image }];
    this.adjustments = this.adjustments.slice(-MOST_ADJUSTMENTS);
    this.fillForm();
    this.noteChange();
  }

  /**
   * Returns the noted value of a setting, by default that of an image which is displayed as it is.
   *
   * @param {Api.ImageSetting} setting
   * @param {string} image
   */
  valueOf(setting, image = "") {
    const noted = this.adjustments.findLast((each) => each.setting === setting && each.image === image);
    return noted?.value ?? (["brightness", "contrast", "gamma"].includes(setting) ? 100 : 0);
  }

  /** Stores a change in this browser, and sends it in a moment. */
  noteChange() {
    this.setUnsent(true);
    const { version, adjustments, drawn: drawings } = this;
    const unsent = { version, marks: { ...this.byPair }, adjustments, drawings };
    this.written = this.written.then(() => storeUnsentMarks(this.caseId, unsent));
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.flush(), DELAY);
  }

  /** @param {boolean} isUnsent */
  setUnsent(isUnsent) {
    this.isUnsent = isUnsent;
    this.root.toggleAttribute("data-unsent", isUnsent);
    if (!isUnsent) this.say("");
  }

  /** Sends what the service has not got; resolves once that was tried. */
  flush() {
    clearTimeout(this.timer);
    this.sent = this.sent.then(() => (this.isUnsent ? this.send() : undefined));
    return Promise.all([this.written, this.sent]);
  }

  async send() {
    const sent = JSON.stringify([this.byPair, this.adjustments, this.drawn]);
    try {
      const { version, adjustments, drawn: drawings } = this;
      const json = { version, pairs: pairsOf(this.byPair), adjustments, drawings };
      const { body } = await request("PUT", this.path, { json });
      this.version = body.version;
      if (JSON.stringify([this.byPair, this.adjustments, this.drawn]) === sent) await this.settle();
      else this.noteChange();
    } catch (caught) {
      const problem = asError(caught);
      if (problem.code === "marks_changed") await this.resolve();
      else if (isDelayed(problem))
        this.say(_("Your marks are kept on this computer, and are sent when the service can be reached."));
      else await this.end(problem);
    }
  }

  /** Forgets what this browser stores: the service has it. */
  async settle() {
    this.setUnsent(false);
    this.written = this.written.then(() => removeUnsentMarks(this.caseId));
    await this.written;
  }

  /**
   * Stops keeping marks: the case is decided, released or withdrawn.
   *
   * @param {Error & Partial<import("../lib/api.js").Problem>} problem
   */
  async end(problem) {
    this.keeps = false;
    const [box] = queryAll(this.root, "[data-problem]");
    if (box) showProblem(box, problem);
    await this.settle();
  }

  /** Takes over what this browser has stored and the service has not got, unless another computer has changed it. */
  async takeUnsent() {
    const unsent = await loadUnsentMarks(this.caseId);
    if (!unsent) return;
    const onService = { byPair: this.byPair, drawn: this.drawn };
    const adjusted = this.adjustments;
    this.byPair = { ...this.byPair, ...unsent.marks };
    this.drawn = unsent.drawings ?? this.drawn;
    this.showDrawings();
    this.adjustments = joined(adjusted, unsent.adjustments ?? []);
    if (unsent.version === this.version || isSame(this, onService)) await this.takeOver(onService, adjusted);
    else await this.ask(onService, adjusted);
  }

  /** Decides what counts after the marks on the service were changed on another computer. */
  async resolve() {
    const { body } = await request("GET", this.path);
    this.version = body.version;
    const onService = { byPair: byPairOf(body.pairs), drawn: body.drawings };
    this.adjustments = joined(body.adjustments, this.adjustments);
    if (isSame(this, onService)) await this.takeOver(onService, body.adjustments);
    else await this.ask(onService, body.adjustments);
  }

  /**
   * Sends what the service has not got, if there is anything.
   *
   * @param {Marked} onService
   * @param {Api.Adjustment[]} adjusted as the service has them
   */
  async takeOver(onService, adjusted) {
    if (isSame(this, onService) && this.adjustments.length === adjusted.length) await this.settle();
    else this.noteChange();
  }

  /**
   * @param {Marked} onService
   * @param {Api.Adjustment[]} adjusted as the service has them
   */
  async ask(onService, adjusted) {
    const question = _("The marks of this case were changed on another computer, too. Which ones do you want to keep?");
    const answer = await choose(
      [question],
      [
        ["theirs", _("Those of the other computer"), ""],
        ["mine", _("Those of this computer"), ""],
      ],
    );
    if (answer !== "theirs") {
      this.noteChange();
      return;
    }
    this.byPair = onService.byPair;
    this.drawn = onService.drawn;
    this.showDrawings();
    if (this.pair) this.show();
    await this.takeOver(onService, adjusted);
  }

  /** @param {string} text */
  say(text) {
    for (const place of queryAll(this.root, "[data-kept]")) place.textContent = text;
  }

  /** Enters the adjustments and the marks into the form of the analysis, or those on the pair that the opinion names into its form. */
  fillForm() {
    for (const adjusted of queryAll(this.root, "[data-adjustments-field]", HTMLInputElement))
      adjusted.value = JSON.stringify(this.adjustments);
    const [field] = queryAll(this.root, "[data-marks-field]", HTMLInputElement);
    if (!field?.form) return;
    const [drawn] = queryAll(this.root, "[data-drawings-field]", HTMLInputElement);
    if (field.dataset.marksField === "analysis") {
      field.value = JSON.stringify(onProbe(this.byPair));
      drawn.value = JSON.stringify(this.drawn);
      return;
    }
    const names = ["probe_image", "candidate_image"].map((name) =>
      String(new FormData(field.form ?? undefined).get(name) ?? ""),
    );
    field.value = JSON.stringify((this.byPair[pairName(names[0], names[1])] ?? []).map(sendable));
    drawn.value = JSON.stringify(this.drawn.filter(({ image }) => names.includes(image)));
  }
}

/**
 * @param {string} probe
 * @param {string} candidate
 */
const pairName = (probe, candidate) => `${probe} ${candidate}`;

/** @param {Api.CaseMark} mark */
const sendable = ({ kind, probe, candidate, probe_direction = null, candidate_direction = null }) => ({
  kind,
  probe,
  candidate,
  probe_direction,
  candidate_direction,
});

/**
 * Returns marks as the service takes them, in a fixed order.
 *
 * @param {MarksByPair} byPair
 */
const pairsOf = (byPair) =>
  Object.keys(byPair)
    .sort()
    .map((pair) => {
      const [probe_image, candidate_image] = pair.split(" ");
      return { probe_image, candidate_image, marks: byPair[pair].map(sendable) };
    });

/**
 * @param {Api.PairMarks[]} pairs
 * @returns {MarksByPair}
 */
const byPairOf = (pairs) =>
  Object.fromEntries(pairs.map((pair) => [pairName(pair.probe_image, pair.candidate_image), pair.marks]));

/**
 * Returns the adjustments of another computer, and those that this one made after the last one that both have.
 *
 * @param {Api.Adjustment[]} theirs
 * @param {Api.Adjustment[]} mine
 */
function joined(theirs, mine) {
  const parted = mine.findIndex((each, index) => JSON.stringify(each) !== JSON.stringify(theirs[index]));
  return parted < 0 ? theirs : [...theirs, ...mine.slice(parted)].slice(-MOST_ADJUSTMENTS);
}

/**
 * @param {Marked} one
 * @param {Marked} other
 */
const isSame = (one, other) =>
  JSON.stringify([pairsOf(one.byPair), one.drawn]) === JSON.stringify([pairsOf(other.byPair), other.drawn]);

/**
 * Returns the marks on the probe's images as an analysis has them.
 *
 * @param {MarksByPair} byPair
 */
const onProbe = (byPair) =>
  Object.entries(byPair).flatMap(([pair, marks]) => {
    const [image, candidate] = pair.split(" ");
    if (candidate) return [];
    return marks.flatMap(({ kind, probe, probe_direction: direction }) =>
      probe ? [{ image, kind, place: probe, direction }] : [],
    );
  });
