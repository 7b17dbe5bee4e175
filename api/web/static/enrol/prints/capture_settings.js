// The impression type and the resolution of the prints that are added.

import { byId } from "../../lib/dom.js";
import { fieldNamed } from "../../lib/forms.js";
import { _, number } from "../../lib/messages.js";

/** @typedef {import("../draft.js").PrintSettings} PrintSettings */

const form = byId("enrol", HTMLFormElement);
const impression = fieldNamed(form, "impression");
const ppi = fieldNamed(form, "ppi");
const button = byId("use-for-all");

/**
 * Returns the settings in the form; `ppi` is undefined if it is not stated.
 *
 * @returns {PrintSettings}
 */
export const captureSettings = () => ({
  impression: Number(impression.value),
  ppi: (ppi.checkValidity() && Number(ppi.value)) || undefined,
});

/**
 * Offers, after a setting was changed, to use it for the prints that are on the card.
 *
 * @param {import("../draft.js").Draft} draft
 * @param {(settings: PrintSettings) => void} useForAll
 */
export function offerForAll(draft, useForAll) {
  const countOthers = () => {
    const settings = captureSettings();
    return Object.values(draft.state.prints).filter(
      (print) => print.impression !== settings.impression || (settings.ppi && print.ppi !== settings.ppi),
    ).length;
  };
  const offer = () => {
    const count = countOthers();
    button.hidden = !count;
    button.textContent = _("Use this for the {count} prints on the card too", { count: number(count) });
  };
  for (const field of [impression, ppi]) field.addEventListener("change", offer);
  draft.addEventListener("change", () => {
    if (!button.hidden) offer();
  });
  button.addEventListener("click", () => {
    impression.focus();
    useForAll(captureSettings());
  });
}
