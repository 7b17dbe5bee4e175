// What a file's name says about its content.

const ITL_NAMES = /\.(an2|eft|nst|an|xml)$/i;
const PARTS_OF_PALMS = ["writer", "lower", "upper", "interdigital", "hypothenar", "thenar", "grasp"];
const FINGERS = ["thumb", "index", "middle", "ring", "little"];

/**
 * Returns a file name in lower case, with spaces for everything but letters and digits.
 *
 * @param {string} name
 */
export const wordsOf = (name) => name.toLowerCase().replace(/[^a-z0-9]+/g, " ");

/** @param {string} words of a file's name */
function partOfPalm(words) {
  const part = PARTS_OF_PALMS.find((each) => words.includes(each)) ?? "full";
  return part === "writer" ? "writers" : part;
}

/**
 * Returns the form field that a file's name suggests, "" if it suggests none.
 *
 * @param {string} name
 */
export function fieldOfName(name) {
  const words = wordsOf(name);
  if (ITL_NAMES.test(name)) return "itl";
  const side = /\b(right|r)\b/.test(words) ? "right" : /\b(left|l)\b/.test(words) ? "left" : "";
  const finger = FINGERS.find((word) => words.includes(word));
  if (/\b(iris|eye)\b/.test(words)) return `iris_${side || "unknown"}`;
  if (/\bpalm\b/.test(words)) return side ? `palm_${side}_${partOfPalm(words)}` : "palm_unknown";
  if (side && finger) return `${side}_${finger}`;
  return /\b(face|photo|mugshot|portrait|frontal)\b/.test(words) ? "photo" : "";
}
