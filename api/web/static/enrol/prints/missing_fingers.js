// Fingers that cannot be taken, and why.

/** @typedef {import("../draft.js").MissingFinger} MissingFinger */

const WITHOUT_PRINT = ["amputated", "bandaged"]; // with the other reasons there may still be a print

/**
 * Whether a finger that is missing for a reason cannot have a print.
 *
 * @param {string} reason
 */
export const cannotHavePrint = (reason) => WITHOUT_PRINT.includes(reason);

/**
 * Returns why a finger cannot be taken; "" if no reason was stated.
 *
 * @param {MissingFinger[]} missing
 * @param {number} position
 */
export const reasonFor = (missing, position) => missing.find((finger) => finger.position === position)?.reason ?? "";

/**
 * Returns the list with a reason for a finger; "" removes the reason.
 *
 * @param {MissingFinger[]} missing
 * @param {number} position
 * @param {string} reason
 */
export function withReason(missing, position, reason) {
  const others = missing.filter((finger) => finger.position !== position);
  const all = reason ? [...others, { position, reason }] : others;
  return all.sort((a, b) => a.position - b.position);
}
