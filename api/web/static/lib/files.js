// Files that are chosen or dropped, and what their names say about their content.

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
  return /\b(face|photo|mugshot|portrait|front|frontal|profile)\b/.test(words) ? "photo" : "";
}

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

/**
 * Calls a function with the files that are dropped on an element.
 *
 * @param {HTMLElement} element
 * @param {(files: File[]) => unknown} onFiles
 */
export function onFileDrop(element, onFiles) {
  for (const type of /** @type {const} */ (["dragover", "dragleave", "drop"])) {
    element.addEventListener(type, (event) => {
      if (event.defaultPrevented) return; // an element within has taken it
      event.preventDefault();
      element.classList.toggle("over", type === "dragover");
      if (type === "drop") onFiles([...(event.dataTransfer?.files ?? [])]);
    });
  }
}
