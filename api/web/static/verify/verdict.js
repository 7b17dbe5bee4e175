// What a verification says, on the page of a record and on that of several people.

import { _ } from "../lib/messages.js";

/** @param {boolean} match */
export const verdictText = (match) =>
  match
    ? _("Yes: it agrees with this person's samples.")
    : _("No: it does not agree well enough with this person's samples.");
