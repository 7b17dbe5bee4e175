// Drafts that this browser keeps, of whoever is signed in.

import { drafts } from "./drafts.js";
import { _, moment } from "./messages.js";

const section = document.querySelector("[data-drafts]");
if (section) {
  for (const draft of (await drafts()).filter((one) => one.owner === section.dataset.drafts)) {
    const line = document.createElement("p");
    const link = document.createElement("a");
    link.href = `/app/enrol?draft=${draft.id}`;
    link.textContent = draft.title || _("Somebody without a name yet");
    const when = document.createElement("small");
    when.textContent = ` ${moment(draft.at)}`;
    line.append(link, when);
    section.append(line);
    section.hidden = false;
  }
}
