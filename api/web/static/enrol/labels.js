// What the page calls values that the service answers with, and how it shows what a sample is worth.

import { _, number } from "../lib/messages.js";
import { showProblem } from "../lib/problems.js";

const words = JSON.parse(document.getElementById("words").textContent);

export const finger = (position) => words.fingers[position];
export const sex = (code) => words.sexes[code];
export const fault = (code) => words.faults[code] ?? code;
export const impression = (code) => words.impressions[code] ?? code;
export const reason = (code) => words.missing[code] ?? code;
export const view = (code) => words.views[code] ?? _("View not stated");

/** Says which fingers were not taken, and why. */
export const notTaken = (missing) => missing.map((one) => `${finger(one.position)}: ${reason(one.reason)}`).join("; ");

/** Makes an element with a class and a text. */
export function made(tag, text = "", className = "") {
  const element = document.createElement(tag);
  element.textContent = text;
  if (className) element.className = className;
  return element;
}

/** Says in a word how a sample stands: "good", "poor", "unusable", "unmeasured", "unchecked" or "checking". */
export function standing(sample) {
  if (sample.checking) return "checking";
  if (!sample.checked) return "unchecked";
  if (sample.refusal) return "unusable";
  if (!sample.acceptable) return "poor";
  return sample.quality === null ? "unmeasured" : "good";
}

const TAGS = {
  checking: () => ["", _("being checked")],
  unchecked: () => ["warn", _("not checked yet")],
  unusable: () => ["bad", _("cannot be used")],
  unmeasured: () => ["", _("quality not measured")],
  poor: () => ["bad", _("too poor")],
  good: () => ["good", _("good enough")],
};

/** Shows what a sample is worth: a word and the figure in `worth`, reasons in the list `faults`. */
export function showWorth(sample, worth, faults) {
  const [kind, text] = TAGS[standing(sample)]();
  const figure =
    sample.quality === null || sample.quality === undefined ? [] : [" ", sample.measure, " ", number(sample.quality)];
  worth.replaceChildren(made("span", text, `tag ${kind}`), ...figure);
  faults.replaceChildren(...reasons(sample));
}

function reasons(sample) {
  if (sample.refusal) {
    const line = made("li");
    showProblem(line, { message: sample.refusal, detail: sample.refusal_detail });
    return [line];
  }
  return (sample.faults ?? []).map((code) => made("li", fault(code)));
}
