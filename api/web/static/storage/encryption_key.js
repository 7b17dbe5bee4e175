// The key that encrypts what this browser stores for the account that is signed in. It is only in the memory of the page,
// as a CryptoKey that scripts cannot read out, and only as long as the session lasts.

import { Problem, request } from "../lib/api.js";
import { _ } from "../lib/messages.js";
import { apiPath } from "../lib/paths.js";

/** Whether this browser can encrypt. Browsers do so only for https:// addresses and for this computer itself. */
export const canEncrypt = Boolean(crypto.subtle);

/** @type {Promise<CryptoKey> | null} */
let loading = null;
let hasEnded = false;

addEventListener("signedout", forget);

/**
 * Returns the account's key, from the service if the page does not have it yet. Throws a Problem.
 *
 * @returns {Promise<CryptoKey>}
 */
export function accountKey() {
  if (hasEnded) return Promise.reject(new Problem("signed_out", _("You have signed out.")));
  loading ??= load();
  return loading;
}

/** Forgets the key for good: its owner has signed out, or another account has signed in. */
export function endKey() {
  hasEnded = true;
  forget();
}

function forget() {
  loading = null;
}

async function load() {
  try {
    /** @type {{ body: Api.BrowserKeyOut }} */
    const { body } = await request("GET", apiPath("/me/browser-key"));
    setTimeout(forget, 1000 * body.expires_in); // an unused session ends then
    const bytes = Uint8Array.from(atob(body.sealing_key), (character) => character.charCodeAt(0));
    return await crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
  } catch (error) {
    forget();
    throw error;
  }
}
