// Drafts of enrolments, files and all, sealed in this browser: a lost connection or a closed tab loses nothing.

import { account } from "./api.js";
import { sealedStore } from "./sealed_store.js";

const store = sealedStore("pehchan", "drafts");

/** What a page has not written down yet; each returns a promise of that it has. */
export const unwritten = new Set();

/** Returns the account's drafts, the newest first: { id, title, at, waits }; `title` is null where it cannot be opened. */
export const drafts = async () => (await store.heads()).map(({ id, at, waits = false, head }) => ({ id, at, waits, title: head && head.title }));

/** Returns what can be told without the key: the account's `unfinished` and `waiting` drafts by id, and whether there are `others`'. */
export async function kept() {
  const rows = await store.rows();
  const own = rows.filter((row) => row.owner === account);
  const ids = (waits) => own.filter((row) => Boolean(row.waits) === waits).map((row) => row.id);
  return { unfinished: ids(false), waiting: ids(true), others: own.length < rows.length };
}

/** Returns a draft of the account; null where there is none of this id. */
export const draft = (id) => store.open(id);

/** Keeps a draft in place of what it was. It waits to be sent where it has an `outbox`. */
export const keep = (state) => store.put(state.id, { head: { title: state.title }, body: state, waits: Boolean(state.outbox) });

/** Forgets a draft. */
export const forget = (id) => store.remove(id);

/** Seals the account's drafts that an earlier version left in the clear, and removes those that have no owner. */
export async function sealOld() {
  for (const row of await store.rows()) {
    if (!row.owner) await store.remove(row.id);
    else if (row.owner === account && !row.body) await store.put(row.id, { head: { title: row.title }, body: row, at: row.at });
  }
}
