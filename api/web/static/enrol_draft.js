// The draft of an enrolment: all that was entered, kept in this browser soon after each change.

import { newKey } from "./api.js";
import { draft as kept, forget, keep } from "./drafts.js";
import { viewOf } from "./enrol_views.js";

const SOON = 400; // milliseconds after the last change
const VERSION = 2; // of what a state holds: see `renewed`

/**
 * What was entered. `state` has the fields by name, the rows of lists, sections, prints by position, fingers that are
 * missing, photos, files that are `unplaced`, the record that is added to, and the key under which all of it is sent. Tells "change" after each change, "kept" or "unkept" after
 * it was written down.
 */
export class Draft extends EventTarget {
  constructor(state) {
    super();
    this.state = state;
    this.writing = Promise.resolve();
    addEventListener("pagehide", () => this.waits && this.write());
  }

  /** Opens the draft of an id; null where there is none, or another account made it. */
  static async open(id, owner) {
    const found = await kept(id).catch(() => undefined);
    return found?.owner === owner ? new Draft(renewed(found)) : null;
  }

  static empty(owner) {
    const lists = { relatives: [], documents: [], marks: [] };
    const samples = { prints: {}, missing: [], photos: [], unplaced: [] };
    return new Draft({ version: VERSION, id: newKey(), key: newKey(), owner, title: "", fields: {}, lists, sections: [], record: null, ...samples });
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
      .then(() => this.dispatchEvent(new Event("kept")), () => this.dispatchEvent(new Event("unkept")));
    return this.writing;
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
  for (const print of Object.values(state.prints)) Object.assign(print, { impression: Number(impression), ppi: Number(ppi) || undefined });
  const missing = state.missing.map((position) => ({ position, reason: "unable" }));
  const photos = state.photos.map((photo, place) => ({ ...photo, view: viewOf(photo.name, place === 0) }));
  return { ...state, version: VERSION, missing, photos, unplaced: state.unplaced ?? [] };
}
