// Latents that are being marked, encrypted in this browser with their files for a week at most, so that a reload or the end
// of a session loses no marks. A row is found by the file's digest. Signing out removes the rows, unless their owner keeps them.

import { account } from "../lib/api.js";
import { encryptedStore } from "./encrypted_store.js";
import { canEncrypt } from "./encryption_key.js";

/**
 * @typedef {object} LatentWork
 * @property {File} file
 * @property {string} ppi as entered
 * @property {string} position of the finger or palm
 * @property {Api.MinutiaOut[]} minutiae
 * @property {[x: number, y: number][] | null} region
 */

const WEEK = 7 * 24 * 60 * 60 * 1000; // milliseconds
const store = encryptedStore("pehchan-latents", "latents");

/** @param {string} digest */
const rowId = (digest) => `${account} ${digest}`;

/**
 * Returns the digest of a file by which its marks are found; "" where nothing is stored.
 *
 * @param {Blob} file
 */
export async function digestOf(file) {
  if (!canEncrypt) return "";
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Stores the work on a latent.
 *
 * @param {string} digest
 * @param {LatentWork} work
 * @param {boolean} isUnsaved whether marks are in no search and no file yet
 */
export async function saveLatentWork(digest, work, isUnsaved) {
  const head = { digest, name: work.file.name, minutiae: work.minutiae.length };
  if (canEncrypt) await store.put(rowId(digest), { head, body: work, waits: isUnsaved });
}

/**
 * Returns the stored work on a latent, null if there is none, and whether it is unsaved; removes all that is a week old.
 *
 * @param {string} digest
 * @returns {Promise<{ work: LatentWork | null, isUnsaved: boolean }>}
 */
export async function loadLatentWork(digest) {
  if (!canEncrypt || !digest) return { work: null, isUnsaved: false };
  const rows = await store.rows();
  for (const row of rows) if (row.at < Date.now() - WEEK) await store.remove(row.id);
  const isUnsaved = rows.some((row) => row.id === rowId(digest) && row.waits);
  return { work: await store.open(rowId(digest)), isUnsaved };
}

/** Returns how many latents of the account have unsaved marks; this needs no key. */
export async function countUnsavedLatents() {
  return (await store.rows()).filter((row) => row.owner === account && row.waits).length;
}

/**
 * Returns the account's latents with unsaved marks, the newest first.
 *
 * @returns {Promise<{ at: number, digest: string, name: string, minutiae: number }[]>}
 */
export async function listUnsavedLatents() {
  if (!(await countUnsavedLatents())) return []; // without a request for the key
  return (await store.heads()).filter((row) => row.waits && row.head).map(({ at, head }) => ({ at, ...head }));
}

/**
 * Removes the account's work on latents; with `keepsUnsaved` only what is in a search or a file already.
 *
 * @param {{ keepsUnsaved: boolean }} options
 */
export async function removeLatentWork({ keepsUnsaved }) {
  for (const row of await store.rows())
    if (row.owner === account && !(keepsUnsaved && row.waits)) await store.remove(row.id);
}
