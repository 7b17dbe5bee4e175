// The state of the link, and the account's drafts that this browser stores.

import { asError } from "../lib/api.js";
import { create, link, query } from "../lib/dom.js";
import { _, moment } from "../lib/messages.js";
import { pagePath } from "../lib/paths.js";
import { showProblem } from "../lib/problems.js";
import { draftIds, listDrafts } from "../storage/drafts.js";

for (const type of ["online", "offline"]) addEventListener(type, showLink);
showLink();

function showLink() {
  query(document, "[data-online]").hidden = !navigator.onLine;
  query(document, "[data-offline-link]").hidden = navigator.onLine;
}

const section = document.querySelector("[data-drafts]");
let reading = 0; // of the readings of the store, the last one counts
if (section instanceof HTMLElement) {
  document.addEventListener("draft-sent", () => showDrafts(section)); // it waits no more
  await showDrafts(section);
}

/** @param {HTMLElement} parent */
async function showDrafts(parent) {
  const turn = ++reading;
  const lines = await draftLines();
  if (turn !== reading) return;
  while (parent.childElementCount > 1) parent.lastElementChild?.remove(); // all but the heading
  parent.append(...lines);
  parent.hidden = !lines.length;
  const nothing = document.querySelector("[data-nothing]");
  if (nothing instanceof HTMLElement) nothing.hidden = Boolean(lines.length);
}

async function draftLines() {
  const { unfinished, waiting, others } = await draftIds();
  const lines = [];
  if (unfinished.length || waiting.length) {
    try {
      lines.push(...(await listDrafts()).map(line));
    } catch (error) {
      const problem = create("p");
      showProblem(problem, asError(error));
      lines.push(problem);
    }
  }
  if (others) {
    const text = _("This computer has unsent work of other users. Only they can open it, after signing in.");
    lines.push(create("p", text));
  }
  return lines;
}

/** @param {Awaited<ReturnType<typeof listDrafts>>[number]} draft */
function line({ id, at, waits, isFromOffline, title }) {
  const paragraph = create("p");
  const states = [
    waits && _("waits to be sent"),
    isFromOffline && _("made without a connection: check it and send it"),
  ];
  const time = create("small", ` ${[moment(at), ...states].filter(Boolean).join(" · ")}`);
  if (title === null) paragraph.append(_("A draft that can no longer be opened"), time);
  else paragraph.append(link(pagePath(`/enrol?draft=${id}`), title || _("No name entered yet")), time);
  return paragraph;
}
