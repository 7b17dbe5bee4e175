// The files of searches, sealed in this browser for a day at most; signing out removes them. The service keeps none.

import { account } from "../lib/api.js";
import { canSeal } from "./encryption_key.js";
import { sealedStore } from "./encrypted_store.js";

const A_DAY = 24 * 60 * 60 * 1000;
const store = sealedStore("pehchan-searches", "searches");

/** Keeps what a search was made with: `fields` as [name, text or file], as a form is filled; `title` says which it is. */
export async function keepFiles(id, title, fields) {
  if (!canSeal) return;
  const names = fields.filter(([, value]) => value instanceof File).map(([, file]) => file.name);
  await store.put(id, { head: { title, names }, body: fields });
}

/** Returns the account's searches that are kept, the newest first: { id, title, at, names }. */
export async function keptSearches() {
  await removeFiles(isOld);
  return (await store.heads()).filter((row) => row.head).map(({ id, at, head }) => ({ id, at, ...head }));
}

/** Returns the fields that a search was made with, null where they are not kept any more. */
export async function keptFields(id) {
  await removeFiles(isOld);
  return store.open(id);
}

/** Whether a row is a day old, or unsealed, from an earlier version. */
export const isOld = (row) => !row.body || row.at < Date.now() - A_DAY;

/** Whether a row is the account's. */
export const isOwn = (row) => row.owner === account;

/** Removes the files of searches for which `which(row)` is true. */
export async function removeFiles(which) {
  for (const row of await store.rows()) if (which(row)) await store.remove(row.id);
}
