// Signing out removes what this browser keeps for the account, except what waits to be sent and drafts that the officer keeps.
// Pages that are still open leave when their account signs out, or another account signs in.

import { account } from "../lib/api.js";
import { canSeal, endKey } from "../storage/encryption_key.js";
import { forget, kept, unwritten } from "../storage/drafts.js";
import { answered } from "../lib/forms.js";
import { isOld, isOwn, removeFiles } from "../storage/search_files.js";
import { _, number } from "../lib/messages.js";

const NOBODY = "";
const pages = new BroadcastChannel("pehchan"); // to all pages of this browser: the account that is signed in

if (account) {
  pages.postMessage(account);
  pages.addEventListener("message", ({ data }) => data !== account && leave());
  addEventListener("pageshow", (event) => event.persisted && location.reload()); // shown again by "back", from the browser's memory
  for (const form of document.querySelectorAll("form[data-sign-out]")) form.addEventListener("submit", signOut);
}

function leave() {
  endKey();
  location.replace("/app/sign-in");
}

async function signOut(event) {
  const form = event.target;
  if (form.isCleared) {
    form.isCleared = false;
    return;
  }
  event.preventDefault();
  event.stopImmediatePropagation();
  try {
    if (!(await cleared())) return;
  } catch (error) {
    console.error(error); // signing out must not depend on the browser's store
  }
  pages.postMessage(NOBODY);
  form.isCleared = true;
  form.requestSubmit(event.submitter);
}

/** Removes what must go; returns false when the officer chooses to stay signed in. */
async function cleared() {
  await Promise.all([...unwritten].map((write) => write()));
  const { unfinished, waiting } = await kept();
  const answer = await asked(unfinished.length, waiting.length);
  if (answer === "stay") return false;
  endKey(); // nothing is kept from here on
  if (answer !== "keep") for (const id of unfinished) await forget(id);
  await removeFiles((row) => isOwn(row) || isOld(row));
  return true;
}

/** Asks what to do with drafts, if there are any; resolves to "discard", "keep" or "stay". */
async function asked(unfinished, waiting) {
  if (!unfinished && !waiting) return "discard";
  const sentences = [];
  const choices = [];
  if (unfinished) {
    sentences.push(
      _(
        "Enrolments on this computer that you have not finished: {count}. When you sign out they are discarded, unless you keep them.",
        { count: number(unfinished) },
      ),
    );
    choices.push(["discard", _("Discard and sign out"), "main"]);
  } else {
    choices.push(["discard", _("Sign out"), "main"]);
  }
  if (unfinished && canSeal) {
    sentences.push(
      _("What you keep is locked: only you can open it, after you have signed in on this computer again."),
    );
    choices.push(["keep", _("Keep for my next sign-in here"), ""]);
  }
  if (waiting)
    sentences.push(
      _(
        "Enrolments that could not be sent yet: {count}. They stay locked on this computer, and are sent when you sign in here again.",
        { count: number(waiting) },
      ),
    );
  choices.push(["stay", _("Stay signed in"), ""]);
  return (await answered(sentences, choices)) || "stay";
}
