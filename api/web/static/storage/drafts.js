// Drafts of enrolments with their files, encrypted in this browser: a lost connection or a closed tab loses nothing.

import { account } from "../lib/api.js";
import { encryptedStore } from "./encrypted_store.js";
import { canEncrypt } from "./encryption_key.js";

/** @typedef {import("../enrol/draft.js").DraftState} DraftState */

const store = encryptedStore("pehchan", "drafts");

/**
 * Functions that finish what a page has still to write.
 *
 * @type {Set<() => Promise<unknown>>}
 */
export const pendingWrites = new Set();

/**
 * Holds a draft for this page until it closes, so that no other page sends it meanwhile. Resolves to false if one is sending it now.
 *
 * @param {string} id
 * @returns {Promise<boolean>}
 */
export function holdDraft(id) {
  if (!canEncrypt) return Promise.resolve(true); // nothing is stored
  return new Promise((resolve) => {
    navigator.locks.request(lockOf(id), { mode: "shared", ifAvailable: true }, (lock) => {
      resolve(Boolean(lock));
      return lock && new Promise((release) => addEventListener("pagehide", release));
    });
  });
}

/**
 * Does something with a draft unless a page has it open; resolves to null then.
 *
 * @param {string} id
 * @param {() => Promise<boolean>} act
 * @returns {Promise<boolean | null>}
 */
export const unlessOpen = (id, act) =>
  navigator.locks.request(lockOf(id), { ifAvailable: true }, (lock) => (lock ? act() : null));

/**
 * Resolves once no page has a draft open.
 *
 * @param {string} id
 */
export const whenClosed = (id) => navigator.locks.request(lockOf(id), () => {});

/** @param {string} id */
const lockOf = (id) => `pehchan draft ${id}`;

/**
 * Returns the account's drafts, the newest first. `title` is null if the draft cannot be opened.
 *
 * @returns {Promise<{ id: string, at: number, waits: boolean, isFromOffline: boolean, title: string | null }[]>}
 */
export const listDrafts = async () =>
  (await store.heads()).map(({ head, ...draft }) => ({ ...draft, title: head && head.title }));

/**
 * Returns when the account's drafts were stored and which of them wait to be sent, the newest first; it needs no key.
 *
 * @returns {Promise<{ at: number, waits: boolean }[]>}
 */
export const storedDrafts = async () =>
  (await store.rows())
    .filter(({ owner }) => account && owner === account)
    .map(({ at, waits = false }) => ({ at, waits }))
    .sort((a, b) => b.at - a.at);

/** Returns what is known without the key: ids of the account's `unfinished` and `waiting` drafts, and whether `others` have any. */
export async function draftIds() {
  const rows = await store.rows();
  const own = rows.filter((row) => row.owner === account);
  return {
    unfinished: own.filter((row) => !row.waits).map((row) => row.id),
    waiting: own.filter((row) => row.waits).map((row) => row.id),
    others: own.length < rows.length,
  };
}

/**
 * Returns a draft of the account, null if there is none with this id.
 *
 * @param {string} id
 * @returns {Promise<DraftState | null>}
 */
export const loadDraft = (id) => store.open(id);

/**
 * Stores a draft. It waits to be sent if it has an `outbox`.
 *
 * @param {DraftState} state
 */
export const saveDraft = (state) =>
  store.put(state.id, { head: { title: state.title }, body: state, waits: Boolean(state.outbox) });

/**
 * Removes a draft.
 *
 * @param {string} id
 */
export const removeDraft = (id) => store.remove(id);
