// The review: all that will be sent on one page, and what needs attention.

import { byId, create, link, query } from "../lib/dom.js";
import { isoDay } from "../lib/days.js";
import { fieldNamed } from "../lib/forms.js";
import { _, day, number } from "../lib/messages.js";
import { fingerLabel, missingText, qualityState, reasonLabel, viewLabel } from "./labels.js";
import { cannotHavePrint, reasonFor } from "./draft.js";

/** @typedef {import("./draft.js").DraftState} DraftState */
/** @typedef {{ elementId: string, text: string, className: string, isOpen: boolean }} Issue `isOpen`: it leads back to its step */

const FINGERS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
const REQUIRED_VIEWS = ["frontal", "left_profile", "right_profile"]; // of a booking
const BLOCKING = "bad must"; // the class of issues that keep a draft from being sent

const summary = byId("summary");
const attention = byId("attention");
const reasonBox = byId("reason");

/**
 * Shows the review of a draft, after each change again.
 *
 * @param {HTMLFormElement} form
 * @param {import("./draft.js").Draft} draft
 * @param {(element: HTMLElement) => void} reveal shows an element of another step
 */
export function showReview(form, draft, reveal) {
  const show = () => {
    const { state } = draft;
    summary.replaceChildren(...facts(form, state).flatMap(([term, text]) => [create("dt", term), create("dd", text)]));
    const issues = issuesOf(state);
    attention.replaceChildren(...issues.map((issue) => issueLine(issue, reveal)));
    showVerdict(
      issues.filter(({ className }) => className === BLOCKING).length,
      issues.filter(({ className }) => className !== BLOCKING).length,
    );
    const hasPoor = samplesOf(state).some(({ sample }) => qualityState(sample) === "poor");
    const input = query(reasonBox, "input", HTMLInputElement);
    reasonBox.hidden = !hasPoor && !input.value;
    input.disabled = reasonBox.hidden;
    input.required = hasPoor;
  };
  draft.addEventListener("change", show);
  show();
}

/**
 * Says at the top whether the draft can be sent, and how much needs attention.
 *
 * @param {number} blocking
 * @param {number} others
 */
function showVerdict(blocking, others) {
  const texts = [
    blocking && _("To correct before you can enrol: {count}.", { count: number(blocking) }),
    others && _("To look at: {count}.", { count: number(others) }),
  ].filter(Boolean);
  const verdict = byId("verdict");
  verdict.className = blocking ? "warning" : "notice";
  verdict.textContent = texts.join(" ") || _("Nothing needs attention.");
}

/**
 * Returns the text of the first issue that keeps a draft from being sent, null if there is none.
 *
 * @param {DraftState} state
 */
export function blockingIssue(state) {
  if (!samplesOf(state).length) return _("Add at least one print or photo.");
  return issuesOf(state).find(({ className }) => className === BLOCKING)?.text ?? null;
}

/**
 * Returns every sample of a draft, with its name and the element that shows it.
 *
 * @param {DraftState} state
 */
export function samplesOf({ prints, photos, others }) {
  return [
    ...Object.entries(prints).map(([position, sample]) => ({
      elementId: `finger-${position}`,
      name: fingerLabel(position),
      sample,
      lacksView: false,
    })),
    ...photos.map((sample) => ({
      elementId: `photo-${sample.id}`,
      name: _("Photo {file}", { file: sample.name }),
      sample,
      lacksView: !sample.view,
    })),
    ...others.map((sample) => ({
      elementId: `other-${sample.id}`,
      name: sample.name,
      sample,
      lacksView: false,
    })),
  ];
}

/**
 * @param {HTMLFormElement} form
 * @param {DraftState} state
 * @returns {[term: string, text: string][]}
 */
function facts(form, state) {
  /** @param {string} name */
  const text = (name) => fieldNamed(form, name).value.trim();
  /** @param {string} name */
  const chosen = (name) => {
    const select = fieldNamed(form, name);
    return select instanceof HTMLSelectElement ? (select.selectedOptions[0].textContent ?? "") : "";
  };
  const born = text("record.particulars.birth_date") || text("record.birth_year");
  const date = isoDay(text("encounter.date"));
  /** @type {[string, string][]} */
  const all = [
    [
      _("Person"),
      state.record
        ? _("{name}, national number {number}", state.record)
        : joined([text("record.name"), chosen("record.sex"), born]),
    ],
    [_("FIR"), text("encounter.fir_number")],
    [_("Kind"), chosen("encounter.kind")],
    [_("Station"), text("unit")],
    [_("Date"), [date && day(date), text("encounter.time")].filter(Boolean).join(" ")],
    [_("Officer"), text("encounter.officer")],
    [_("Sections"), state.sections.map(({ act, section }) => `${act} ${section}`).join("; ")],
    [_("Prints"), joined([_("{count} of 10", { count: Object.keys(state.prints).length }), meanQuality(state)])],
    [_("Missing or damaged"), missingText(state.missing)],
    [_("Other files"), state.others.map(({ name }) => name).join("; ")],
    [_("Photos"), joined([number(state.photos.length), ...state.photos.map((photo) => viewLabel(photo.view))])],
  ];
  return all.filter(([, value]) => value);
}

/** @param {string[]} parts */
const joined = (parts) => parts.filter(Boolean).join(" · ");

/** @param {DraftState} state */
function meanQuality({ prints }) {
  const qualities = Object.values(prints).flatMap(({ quality }) => (Number.isFinite(quality) ? [Number(quality)] : []));
  if (!qualities.length) return "";
  const sum = qualities.reduce((total, quality) => total + quality, 0);
  return _("mean quality {mean} of 100", { mean: number(sum / qualities.length) });
}

/**
 * Returns what needs attention in a draft.
 *
 * @param {DraftState} state
 * @returns {Issue[]}
 */
export function issuesOf(state) {
  /** @type {Issue[]} */
  const issues = [];
  for (const { file } of state.unplaced)
    issues.push({
      elementId: "all-files",
      text: _("{file}: choose what it shows, or remove it.", { file: file.name }),
      className: BLOCKING,
      isOpen: true,
    });
  for (const { elementId, name: what, sample, lacksView } of samplesOf(state)) {
    const quality = qualityState(sample);
    if (quality === "unusable") {
      const text = _("{what}: cannot be used; take it again, or remove it.", { what });
      issues.push({ elementId, text, className: BLOCKING, isOpen: true });
    }
    if (quality === "poor") {
      const text = _("{what}: too poor. Take it again, or enter the reason below.", { what });
      issues.push({ elementId, text, className: "bad", isOpen: true });
    }
    if (lacksView) {
      const text = _("{what}: choose the view.", { what });
      issues.push({ elementId, text, className: "warn", isOpen: true });
    }
    if (quality === "unchecked" || quality === "checking") {
      const text = _("{what}: not checked yet.", { what });
      issues.push({ elementId, text, className: "warn", isOpen: false });
    }
  }
  return [...issues, ...fingerIssues(state), ...viewIssues(state)];
}

/**
 * @param {DraftState} state
 * @returns {Issue[]}
 */
function fingerIssues({ prints, missing }) {
  const contradictions = missing.filter(({ position, reason }) => prints[position] && cannotHavePrint(reason));
  const issues = contradictions.map(({ position, reason }) => ({
    elementId: `finger-${position}`,
    text: _(
      "{finger}: there is a print, and also a reason why there cannot be one ({reason}). Remove one of the two.",
      { finger: fingerLabel(position), reason: reasonLabel(reason) },
    ),
    className: BLOCKING,
    isOpen: true,
  }));
  const absent = FINGERS.filter((position) => !prints[position] && !reasonFor(missing, position));
  if (absent.length) {
    const text = _("Not taken: {fingers}", { fingers: absent.map(fingerLabel).join(", ") });
    issues.push({ elementId: `finger-${absent[0]}`, text, className: "warn", isOpen: true });
  }
  return issues;
}

/**
 * @param {DraftState} state
 * @returns {Issue[]}
 */
function viewIssues({ photos }) {
  if (!photos.length)
    return [{ elementId: "photo-files", text: _("There is no photo."), className: "warn", isOpen: true }];
  const absent = REQUIRED_VIEWS.filter((view) => !photos.some((photo) => photo.view === view));
  if (!absent.length) return [];
  const text = _("Not photographed: {views}", { views: absent.map(viewLabel).join(", ") });
  return [{ elementId: "photo-files", text, className: "warn", isOpen: false }];
}

/**
 * @param {Issue} issue
 * @param {(element: HTMLElement) => void} reveal
 */
function issueLine({ elementId, text, className }, reveal) {
  const item = create("li", "", className);
  const anchor = link(`#${elementId}`, text);
  anchor.addEventListener("click", (event) => {
    event.preventDefault();
    reveal(byId(elementId));
  });
  item.append(anchor);
  return item;
}
