// The keys of a list of candidates: J and K move, Enter compares, O opens the record, A asks an examiner.

/** @type {Record<string, string>} */
const TARGETS = {
  enter: "[data-compare-link]",
  o: "[data-open-record]",
  a: "[data-ask], [data-ask-rank]",
};

/**
 * Listens to the keys while the focus is on a candidate, or on nothing in particular.
 *
 * @param {HTMLElement[]} candidates
 */
export function listenToKeys(candidates) {
  document.addEventListener("keydown", (event) => {
    const focus = document.activeElement;
    const current = candidates.findIndex((candidate) => candidate.contains(focus));
    const isIdle = focus === document.body || focus === document.getElementById("main");
    if ((current < 0 && !isIdle) || event.ctrlKey || event.altKey || event.metaKey) return;
    const key = event.key.toLowerCase();
    if (key === "j" || key === "k") {
      const next = neighbour(candidates, current, key === "j" ? 1 : -1);
      if (!next) return;
      event.preventDefault();
      next.focus();
      next.scrollIntoView({ block: "nearest" });
      return;
    }
    if (focus !== candidates[current]) return; // Enter belongs to the focused link or button
    const target = candidates[current]?.querySelector(TARGETS[key] ?? ":not(*)");
    if (!(target instanceof HTMLElement)) return;
    event.preventDefault();
    target.click();
  });
}

/**
 * Returns the next candidate that is not folded away.
 *
 * @param {HTMLElement[]} candidates
 * @param {number} current -1 for none
 * @param {number} step
 */
function neighbour(candidates, current, step) {
  const start = current < 0 && step < 0 ? candidates.length : current;
  for (let index = start + step; candidates[index]; index += step)
    if (candidates[index].checkVisibility()) return candidates[index];
  return null;
}
