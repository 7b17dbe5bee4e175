// The files of searches, in this browser's own store: for a day, and only for who searched. The service keeps none.

import { storeOf } from "./browser_store.js";

const A_DAY = 24 * 60 * 60 * 1000;
const within = storeOf("pehchan-searches", "searches");

/** Keeps what a search was made with: `fields` as [name, text or file], as a form is filled; `title` says which it is. */
export const keepFiles = (id, who, title, fields) => within("readwrite", (store) => store.put({ id, who, title, fields, at: Date.now() }));

/** Returns the searches that are kept, the newest first: { id, title, at, fields }. What is old, or another's, is removed. */
export async function keptSearches(who) {
  const found = [];
  for (const one of await within("readonly", (store) => store.getAll())) {
    if (one.who === who && one.at > Date.now() - A_DAY) found.push(one);
    else await within("readwrite", (store) => store.delete(one.id));
  }
  return found.sort((one, other) => other.at - one.at);
}

/** Returns the fields that a search was made with, null where they are not kept any more. */
export const keptFields = async (id, who) => (await keptSearches(who)).find((one) => one.id === id)?.fields ?? null;
