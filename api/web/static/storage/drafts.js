// Drafts of enrolments, files and all, sealed in this browser: a lost connection or a closed tab loses nothing.

import { account } from "../lib/api.js";
import { sealedStore } from "./encrypted_store.js";

const store = sealedStore("pehchan", "drafts");

/** Functions that finish what a page has still to write; each returns a promise. */
export const unwritten = new Set();

/** Returns the account's drafts, the newest first: { id, title, at, waits }. `title` is null when the draft cannot be opened. */
export const drafts = async () =>
  (await store.heads()).map(({ id, at, waits = false, head }) => ({ id, at, waits, title: head && head.title }));

/** Returns what is known without the key: ids of the account's `unfinished` and `waiting` drafts, and whether `others` have any. */
export async function kept() {
  const rows = await store.rows();
  const own = rows.filter((row) => row.owner === account);
  const ids = (waits) => own.filter((row) => Boolean(row.waits) === waits).map((row) => row.id);
  return { unfinished: ids(false), waiting: ids(true), others: own.length < rows.length };
}

/** Returns a draft of the account, null when there is none with this id. */
export const draft = (id) => store.open(id);

/** Stores a draft. It waits to be sent when it has an `outbox`. */
export const keep = (state) =>
  store.put(state.id, { head: { title: state.title }, body: state, waits: Boolean(state.outbox) });

/** Removes a draft. */
export const forget = (id) => store.remove(id);

/** Seals the account's drafts that an earlier version stored unsealed, and removes unsealed drafts without an owner. */
export async function sealOld() {
  for (const row of await store.rows()) {
    if (!row.owner) await store.remove(row.id);
    else if (row.owner === account && !row.body)
      await store.put(row.id, { head: { title: row.title }, body: row, at: row.at });
  }
}
