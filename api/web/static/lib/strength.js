// What the score of a comparison says, in the same words as the results page, the chart and the report for a court.

import { _ } from "./messages.js";

/** @type {Record<string, () => string>} */
const STRENGTHS = {
  "weak": () => _("weak support"),
  "moderate": () => _("moderate support"),
  "moderately-strong": () => _("moderately strong support"),
  "strong": () => _("strong support"),
  "very-strong": () => _("very strong support"),
  "extremely-strong": () => _("extremely strong support"),
};

/**
 * Returns what a score says in words.
 *
 * @param {Api.ScoreOut} score
 */
export function strengthText({ calibrated, ratio, strength, is_poor }) {
  if (!calibrated)
    return _("The list gives the order only: the score does not say how likely it is. The examiner decides.");
  if (typeof ratio !== "number" || !strength)
    return _("No strength is stated: the scale was made without comparisons of the same person.");
  if (strength === "none" && is_poor)
    return _("The photo is too poor to exclude anybody. Ask an examiner about the first.");
  if (strength === "none") return _("The comparison supports neither side.");
  const values = { strength: STRENGTHS[strength]() };
  return ratio > 0
    ? _("The comparison gives {strength} that both are of the same person.", values)
    : _("The comparison gives {strength} that they are of different people.", values);
}
