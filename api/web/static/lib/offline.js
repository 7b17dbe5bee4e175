// What an account leaves in this browser so that it can enrol without a connection: its id and a public key, until it signs out.

const KEPT = "pehchan.offline"; // the key in localStorage

/** Whether this browser stored the page for when there is no connection; it has been made for no account. */
export const isOffline = document.body.dataset.offline !== undefined;

/** @typedef {{ account: string, publicKey: string }} OfflineAccount the key in base64 */

/**
 * Returns the account that signed in last and has not signed out; null if there is none that may enrol.
 *
 * @returns {OfflineAccount | null}
 */
export const offlineAccount = () => JSON.parse(localStorage.getItem(KEPT) ?? "null");

/** @param {OfflineAccount} kept */
export const rememberAccount = (kept) => localStorage.setItem(KEPT, JSON.stringify(kept));

export const forgetAccount = () => localStorage.removeItem(KEPT);
