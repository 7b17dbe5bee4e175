// The key that seals what this browser keeps for whoever is signed in. It is in the memory of the page only, and goes with
// the session: no script can read it out of the CryptoKey, and no storage of the browser holds it.

import { ask, Problem } from "./api.js";
import { _ } from "./messages.js";

/** Whether this browser can encrypt: it refuses to where the address does not begin with https:// and is not this computer's own. */
export const canSeal = Boolean(crypto.subtle);

let held = null; // a promise of the key
let isOver = false;

addEventListener("signedout", forget);

/** Returns the account's key, asked of the service where the page does not hold it. Throws a Problem. */
export function accountKey() {
  if (isOver) return Promise.reject(new Problem("signed_out", _("You have signed out.")));
  held ??= asked();
  return held;
}

/** Forgets the key for good: whoever it belongs to has signed out, or somebody else has signed in. */
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
    setTimeout(forget, 1000 * body.expires_in); // a session that nobody uses ends then
    const bytes = Uint8Array.from(atob(body.sealing_key), (letter) => letter.charCodeAt(0));
    return await crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
  } catch (problem) {
    forget();
    throw problem;
  }
}
