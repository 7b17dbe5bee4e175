// The account's drafts that this browser stores.

import { asError } from "../lib/api.js";
import { create, link } from "../lib/dom.js";
import { _, moment } from "../lib/messages.js";
import { pagePath } from "../lib/paths.js";
import { showProblem } from "../lib/problems.js";
import { draftIds, listDrafts } from "../storage/drafts.js";

const section = document.querySelector("[data-drafts]");
if (section instanceof HTMLElement) await showDrafts(section);

/** @param {HTMLElement} parent */
async function showDrafts(parent) {
  const { unfinished, waiting, others } = await draftIds();
  if (unfinished.length || waiting.length) {
    try {
      for (const draft of await listDrafts()) parent.append(line(draft));
    } catch (error) {
      const problem = create("p");
      showProblem(problem, asError(error));
      parent.append(problem);
    }
  }
  if (others) {
    const text = _("This computer has unsent work of other users. Only they can open it, after signing in.");
    parent.append(create("p", text));
  }
  parent.hidden = parent.childElementCount === 1;
}

/** @param {{ id: string, at: number, waits: boolean, title: string | null }} draft */
function line({ id, at, waits, title }) {
  const paragraph = create("p");
  const time = create("small", ` ${moment(at)}${waits ? ` · ${_("waits to be sent")}` : ""}`);
  if (title === null) paragraph.append(_("A draft that can no longer be opened"), time);
  else paragraph.append(link(pagePath(`/enrol?draft=${id}`), title || _("No name entered yet")), time);
  return paragraph;
}
