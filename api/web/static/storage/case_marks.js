// The minutiae that an examiner has marked in a case, encrypted in this browser until the opinion is recorded.

import { account } from "../lib/api.js";
import { encryptedStore } from "./encrypted_store.js";
import { canEncrypt } from "./encryption_key.js";

/** @typedef {Record<string, Api.CaseMarkOut[]>} MarksByPair by the names of the images that they are on */

const MONTH = 30 * 24 * 60 * 60 * 1000; // milliseconds, after which a case has ended without the opinion
const store = encryptedStore("pehchan-marks", "marks");

/** @param {string} caseId */
const rowId = (caseId) => `${account} ${caseId}`;

/**
 * Stores the marks of a case.
 *
 * @param {string} caseId
 * @param {MarksByPair} marks
 */
export async function saveMarks(caseId, marks) {
  if (canEncrypt) await store.put(rowId(caseId), { head: null, body: marks });
}

/**
 * Returns the stored marks of a case, and removes those of long ago.
 *
 * @param {string} caseId
 * @returns {Promise<MarksByPair>}
 */
export async function loadMarks(caseId) {
  if (!canEncrypt) return {};
  for (const row of await store.rows()) if (row.at < Date.now() - MONTH) await store.remove(row.id);
  return (await store.open(rowId(caseId))) ?? {};
}

/**
 * Removes the marks of a case.
 *
 * @param {string} caseId
 */
export async function removeMarks(caseId) {
  if (canEncrypt) await store.remove(rowId(caseId));
}
