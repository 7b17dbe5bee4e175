// The steps of an enrolment: which one is shown, how far each is, and the bar that goes on.

import { byId, query, queryAll } from "../lib/dom.js";
import { invalidFields } from "../lib/forms.js";
import { _, number } from "../lib/messages.js";
import { checkFields } from "./field_checks.js";
import { blockingIssue, issuesOf, samplesOf } from "./review.js";

/**
 * @typedef {object} Progress how far a step is
 * @property {boolean} isDone whether going on leads past it
 * @property {string} text in the list of steps
 * @property {string} lacking in the bar
 */

const back = byId("back");
const goOn = byId("go-on");
const send = byId("send");
const lacking = byId("lacking");
const links = queryAll(document, ".steps a", HTMLAnchorElement);

/** The address names the step that is shown, so that a browser's Back, a link and a reload lead to it. */
export class Steps {
  /**
   * @param {HTMLFormElement} form
   * @param {import("./draft.js").Draft} draft
   * @param {() => unknown} onShow called before another step is shown
   */
  constructor(form, draft, onShow) {
    this.form = form;
    this.draft = draft;
    this.onShow = onShow;
    this.steps = queryAll(form, ".step");
    this.shown = this.addressed();
    const follow = () => this.enter(this.addressed());
    addEventListener("hashchange", follow);
    // Going back to an address from before the draft was stored changes more than the hash. Later, as a new hash moves the focus.
    addEventListener("popstate", () => setTimeout(follow));
    back.addEventListener("click", () => this.open(this.steps[this.steps.indexOf(this.shown) - 1]));
    goOn.addEventListener("click", () => {
      const invalid = checkFields(this.form, this.shown);
      if (invalid) invalid.focus();
      else this.open(this.next());
    });
    draft.addEventListener("change", () => this.update());
    form.addEventListener("change", () => this.update()); // of fields that the draft does not hold yet
    this.show(this.shown);
  }

  /** The step that the address names, else the first one. */
  addressed() {
    return this.steps.find(({ id }) => `#${id}` === location.hash) ?? this.steps[0];
  }

  /** @param {HTMLElement} step */
  open(step) {
    location.hash = step.id;
  }

  /** @param {HTMLElement} step */
  enter(step) {
    if (step === this.shown) return;
    this.show(step);
    scrollTo(0, 0);
    query(step, "h2").focus({ preventScroll: true });
  }

  /** @param {HTMLElement} step */
  show(step) {
    this.onShow();
    this.shown = step;
    for (const each of this.steps) each.hidden = each !== step;
    this.update();
  }

  /**
   * Shows the step that an element is in, and moves the focus to the element.
   *
   * @param {HTMLElement} element
   */
  reveal(element) {
    const step = this.steps.find((each) => each.contains(element));
    if (step && step !== this.shown) {
      history.pushState(null, "", `#${step.id}`);
      this.show(step);
    }
    const details = element.closest("details");
    if (details) details.open = true;
    element.focus();
  }

  /** The next step that lacks something, else the last one. */
  next() {
    const later = this.steps.slice(this.steps.indexOf(this.shown) + 1);
    return later.find((step) => !this.progress(step).isDone) ?? later[later.length - 1];
  }

  update() {
    const last = this.steps.length - 1;
    this.steps.forEach((step, index) => {
      const { isDone, text } = this.progress(step);
      links[index].classList.toggle("done", isDone);
      query(links[index], "small").textContent = text;
      if (step === this.shown) links[index].setAttribute("aria-current", "step");
      else links[index].removeAttribute("aria-current");
    });
    const index = this.steps.indexOf(this.shown);
    back.hidden = index === 0;
    goOn.hidden = index === last;
    send.hidden = index !== last;
    lacking.textContent = index === last ? this.overall() : this.progress(this.shown).lacking;
    if (index < last) goOn.textContent = _("Continue: {step}", { step: titleOf(this.next()) });
  }

  /**
   * @param {HTMLElement} step
   * @returns {Progress}
   */
  progress(step) {
    const { state } = this.draft;
    const invalid = invalidFields(this.form, step);
    const issues = issuesOf(state).filter(({ elementId, isOpen }) => isOpen && isIn(step, elementId));
    const taken = samplesOf(state).filter(({ elementId }) => isIn(step, elementId)).length;
    const isOfSamples = step.querySelector(".part") !== null;
    const isDone = step !== this.steps.at(-1) && !invalid.length && !issues.length && (!isOfSamples || taken > 0);
    if (invalid.length) {
      const text = _("{count} to fill in", { count: number(invalid.length) });
      return { isDone, text, lacking: _("Still required: {fields}", { fields: invalid.map(labelOf).join(", ") }) };
    }
    if (isOfSamples && !taken) return { isDone, text: "", lacking: _("Nothing is taken yet.") };
    if (issues.length) {
      const text = _("{count} taken, {open} to look at", { count: number(taken), open: number(issues.length) });
      return { isDone, text, lacking: issues[0].text };
    }
    if (isOfSamples) {
      const text = _("{count} taken", { count: number(taken) });
      return { isDone, text, lacking: text };
    }
    return { isDone, text: isDone ? _("complete") : "", lacking: "" };
  }

  /** What keeps the whole from being sent. */
  overall() {
    const invalid = invalidFields(this.form);
    if (invalid.length) return _("Still required: {fields}", { fields: invalid.map(labelOf).join(", ") });
    return blockingIssue(this.draft.state) ?? _("Check what is shown here, then send it.");
  }
}

/**
 * @param {HTMLElement} step
 * @param {string} elementId
 */
const isIn = (step, elementId) => step.contains(document.getElementById(elementId));

/** @param {HTMLElement} step */
const titleOf = (step) => query(step, "h2").textContent ?? "";

/** @param {import("../lib/forms.js").Field} field */
const labelOf = (field) => field.labels?.[0]?.firstChild?.textContent?.trim() ?? "";
