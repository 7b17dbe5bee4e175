// Acts and sections: typed, or chosen of those that were used before.

import { ask } from "../lib/api.js";
import { made } from "./labels.js";
import { _ } from "../lib/messages.js";

const PAUSE = 250; // milliseconds without a key

const input = document.getElementById("section");
const add = document.getElementById("add-section");
const told = document.getElementById("section-told");
const list = document.getElementById("sections");
const suggestions = document.getElementById("section-suggestions");
const written = ({ act, section }) => `${act} ${section}`;

let suggested = [];

/** Lets sections be added to a draft and removed. */
export function keepSections(draft) {
  let waits;
  input.addEventListener("input", () => {
    clearTimeout(waits);
    told.textContent = "";
    waits = setTimeout(suggest, PAUSE);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    addTyped(draft);
  });
  add.addEventListener("click", () => addTyped(draft));
  const show = () => list.replaceChildren(...draft.state.sections.map((one) => line(one, draft)));
  draft.addEventListener("change", show);
  show();
}

/** Says whether something is typed that is no section of the draft yet; moves there if so. */
export function hasTyped() {
  if (!input.value.trim()) return false;
  told.textContent = _("Add this section, or clear the field.");
  input.focus();
  return true;
}

async function suggest() {
  const text = input.value.trim();
  if (!text || suggested.some((one) => written(one) === text)) return;
  try {
    const { body } = await ask("GET", `/api/v1/sections?${new URLSearchParams({ text: text.slice(0, 100) })}`);
    suggested = body.sections;
    suggestions.replaceChildren(
      ...suggested.map((one) => Object.assign(document.createElement("option"), { value: written(one) })),
    );
  } catch {
    suggestions.replaceChildren(); // what is typed can be added all the same
  }
}

function addTyped(draft) {
  const text = input.value.trim();
  const one = suggested.find((some) => written(some) === text) ?? parted(text);
  if (!one) {
    told.textContent = _("Write the act, then the section, such as BNS 2023 303(2).");
    return input.focus();
  }
  input.value = "";
  told.textContent = "";
  draft.change((state) => {
    if (!state.sections.some((some) => written(some) === written(one))) state.sections = [...state.sections, one];
  });
  input.focus();
}

function parted(text) {
  const at = text.lastIndexOf(" ");
  return at < 1 ? null : { act: text.slice(0, at).trim(), section: text.slice(at + 1) };
}

function line(one, draft) {
  const item = made("li", written(one), "tag");
  const remove = made("button", _("Remove"), "quiet");
  remove.type = "button";
  remove.append(made("span", ` ${written(one)}`, "unseen"));
  remove.addEventListener("click", () => {
    draft.change((state) => (state.sections = state.sections.filter((some) => some !== one)));
    input.focus();
  });
  item.append(" ", remove);
  return item;
}
