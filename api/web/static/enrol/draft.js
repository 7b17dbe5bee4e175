// The draft of an enrolment: all that was entered, stored in this browser soon after each change.

import { asError, newKey } from "../lib/api.js";
import { _ } from "../lib/messages.js";
import { holdDraft, loadDraft, pendingWrites, removeDraft, saveDraft } from "../storage/drafts.js";

const MOST_DELAY = 400; // milliseconds after the last change

/**
 * @typedef {object} Assessment the quality of a sample, as the service has measured it
 * @property {number | null} [quality]
 * @property {string} [measure]
 * @property {string[]} [faults]
 * @property {boolean} [acceptable]
 * @property {string} [refusal] why it cannot be used, "" if it can
 * @property {string} [refusal_detail]
 * @property {boolean} [checked]
 * @property {boolean} [checking]
 */

/** @typedef {{ impression: number, ppi?: number }} PrintSettings */
/** @typedef {Assessment & PrintSettings & { file: Blob, name: string, shown?: Blob }} Print */
/** @typedef {Assessment & { id: string, file: Blob, name: string, view: string, shown?: Blob }} Photo */
/** @typedef {{ box?: number[], mark?: Record<string, any>, ppi?: number }} SampleDetails */
/** @typedef {Assessment & { id: string, field: string, file: Blob, name: string, shown?: Blob, details?: SampleDetails }} OtherFile a file of another form field */
/** @typedef {{ position: number, reason: string }} MissingFinger */
/** @typedef {{ file: File, what: string, shown?: Blob, settings?: PrintSettings, checking?: boolean }} UnassignedFile */
/** @typedef {{ path: string, fields: ([name: string, value: string] | [name: string, file: Blob, fileName: string])[] }} Outbox */

/**
 * @typedef {object} DraftState
 * @property {string} id
 * @property {string} key the idempotency key of all attempts to send it
 * @property {string} title
 * @property {Record<string, string>} fields
 * @property {Record<string, Record<string, string>[]>} lists rows of the repeatable lists
 * @property {Api.Section[]} sections
 * @property {{ id: string, name: string, number: string } | null} record the record that the encounter is added to
 * @property {Record<string, Print>} prints by position
 * @property {MissingFinger[]} missing
 * @property {Photo[]} photos
 * @property {OtherFile[]} others
 * @property {UnassignedFile[]} unplaced
 * @property {Outbox} [outbox] the request, if the draft waits to be sent
 */

/**
 * Dispatches "change" after each change, "kept" after the present state was stored, and "unkept", with the problem, after
 * it could not be stored.
 */
export class Draft extends EventTarget {
  /** @param {DraftState} state */
  constructor(state) {
    super();
    this.state = state;
    this.isStored = false; // in its present state
    this.changes = 0;
    this.hasEnded = false;
    /** @type {Promise<unknown>} */
    this.writing = Promise.resolve();
    /** @type {number | undefined} */
    this.timer = undefined;
    this.delay = 0; // milliseconds that the last write took: the next one waits as long, so that large drafts are not written at each key
    const finish = () => (this.timer ? this.write() : this.writing);
    pendingWrites.add(finish);
    for (const type of ["beforeunload", "pagehide"]) addEventListener(type, finish); // the former leaves time to encrypt
  }

  /**
   * Opens a draft; null if there is none with this id, or it is another account's. Throws a Problem, or an Error if it is being sent.
   *
   * @param {string} id
   */
  static async open(id) {
    if (!(await holdDraft(id))) throw new Error(_("It is being sent now."));
    const state = await loadDraft(id);
    return state && new Draft(state);
  }

  static empty() {
    const id = newKey();
    holdDraft(id);
    return new Draft({
      id,
      key: newKey(),
      title: "",
      fields: {},
      lists: { relatives: [], documents: [], marks: [] },
      sections: [],
      record: null,
      prints: {},
      missing: [],
      photos: [],
      others: [],
      unplaced: [],
    });
  }

  /**
   * Changes the state.
   *
   * @param {(state: DraftState) => unknown} act
   */
  change(act) {
    if (this.hasEnded) return;
    act(this.state);
    this.changes += 1;
    this.isStored = false;
    this.dispatchEvent(new Event("change"));
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.write(), Math.min(this.delay, MOST_DELAY));
  }

  /** Stores the draft, after the writes before. */
  write() {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.writing = this.writing.then(async () => {
      if (this.hasEnded) return;
      const changes = this.changes;
      const began = performance.now();
      try {
        await saveDraft(this.state);
        this.delay = performance.now() - began;
        if (changes === this.changes) this.notify("kept"); // else the write of the later change does
      } catch (error) {
        this.notify("unkept", asError(error));
      }
    });
    return this.writing;
  }

  /**
   * @param {string} type
   * @param {Error} [problem]
   */
  notify(type, problem) {
    this.isStored = type === "kept";
    this.dispatchEvent(new CustomEvent(type, { detail: problem }));
  }

  /** Removes the draft for good: it was sent, or discarded. */
  async end() {
    this.hasEnded = true;
    clearTimeout(this.timer);
    await this.writing;
    await removeDraft(this.state.id).catch(() => {});
  }
}

const WITHOUT_PRINT = ["amputated", "bandaged"]; // with the other reasons there may still be a print

/**
 * Whether a finger that is missing for a reason cannot have a print.
 *
 * @param {string} reason
 */
export const cannotHavePrint = (reason) => WITHOUT_PRINT.includes(reason);

/**
 * Returns why a finger cannot be taken; "" if no reason was stated.
 *
 * @param {MissingFinger[]} missing
 * @param {number} position
 */
export const reasonFor = (missing, position) => missing.find((finger) => finger.position === position)?.reason ?? "";

/**
 * Returns the list with a reason for a finger; "" removes the reason.
 *
 * @param {MissingFinger[]} missing
 * @param {number} position
 * @param {string} reason
 */
export function withReason(missing, position, reason) {
  const others = missing.filter((finger) => finger.position !== position);
  const all = reason ? [...others, { position, reason }] : others;
  return all.sort((a, b) => a.position - b.position);
}
