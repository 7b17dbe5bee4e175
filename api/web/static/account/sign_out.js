// Signing out removes what this browser stores for the account, except drafts that wait to be sent and what the officer keeps.
// Pages that are still open leave when their account signs out, or another account signs in.

import { account, endRequests, forgetAccount } from "../lib/api.js";
import { choose } from "../lib/dialogs.js";
import { queryAll } from "../lib/dom.js";
import { _, number } from "../lib/messages.js";
import { pagePath } from "../lib/paths.js";
import { draftIds, pendingWrites, removeDraft } from "../storage/drafts.js";
import { canEncrypt, endKey } from "../storage/encryption_key.js";
import { countUnsavedLatents, removeLatentWork } from "../storage/latent_work.js";

const NO_ACCOUNT = "";
const pages = new BroadcastChannel("pehchan"); // to all pages of this browser: the account that is signed in
/** @type {HTMLFormElement | null} */
let clearedForm = null; // the form that is submitted again after the clean-up

if (account) {
  pages.postMessage(account);
  pages.addEventListener("message", ({ data }) => data !== account && leave());
  addEventListener("pageshow", (event) => event.persisted && location.reload()); // shown again by "back", from the browser's memory
  for (const form of queryAll(document, "form[data-sign-out]", HTMLFormElement))
    form.addEventListener("submit", (event) => signOut(form, event));
}

function leave() {
  endKey();
  endRequests();
  location.replace(pagePath("/sign-in"));
}

/**
 * @param {HTMLFormElement} form
 * @param {SubmitEvent} event
 */
async function signOut(form, event) {
  if (form === clearedForm) {
    clearedForm = null;
    return;
  }
  event.preventDefault();
  event.stopImmediatePropagation();
  try {
    if (!(await cleanUp())) return;
  } catch (error) {
    console.error(error); // signing out must not depend on the browser's store
  }
  endRequests();
  pages.postMessage(NO_ACCOUNT);
  clearedForm = form;
  form.requestSubmit(event.submitter);
}

/** Removes what must go; returns false if the officer chooses to stay signed in. */
async function cleanUp() {
  await Promise.all([...pendingWrites].map((write) => write()));
  const { unfinished, waiting } = await draftIds();
  const answer = await askAboutWork(unfinished.length, waiting.length, await countUnsavedLatents());
  if (answer === "stay") return false;
  endKey(); // nothing is stored from here on
  forgetAccount();
  if (answer !== "keep") for (const id of unfinished) await removeDraft(id);
  await removeLatentWork({ keepsUnsaved: answer === "keep" });
  return true;
}

/**
 * Asks what to do with drafts and unsaved marks, if there are any; resolves to "discard", "keep" or "stay".
 *
 * @param {number} unfinished
 * @param {number} waiting
 * @param {number} latents with unsaved marks
 */
async function askAboutWork(unfinished, waiting, latents) {
  if (!unfinished && !waiting && !latents) return "discard";
  const sentences = [];
  /** @type {[string, string, string][]} */
  const choices = [];
  if (unfinished) {
    sentences.push(
      _(
        "Unfinished enrolments on this computer: {count}. They are discarded when you sign out, unless you keep them.",
        { count: number(unfinished) },
      ),
    );
  }
  if (latents)
    sentences.push(
      _(
        "Latents with unsaved marks on this computer: {count}. They are discarded when you sign out, unless you keep them.",
        { count: number(latents) },
      ),
    );
  const canDiscard = unfinished + latents > 0;
  choices.push(["discard", canDiscard ? _("Discard and sign out") : _("Sign out"), "main"]);
  if (canDiscard && canEncrypt) {
    sentences.push(_("What you keep is encrypted. Only you can open it, after signing in on this computer again."));
    choices.push(["keep", _("Keep for my next sign-in here"), ""]);
  }
  if (waiting)
    sentences.push(
      _(
        "Enrolments not sent yet: {count}. They stay encrypted on this computer, and are sent when you sign in here again.",
        { count: number(waiting) },
      ),
    );
  choices.push(["stay", _("Stay signed in"), ""]);
  return (await choose(sentences, choices)) || "stay";
}
