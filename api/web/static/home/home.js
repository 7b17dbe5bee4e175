// Drafts that this browser keeps, of whoever is signed in.

import { drafts, kept } from "../storage/drafts.js";
import { paragraph } from "../lib/forms.js";
import { _, moment } from "../lib/messages.js";
import { showProblem } from "../lib/problems.js";

const section = document.querySelector("[data-drafts]");
if (section) {
  const { unfinished, waiting, others } = await kept();
  if (unfinished.length || waiting.length) await list();
  if (others)
    section.append(
      paragraph(
        _("Unsent work of other people is on this computer. Only they can open it, after they have signed in."),
      ),
    );
  section.hidden = section.childElementCount === 1;
}

async function list() {
  try {
    for (const draft of await drafts()) section.append(line(draft));
  } catch (problem) {
    const told = paragraph("");
    showProblem(told, problem);
    section.append(told);
  }
}

function line(draft) {
  const when = document.createElement("small");
  when.textContent = ` ${moment(draft.at)}${draft.waits ? ` · ${_("waits to be sent")}` : ""}`;
  if (draft.title === null) {
    const told = paragraph(_("A draft that cannot be opened any more"));
    told.append(when);
    return told;
  }
  const link = document.createElement("a");
  link.href = `/app/enrol?draft=${draft.id}`;
  link.textContent = draft.title || _("Somebody without a name yet");
  const told = paragraph("");
  told.append(link, when);
  return told;
}
