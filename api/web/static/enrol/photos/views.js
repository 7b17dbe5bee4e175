// The views of photos: guessed from a file's name, for the officer to see and change.

import { wordsOf } from "../../lib/file_names.js";

/** The views that a booking has. */
export const REQUIRED_VIEWS = ["frontal", "left_profile", "right_profile"];

/**
 * Returns the view that a file's name suggests; else "frontal" for the first photo, and "" for any other.
 *
 * @param {string} name
 * @param {boolean} isFirst
 */
export function guessView(name, isFirst) {
  const words = wordsOf(name);
  if (/\b(angled?|oblique)\b/.test(words)) return "angled";
  if (/\bleft\b/.test(words)) return "left_profile";
  if (/\bright\b/.test(words)) return "right_profile";
  return isFirst || /\bfront(al)?\b/.test(words) ? "frontal" : "";
}
