// What each page does for its account when it opens: it sends the enrolments that wait, and prepares for work without a connection.

import { account, forgetAccount, isDelayed, isOffline, offlineAccount, Problem } from "../lib/api.js";
import { byId, create, link, queryAll } from "../lib/dom.js";
import { _ } from "../lib/messages.js";
import { pagePath } from "../lib/paths.js";
import { showProblem } from "../lib/problems.js";
import { draftIds, loadDraft, removeDraft, saveDraft, unlessOpen, whenClosed } from "./drafts.js";
import { prepareForOffline } from "./encrypted_store.js";
import { canEncrypt } from "./encryption_key.js";

for (const sentence of queryAll(document, "[data-not-kept]")) sentence.hidden = canEncrypt;
if (account && !isOffline) start();

async function start() {
  if (offlineAccount()?.account !== account) forgetAccount(); // another one closed the browser without signing out
  if (!canEncrypt) return;
  addEventListener("online", sendWaiting);
  await sendWaiting();
  if (document.body.dataset.enrols === undefined) return;
  try {
    await prepareForOffline();
  } catch (error) {
    if (!(error instanceof Problem)) throw error; // without the key now, the next page tries again
  }
}

/**
 * Sends the account's enrolments that wait, unless another page is doing so. One that is open in a page waits for the
 * officer there, until that page is closed.
 */
async function sendWaiting() {
  await navigator.locks.request("pehchan waiting", { ifAvailable: true }, async (lock) => {
    if (!lock) return;
    const opened = new URLSearchParams(location.search).get("draft"); // this page is about to open it
    for (const id of (await draftIds()).waiting) {
      if (id === opened) continue;
      const mayGoOn = await unlessOpen(id, () => sendDraft(id));
      if (mayGoOn === null) whenClosed(id).then(sendWaiting);
      else if (!mayGoOn) return;
    }
  });
}

/**
 * Sends a draft; returns false if the others have to wait as well.
 *
 * @param {string} id
 */
async function sendDraft(id) {
  const { send } = await import("../enrol/submission.js");
  let state;
  try {
    state = await loadDraft(id);
    if (!state) return true;
    const record = await send(state);
    await removeDraft(id);
    document.dispatchEvent(new Event("draft-sent"));
    const message = _("{name} is enrolled. National number: {number}.", {
      name: record.name,
      number: record.national_number,
    });
    show("notice", { message }, pagePath(`/records/${record.id}`), _("Open the record"));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (isDelayed(error) || !state) return false;
    await saveDraft({ ...state, outbox: undefined });
    const about = _("The enrolment of {name} was not accepted: ", { name: state.title });
    show("warning", error, pagePath(`/enrol?draft=${id}`), _("Open the draft"), about);
  }
  return true;
}

/**
 * Shows the outcome at the top of the page, with a link.
 *
 * @param {string} className
 * @param {{ message: string, detail?: string }} problem
 * @param {string} href
 * @param {string} label
 */
function show(className, problem, href, label, about = "") {
  const line = create("p", "", className);
  line.setAttribute("role", "status");
  showProblem(line, problem, about);
  line.append(" ", link(href, label));
  byId("main").prepend(line);
}
