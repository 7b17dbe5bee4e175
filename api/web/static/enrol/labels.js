// The page's labels of values in responses, and how it shows the quality of a sample.

import { byId, create } from "../lib/dom.js";
import { _, number } from "../lib/messages.js";
import { showProblem } from "../lib/problems.js";

/** @typedef {import("./draft.js").Assessment} Assessment */

/** @type {Record<"fingers" | "sexes" | "faults" | "impressions" | "missing" | "views" | "measures" | "fields", Record<string, string>>} */
const labels = JSON.parse(byId("words").textContent);

/** @param {number | string} position of a finger or an eye */
export const fingerLabel = (position) => labels.fingers[position];

/** @param {string} code */
export const sexLabel = (code) => labels.sexes[code];

/** @param {string} code */
export const faultLabel = (code) => labels.faults[code] ?? code;

/** @param {number | string} code */
export const impressionLabel = (code) => labels.impressions[code] ?? String(code);

/** @param {string} code */
export const reasonLabel = (code) => labels.missing[code] ?? code;

/** @param {string} modality */
export const measureLabel = (modality) => labels.measures[modality] ?? "";

/**
 * Returns the form field of a file that is no print, undefined of a print.
 *
 * @param {string} modality
 * @param {number | null} position
 */
export const fieldOf = (modality, position) => labels.fields[`${modality} ${position ?? ""}`];

/** @param {{ modality: string, position: number | null }} sample */
export const isPrint = ({ modality, position }) => fieldOf(modality, position) === undefined;

/** @param {string | null} code */
export const viewLabel = (code) => labels.views[code ?? ""] ?? _("View not stated");

/**
 * Returns which fingers were not taken, and why.
 *
 * @param {{ position: number, reason: string }[]} missing
 */
export const missingText = (missing) =>
  missing.map(({ position, reason }) => `${fingerLabel(position)}: ${reasonLabel(reason)}`).join("; ");

/**
 * Returns the state of a sample's assessment.
 *
 * @param {Assessment} sample
 */
export function qualityState(sample) {
  if (sample.checking) return "checking";
  if (!sample.checked) return "unchecked";
  if (sample.refusal) return "unusable";
  if (!sample.acceptable) return "poor";
  // A photo in profile is not taken again, but one from the front as well.
  if (sample.faults?.some((code) => code !== "profile")) return "fair";
  return sample.quality === null ? "unmeasured" : "good";
}

/**
 * Whether a sample is too poor to be enrolled without a reason, or cannot be used.
 *
 * @param {Assessment} sample
 */
export const isPoor = (sample) => ["poor", "unusable"].includes(qualityState(sample));

const TAGS = {
  checking: () => ["", _("being checked")],
  unchecked: () => ["warn", _("not checked yet")],
  unusable: () => ["bad", _("cannot be used")],
  unmeasured: () => ["", _("quality not measured")],
  poor: () => ["bad", _("too poor")],
  fair: () => ["warn", _("good enough; take it again if you can")],
  good: () => ["good", _("good enough")],
};

/**
 * Shows the quality of a sample: a tag and the figure in `output`, reasons in the list `faults`.
 *
 * @param {Assessment} sample
 * @param {Element} output
 * @param {Element} faults
 */
export function showQuality(sample, output, faults) {
  const [className, text] = TAGS[qualityState(sample)]();
  const { quality, measure = "" } = sample;
  output.replaceChildren(create("span", text, `tag ${className}`));
  if (quality !== null && quality !== undefined) {
    const figure = create("span", _("Quality {figure}", { figure: number(quality) }));
    figure.title = measure;
    output.append(" ", figure);
  }
  faults.replaceChildren(...faultLines(sample));
}

/** @param {Assessment} sample */
function faultLines({ refusal, refusal_detail: detail, faults = [] }) {
  if (!refusal) return faults.map((code) => create("li", faultLabel(code)));
  const line = create("li");
  showProblem(line, { message: refusal, detail });
  return [line];
}
