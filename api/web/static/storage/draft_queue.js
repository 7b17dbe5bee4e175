// What each page does for its account when it opens: seal or remove what an earlier version kept, send what waits.

import { account, isDelayed, Problem } from "../lib/api.js";
import { canSeal } from "./encryption_key.js";
import { draft, forget, keep, kept, sealOld } from "./drafts.js";
import { isOld, removeFiles } from "./search_files.js";
import { _ } from "../lib/messages.js";
import { showProblem } from "../lib/problems.js";

for (const sentence of document.querySelectorAll("[data-not-kept]")) sentence.hidden = canSeal;
if (account) arrive();

async function arrive() {
  await removeFiles(isOld);
  if (!canSeal) return;
  addEventListener("online", sendWaiting);
  try {
    await sealOld();
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem; // the key is not available now: the next page tries again
  }
  await sendWaiting();
}

/** Sends the account's enrolments that wait, unless another page is doing so. */
async function sendWaiting() {
  await navigator.locks.request("pehchan waiting", { ifAvailable: true }, async (lock) => {
    if (!lock) return;
    const opened = new URLSearchParams(location.search).get("draft"); // its page sends it
    for (const id of (await kept()).waiting) if (id !== opened && !(await sent(id))) return;
  });
}

/** Sends one; returns false when the others have to wait as well. */
async function sent(id) {
  const { send } = await import("../enrol/submission.js");
  let state;
  try {
    state = await draft(id);
    if (!state) return true;
    const answer = await send(state);
    await forget(id);
    show(
      "notice",
      {
        message: _("{name} is enrolled. National number: {number}.", {
          name: answer.name,
          number: answer.national_number,
        }),
      },
      `/app/records/${answer.id}`,
      _("Open the record"),
    );
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    if (isDelayed(problem)) return false;
    await keep({ ...state, outbox: undefined });
    const about = _("The enrolment of {name} was not accepted: ", { name: state.title });
    show("warning", problem, `/app/enrol?draft=${id}`, _("Open the draft"), about);
  }
  return true;
}

function show(kind, problem, address, label, about = "") {
  const line = document.createElement("p");
  line.className = kind;
  line.setAttribute("role", "status");
  showProblem(line, problem, about);
  const link = document.createElement("a");
  link.href = address;
  link.textContent = label;
  line.append(" ", link);
  document.getElementById("main").prepend(line);
}
