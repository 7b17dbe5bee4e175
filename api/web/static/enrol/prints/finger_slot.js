// The slot of a finger on the card: it shows the print, or why there is none.

import { byId, query } from "../../lib/dom.js";
import { fieldNamed } from "../../lib/forms.js";
import { showPreview } from "../../lib/image_preview.js";
import { _, number } from "../../lib/messages.js";
import { fingerLabel, impressionLabel, isPoor, qualityState, reasonLabel, showQuality } from "../labels.js";
import { cannotHavePrint } from "../draft.js";

/** @typedef {import("../draft.js").Print} Print */

const impressions = fieldNamed(byId("enrol", HTMLFormElement), "impression");

/**
 * Fills a slot's choice of impression types; returns it.
 *
 * @param {HTMLElement} slot
 */
export function fillImpressions(slot) {
  const select = query(slot, "[data-impression]", HTMLSelectElement);
  select.replaceChildren(...impressions.cloneNode(true).childNodes);
  return select;
}

/**
 * Shows a print, if there is one, and why the finger is missing, if it is.
 *
 * @param {HTMLElement} slot
 * @param {Print | undefined} print
 * @param {string} reason
 */
export function showSlot(slot, print, reason) {
  const choose = query(slot, "[data-choose]");
  const quality = query(slot, ".worth");
  const faults = query(slot, ".faults");
  choose.textContent = print ? _("Take again") : _("Choose");
  if (choose.parentElement) choose.parentElement.hidden = cannotHavePrint(reason);
  query(slot, "[data-remove]").hidden = !print;
  query(slot, "[data-recheck]").hidden = !print || qualityState(print) !== "unchecked";
  query(slot, "[data-missing]", HTMLSelectElement).value = reason;
  query(slot, ".missing").hidden = Boolean(print) && !reason;
  query(slot, ".kind").hidden = !print;
  slot.classList.toggle("poor", print !== undefined && isPoor(print));
  if (print) {
    selectImpression(query(slot, "[data-impression]", HTMLSelectElement), print.impression);
    showQuality(print, quality, faults);
    if (print.ppi) quality.append(` · ${number(print.ppi)}\u00a0ppi`);
  } else {
    quality.replaceChildren();
    faults.replaceChildren();
  }
  const fallback = query(slot, ".print .none");
  fallback.textContent = print ? _("cannot be shown here") : reason ? reasonLabel(reason) : _("no print");
  showPreview(query(slot, "img", HTMLImageElement), fallback, print && (print.shown ?? print.file));
}

/**
 * Returns the quality of a print as a sentence.
 *
 * @param {Print} print
 * @param {number} position
 */
export function qualityText(print, position) {
  const finger = fingerLabel(position);
  const state = qualityState(print);
  if (state === "unusable") return _("{finger}: cannot be used.", { finger });
  if (state === "poor")
    return _("{finger}: too poor, {quality} of 100. Take it again.", { finger, quality: print.quality ?? 0 });
  if (state === "fair")
    return _("{finger}: good enough, {quality} of 100. Take it again if you can.", {
      finger,
      quality: number(print.quality ?? 0),
    });
  if (state === "unmeasured") return _("{finger}: its quality is not measured.", { finger });
  return _("{finger}: good enough, {quality} of 100.", { finger, quality: number(print.quality ?? 0) });
}

/**
 * Selects an impression type; one that is only in the file is added to the choice.
 *
 * @param {HTMLSelectElement} select
 * @param {number} code
 */
function selectImpression(select, code) {
  const value = String(code);
  if (![...select.options].some((option) => option.value === value))
    select.add(new Option(impressionLabel(code), value));
  select.value = value;
}
