// Whether this browser is connected to the scanner's bridge on this computer: it knows the bridge's token.

const TOKEN = "pehchan.scanner"; // in localStorage

takeToken();
addEventListener("hashchange", () => {
  if (takeToken()) location.reload(); // the address was opened in a tab that shows the page already
});

/**
 * Keeps the token of an address that `pehchan capture` has printed, and takes it out of the address; says whether it has
 * one.
 */
function takeToken() {
  const [, token] = /^#scanner=([\w-]{20,100})$/.exec(location.hash) ?? [];
  if (!token) return false;
  localStorage.setItem(TOKEN, token);
  history.replaceState(null, "", location.pathname + location.search);
  return true;
}

/** Returns the token of the bridge on this computer; "" if it is not known, or could not be proven by this browser. */
export const pairedToken = () => (crypto.subtle ? (localStorage.getItem(TOKEN) ?? "") : "");
