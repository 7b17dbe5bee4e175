// How large things are on this screen: measured once with a bank card, and remembered on this computer.

import { _ } from "../lib/messages.js";

const KEY = "pehchan-pixels-a-millimetre";
const USUAL = 96 / 25.4; // what browsers take for granted
const CARD = 85.6; // millimetres, ISO/IEC 7810 ID-1

/** Returns how many CSS pixels are one millimetre on this screen. */
export const pixelsPerMillimetre = () => Number(localStorage.getItem(KEY)) || USUAL;

/** Says whether somebody has measured this screen. */
export const isMeasured = () => localStorage.getItem(KEY) !== null;

/** Lets somebody measure; resolves when it is done or left. */
export function measure() {
  const dialog = document.createElement("dialog");
  dialog.className = "measure";
  const form = document.createElement("form");
  form.method = "dialog";
  const title = text("h2", _("Measure the screen"));
  title.id = "measure";
  dialog.setAttribute("aria-labelledby", "measure");
  const card = document.createElement("div");
  card.className = "bank-card";
  const label = text("label", _("Hold a bank card to the screen, and make the frame as wide as the card"));
  const range = document.createElement("input");
  Object.assign(range, { type: "range", min: 2, max: 12, step: 0.01, value: pixelsPerMillimetre() });
  label.append(range);
  const show = () => (card.style.width = `${CARD * range.value}px`);
  range.addEventListener("input", show);
  show();
  const actions = document.createElement("div");
  actions.className = "actions";
  actions.append(button(_("This is as wide as the card"), "yes", "main"), button(_("Leave it"), "no", ""));
  form.append(title, label, card, actions);
  dialog.append(form);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) =>
    dialog.addEventListener("close", () => {
      if (dialog.returnValue === "yes") localStorage.setItem(KEY, range.value);
      dialog.remove();
      resolve();
    }),
  );
}

function text(kind, said) {
  const made = document.createElement(kind);
  made.textContent = said;
  return made;
}

function button(said, value, kind) {
  const made = text("button", said);
  made.value = value;
  made.className = kind;
  return made;
}
