// The size of things on this screen: measured once with a bank card, and stored in this browser.

import { ask } from "../lib/dialogs.js";
import { create } from "../lib/dom.js";
import { _ } from "../lib/messages.js";

const KEY = "pehchan-pixels-a-millimetre";
const DEFAULT = 96 / 25.4; // what browsers assume
const CARD_WIDTH = 85.6; // millimetres, ISO/IEC 7810 ID-1

/** Returns the CSS pixels of one millimetre on this screen. */
export const pixelsPerMillimetre = () => Number(localStorage.getItem(KEY)) || DEFAULT;

/** Whether this screen has been measured. */
export const isCalibrated = () => localStorage.getItem(KEY) !== null;

/** Lets the user measure the screen; resolves when it is done or left. */
export async function calibrate() {
  const title = create("h2", _("Measure the screen"));
  title.id = "measure";
  const card = create("div", "", "bank-card");
  const label = create("label", _("Hold a bank card to the screen, and make the frame as wide as the card"));
  const range = create("input");
  Object.assign(range, { type: "range", min: 2, max: 12, step: 0.01, value: pixelsPerMillimetre() });
  label.append(range);
  const show = () => (card.style.width = `${CARD_WIDTH * Number(range.value)}px`);
  range.addEventListener("input", show);
  show();
  const answer = await ask(
    "measure",
    [title, label, card],
    [
      ["yes", _("This is as wide as the card"), "main"],
      ["no", _("Cancel"), ""],
    ],
    "measure",
  );
  if (answer === "yes") localStorage.setItem(KEY, range.value);
}
