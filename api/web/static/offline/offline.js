// The page without a connection: what waits on this computer.

import { byId, create } from "../lib/dom.js";
import { _, moment } from "../lib/messages.js";
import { storedDrafts } from "../storage/drafts.js";

const drafts = await storedDrafts();
byId("queue").append(
  ...(drafts.length ? drafts.map(line) : [create("p", _("Nothing waits on this computer for your account."), "none")]),
);
addEventListener("online", () => location.reload());

/** @param {{ at: number, waits: boolean }} draft */
function line({ at, waits }) {
  const state = waits ? _("waits to be sent") : _("draft; check it and send it");
  return create("p", `${moment(at)} · ${state}`);
}
