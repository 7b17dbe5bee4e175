// What the score of a comparison says, in the same words as the results page, the chart and the report for a court.

import { _ } from "./messages.js";

/** @type {Record<string, () => string>} */
const FOR = {
  "weak": () => _("The comparison gives weak support that both are of the same person."),
  "moderate": () => _("The comparison gives moderate support that both are of the same person."),
  "moderately-strong": () => _("The comparison gives moderately strong support that both are of the same person."),
  "strong": () => _("The comparison gives strong support that both are of the same person."),
  "very-strong": () => _("The comparison gives very strong support that both are of the same person."),
  "extremely-strong": () => _("The comparison gives extremely strong support that both are of the same person."),
};

/**
 * Returns what a score says in words.
 *
 * @param {Api.ScoreOut} score
 */
export function strengthText({ calibrated, ratio, strength }) {
  if (!calibrated) return _("A latent (chance print): the list gives the order only. The examiner decides.");
  if (typeof ratio !== "number" || !strength) return _("Made before the strength of a comparison was stated.");
  if (strength === "none") return _("The comparison supports neither side.");
  return ratio > 0 ? FOR[strength]() : _("The comparison supports that they are of different people.");
}
