// Fingers that cannot be taken, and why: a list of { position, reason } of the draft.

const GONE = ["amputated", "bandaged"]; // of the others there may be a print all the same

/** Says whether there can be no print at all of a finger that is missing for a reason. */
export const isGone = (reason) => GONE.includes(reason);

/** Returns why a finger cannot be taken; "" where nothing was said. */
export const reasonOf = (missing, position) => missing.find((one) => one.position === position)?.reason ?? "";

/** Returns the list with what is said of a finger now; "" takes away what was said. */
export function withReason(missing, position, reason) {
  const others = missing.filter((one) => one.position !== position);
  const all = reason ? [...others, { position, reason }] : others;
  return all.sort((one, other) => one.position - other.position);
}
