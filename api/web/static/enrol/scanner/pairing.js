// Whether this browser is connected to the scanner's bridge on this computer: it knows the bridge's token.

import { confirmed } from "../../lib/dialogs.js";
import { _ } from "../../lib/messages.js";

const TOKEN = "pehchan.scanner"; // in localStorage

takeToken();
addEventListener("hashchange", takeToken);

/**
 * Takes the token out of an address that `pehchan capture` has printed. A token that this browser does not know yet is
 * kept only if the officer confirms it: anybody can send an officer such an address.
 */
async function takeToken() {
  const [, token] = /^#scanner=([\w-]{20,100})$/.exec(location.hash) ?? [];
  if (!token) return;
  history.replaceState(null, "", location.pathname + location.search);
  if (token === localStorage.getItem(TOKEN)) return;
  const question = _(
    "Connect the scanner of this computer? Do so only if its program on this computer shows this address.",
  );
  if (!(await confirmed(question, _("Connect")))) return;
  localStorage.setItem(TOKEN, token);
  location.reload();
}

/** Returns the token of the bridge on this computer; "" if it is not known, or could not be proven by this browser. */
export const pairedToken = () => (crypto.subtle ? (localStorage.getItem(TOKEN) ?? "") : "");
