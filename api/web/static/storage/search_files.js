// The files of searches, encrypted in this browser for a day at most; signing out removes them. The service stores none.

import { account } from "../lib/api.js";
import { encryptedStore } from "./encrypted_store.js";
import { canEncrypt } from "./encryption_key.js";

/** @typedef {import("./encrypted_store.js").Row} Row */
/** @typedef {[name: string, value: FormDataEntryValue]} FormField */

const DAY = 24 * 60 * 60 * 1000; // milliseconds
const store = encryptedStore("pehchan-searches", "searches");

/**
 * Stores the form fields of a search.
 *
 * @param {string} id
 * @param {string} title
 * @param {FormField[]} fields
 */
export async function saveSearchFiles(id, title, fields) {
  if (!canEncrypt) return;
  const names = fields.flatMap(([, value]) => (value instanceof File ? [value.name] : []));
  await store.put(id, { head: { title, names }, body: fields });
}

/**
 * Returns the account's searches whose files are stored, the newest first.
 *
 * @returns {Promise<{ id: string, at: number, title: string, names: string[] }[]>}
 */
export async function listSearches() {
  await removeSearchFiles(isExpired);
  return (await store.heads()).filter((row) => row.head).map(({ id, at, head }) => ({ id, at, ...head }));
}

/**
 * Returns the form fields of a search, null if they are no longer stored.
 *
 * @param {string} id
 * @returns {Promise<FormField[] | null>}
 */
export async function loadSearchFiles(id) {
  await removeSearchFiles(isExpired);
  return store.open(id);
}

/**
 * Whether a row is a day old, or unencrypted, from an earlier version.
 *
 * @param {Row} row
 */
export const isExpired = (row) => !row.body || row.at < Date.now() - DAY;

/**
 * Whether a row is the account's.
 *
 * @param {Row} row
 */
export const isOwn = (row) => row.owner === account;

/**
 * Removes the files of searches for which a function returns true.
 *
 * @param {(row: Row) => boolean} matches
 */
export async function removeSearchFiles(matches) {
  for (const row of await store.rows()) if (matches(row)) await store.remove(row.id);
}

/**
 * Returns the file of a probe by the service's label of it, null if it is not among the fields.
 *
 * @param {FormField[]} fields
 * @param {string | undefined} label
 */
export function fileOfProbe(fields, label) {
  for (const [field, file] of fields)
    if (file instanceof File && (labelOf(field, file) === label || isLatent(file, label))) return file;
  return null;
}

/**
 * Whether a label is of a latent of this file, which is searched with in several ways and may be of a known finger.
 *
 * @param {File} file
 * @param {string | undefined} label
 */
const isLatent = (file, label) =>
  ["", ", marked", ", upside down", ", marked, upside down"].some((way) => label?.endsWith(` (${file.name}${way})`));

/**
 * Returns the service's label of a file of a search.
 *
 * @param {string} field
 * @param {File} file
 */
function labelOf(field, file) {
  const kind = field === "photo" ? "photo" : field.replaceAll("_", " ");
  return file.name ? `${kind} (${file.name})` : kind;
}
