// The draft of an enrolment: all that was entered, kept in this browser soon after each change.

import { newKey } from "./api.js";
import { draft as kept, forget, keep } from "./drafts.js";

const SOON = 400; // milliseconds after the last change

/**
 * What was entered. `state` has the fields by name, the rows of lists, sections, prints by position, photos, the record
 * that is added to, and the key under which all of it is sent. Tells "change" after each change, "kept" or "unkept" after
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
    return found?.owner === owner ? new Draft(found) : null;
  }

  static empty(owner) {
    const lists = { relatives: [], documents: [], marks: [] };
    return new Draft({ id: newKey(), key: newKey(), owner, title: "", fields: {}, lists, sections: [], record: null, prints: {}, missing: [], photos: [] });
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
