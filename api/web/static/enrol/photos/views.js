// From where photos are taken: guessed by a file's name, for the officer to see and change.

/** The views that a booking has. */
export const BOOKED = ["frontal", "left_profile", "right_profile"];

/** Returns the view that a file's name speaks of; else that the first photo is from the front, and "" of any other. */
export function viewOf(name, isFirst) {
  const words = name.toLowerCase().replace(/[^a-z0-9]+/g, " ");
  if (/\b(angled?|oblique)\b/.test(words)) return "angled";
  if (/\bleft\b/.test(words)) return "left_profile";
  if (/\bright\b/.test(words)) return "right_profile";
  return isFirst || /\bfront(al)?\b/.test(words) ? "frontal" : "";
}
