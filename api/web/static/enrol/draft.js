// The draft of an enrolment: all that was entered, kept in this browser soon after each change.

import { newKey } from "../lib/api.js";
import { draft as kept, forget, keep, unwritten } from "../storage/drafts.js";
import { viewOf } from "./photos/views.js";

const SOON = 400; // milliseconds after the last change
const VERSION = 2; // of what a state holds: see `renewed`

/**
 * What was entered. `state` has the fields by name, the rows of lists, sections, prints by position, fingers that are
 * missing, photos, files that are `unplaced`, the record that is added to, and the key under which all of it is sent; the `outbox` where it
 * waits to be sent. Tells "change" after each change, "kept" or "unkept", with the problem, after it was written down.
 */
export class Draft extends EventTarget {
  constructor(state) {
    super();
    this.state = state;
    this.writing = Promise.resolve();
    this.isKept = false; // as it is now
    const finish = () => (this.waits ? this.write() : this.writing);
    unwritten.add(finish);
    for (const kind of ["beforeunload", "pagehide"]) addEventListener(kind, finish); // the former leaves time to encrypt
  }

  /** Opens the draft of an id; null where there is none, or another account made it. Throws a Problem. */
  static async open(id) {
    const found = await kept(id);
    return found && new Draft(renewed(found));
  }

  static empty() {
    const lists = { relatives: [], documents: [], marks: [] };
    const samples = { prints: {}, missing: [], photos: [], unplaced: [] };
    return new Draft({
      version: VERSION,
      id: newKey(),
      key: newKey(),
      title: "",
      fields: {},
      lists,
      sections: [],
      record: null,
      ...samples,
    });
  }

  /** Changes the state by `act(state)`. */
  change(act) {
    if (this.over) return;
    act(this.state);
    this.dispatchEvent(new Event("change"));
    clearTimeout(this.waits);
    this.waits = setTimeout(() => this.write(), SOON);
  }

  write() {
    clearTimeout(this.waits);
    this.waits = undefined;
    this.writing = this.writing
      .then(() => (this.over ? undefined : keep(this.state)))
      .then(
        () => this.notify("kept"),
        (problem) => this.notify("unkept", problem),
      );
    return this.writing;
  }

  notify(kind, problem) {
    this.isKept = kind === "kept";
    this.dispatchEvent(new CustomEvent(kind, { detail: problem }));
  }

  /** Forgets it, for good: it was sent, or discarded. */
  async end() {
    this.over = true;
    clearTimeout(this.waits);
    await this.writing;
    await forget(this.state.id).catch(() => {});
  }
}

/**
 * Returns a state as this page makes them. Until version 2 all prints had the impression and the resolution of the form,
 * it was not said why a finger is missing, and a photo's view was in its name alone.
 */
function renewed(state) {
  if (state.version === VERSION) return state;
  const { impression = "0", ppi = "" } = state.fields;
  for (const print of Object.values(state.prints))
    Object.assign(print, { impression: Number(impression), ppi: Number(ppi) || undefined });
  const missing = state.missing.map((position) => ({ position, reason: "unable" }));
  const photos = state.photos.map((photo, place) => ({ ...photo, view: viewOf(photo.name, place === 0) }));
  return { ...state, version: VERSION, missing, photos, unplaced: state.unplaced ?? [] };
}
