// What an examiner has marked in a case and the service has not got yet, encrypted in this browser until it is sent.

import { account } from "../lib/api.js";
import { encryptedStore } from "./encrypted_store.js";
import { canEncrypt } from "./encryption_key.js";

/** @typedef {Record<string, Api.CaseMark[]>} MarksByPair by the names of the images that they are on */
/** @typedef {{ version: number, marks: MarksByPair, adjustments?: Api.Adjustment[], drawings?: Api.Drawing[] }} UnsentMarks `version` is the one on the service that they replace */

const MONTH = 30 * 24 * 60 * 60 * 1000; // milliseconds, after which a case has ended without the opinion
const store = encryptedStore("pehchan-marks", "marks");

/** @param {string} caseId */
const rowId = (caseId) => `${account} ${caseId}`;

/**
 * Stores the marks of a case.
 *
 * @param {string} caseId
 * @param {UnsentMarks} unsent
 */
export async function storeUnsentMarks(caseId, unsent) {
  if (canEncrypt) await store.put(rowId(caseId), { head: null, body: unsent });
}

/**
 * Returns the unsent marks of a case, null if there are none, and removes those of long ago.
 *
 * @param {string} caseId
 * @returns {Promise<UnsentMarks | null>}
 */
export async function loadUnsentMarks(caseId) {
  if (!canEncrypt) return null;
  const rows = await store.rows();
  for (const row of rows) if (row.at < Date.now() - MONTH) await store.remove(row.id);
  if (!rows.some((row) => row.id === rowId(caseId))) return null; // without a request for the key
  return store.open(rowId(caseId));
}

/**
 * Removes the unsent marks of a case.
 *
 * @param {string} caseId
 */
export async function removeUnsentMarks(caseId) {
  if (canEncrypt) await store.remove(rowId(caseId));
}
