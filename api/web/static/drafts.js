// Drafts of enrolments, files and all, in this browser's own store: a lost connection or a closed tab loses nothing.

import { storeOf } from "./browser_store.js";

const within = storeOf("pehchan", "drafts");

/** Returns all drafts, the newest first: { id, title, at, ... }. */
export const drafts = async () => (await within("readonly", (store) => store.getAll())).sort((one, other) => other.at - one.at);

/** Returns a draft, undefined where there is none of this id. */
export const draft = (id) => within("readonly", (store) => store.get(id));

/** Keeps a draft in place of what it was. */
export const keep = (one) => within("readwrite", (store) => store.put({ ...one, at: Date.now() }));

/** Forgets a draft. */
export const forget = (id) => within("readwrite", (store) => store.delete(id));
