// The keys of the workbench, while the focus is on an image.

/**
 * What a key does, by the names of the workbench's actions.
 *
 * @type {Record<string, string>}
 */
export const KEYS = {
  "+": "closer",
  "=": "closer",
  "-": "further",
  "[": "left",
  "]": "right",
  "0": "fit",
  "1": "life",
  "n": "next",
  "p": "before",
  "b": "blink",
  "i": "invert",
  "l": "linked",
  "d": "points",
  "c": "display",
  "h": "pairs",
  "k": "lines",
  "t": "laid",
  "o": "overlay",
  "v": "move",
  "m": "mark",
  "r": "measure",
  "a": "count",
  "f": "trace",
  "x": "kind",
  ",": "anticlockwise",
  ".": "clockwise",
  "u": "undo",
  "z": "loupe",
  "g": "grid",
  "q": "clarity",
  "e": "ridges",
  "w": "window",
};
