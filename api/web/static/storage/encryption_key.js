// The key that seals what this browser keeps for the account that is signed in. Only the memory of the page holds it, as a
// CryptoKey that scripts cannot read out, and only as long as the session lasts.

import { ask, Problem } from "../lib/api.js";
import { _ } from "../lib/messages.js";

/** Whether this browser can encrypt. Browsers do so only for addresses with https:// and for this computer itself. */
export const canSeal = Boolean(crypto.subtle);

let held = null; // a promise of the key
let isOver = false;

addEventListener("signedout", forget);

/** Returns the account's key, from the service when the page does not hold it. Throws a Problem. */
export function accountKey() {
  if (isOver) return Promise.reject(new Problem("signed_out", _("You have signed out.")));
  held ??= asked();
  return held;
}

/** Forgets the key for good: its owner has signed out, or another account has signed in. */
export function endKey() {
  isOver = true;
  forget();
}

function forget() {
  held = null;
}

async function asked() {
  try {
    const { body } = await ask("GET", "/api/v1/me/browser-key");
    setTimeout(forget, 1000 * body.expires_in); // an unused session ends then
    const bytes = Uint8Array.from(atob(body.sealing_key), (letter) => letter.charCodeAt(0));
    return await crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
  } catch (problem) {
    forget();
    throw problem;
  }
}
