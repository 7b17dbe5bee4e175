// What a file's name says about its content.

const ITL_NAMES = /\.(an2|eft|nst|an)$/i;
const FINGERS = ["thumb", "index", "middle", "ring", "little"];

/** Returns the form's field that a file's name speaks of, "" where it speaks of none. */
export function fieldOfName(name) {
  const words = name.toLowerCase().replace(/[^a-z0-9]+/g, " ");
  if (ITL_NAMES.test(name)) return "itl";
  const side = /\b(right|r)\b/.test(words) ? "right" : /\b(left|l)\b/.test(words) ? "left" : "";
  const finger = FINGERS.find((one) => words.includes(one));
  if (side && finger) return `${side}_${finger}`;
  return /\b(face|photo|mugshot|portrait|frontal)\b/.test(words) ? "photo" : "";
}
