// Acts and sections: typed, or chosen from those that were used before.

import { request } from "../lib/api.js";
import { byId, create } from "../lib/dom.js";
import { _ } from "../lib/messages.js";
import { apiPath } from "../lib/paths.js";

/** @typedef {import("./draft.js").Draft} Draft */

const DELAY = 250; // milliseconds without a key

const input = byId("section", HTMLInputElement);
const problemText = byId("section-status");
const list = byId("sections");
const suggestionList = byId("section-suggestions");

/** @param {Api.Section} section */
const textOf = ({ act, section }) => `${act} ${section}`;

/** @type {Api.Section[]} */
let suggestions = [];

/**
 * Connects the list of sections with a draft.
 *
 * @param {Draft} draft
 */
export function connectSections(draft) {
  /** @type {number | undefined} */
  let timer;
  input.addEventListener("input", () => {
    clearTimeout(timer);
    problemText.textContent = "";
    timer = setTimeout(suggest, DELAY);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    addTyped(draft);
  });
  byId("add-section").addEventListener("click", () => addTyped(draft));
  const show = () => list.replaceChildren(...draft.state.sections.map((section) => line(section, draft)));
  draft.addEventListener("change", show);
  show();
}

/**
 * Whether the field contains a section that was not added; shows it if so.
 *
 * @param {(element: HTMLElement) => void} reveal
 */
export function hasTypedSection(reveal) {
  if (!input.value.trim()) return false;
  problemText.textContent = _("Add this section, or clear the field.");
  reveal(input);
  return true;
}

async function suggest() {
  const text = input.value.trim();
  if (!text || suggestions.some((section) => textOf(section) === text)) return;
  try {
    const parameters = new URLSearchParams({ text: text.slice(0, 100) });
    /** @type {{ body: Api.SectionsBegun }} */
    const { body } = await request("GET", apiPath(`/sections?${parameters}`));
    suggestions = body.sections;
    suggestionList.replaceChildren(
      ...suggestions.map((section) => Object.assign(create("option"), { value: textOf(section) })),
    );
  } catch {
    suggestionList.replaceChildren(); // a typed section can be added all the same
  }
}

/** @param {Draft} draft */
function addTyped(draft) {
  const text = input.value.trim();
  const section = suggestions.find((suggestion) => textOf(suggestion) === text) ?? parse(text);
  if (!section) {
    problemText.textContent = _("Write the act, then the section, such as BNS 2023 303(2).");
    input.focus();
    return;
  }
  input.value = "";
  problemText.textContent = "";
  draft.change((state) => {
    if (!state.sections.some((added) => textOf(added) === textOf(section)))
      state.sections = [...state.sections, section];
  });
  input.focus();
}

/** @param {string} text */
function parse(text) {
  const space = text.lastIndexOf(" ");
  return space < 1 ? null : { act: text.slice(0, space).trim(), section: text.slice(space + 1) };
}

/**
 * @param {Api.Section} section
 * @param {Draft} draft
 */
function line(section, draft) {
  const item = create("li", textOf(section), "tag");
  const remove = create("button", _("Remove"), "quiet");
  remove.type = "button";
  remove.append(create("span", ` ${textOf(section)}`, "unseen"));
  remove.addEventListener("click", () => {
    draft.change((state) => (state.sections = state.sections.filter((other) => other !== section)));
    input.focus();
  });
  item.append(" ", remove);
  return item;
}
