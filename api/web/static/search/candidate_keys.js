// The keys of a list of candidates: J and K move, Enter compares, O opens the record, A asks an examiner.
//
// They act only while the focus is on a candidate, so that speech input sets off none by chance (WCAG 2.1.4).

/** @type {Record<string, string>} */
const TARGETS = {
  enter: "[data-compare-link]",
  o: "[data-open-record]",
  a: "[data-ask], [data-ask-rank], [data-open-case]",
};

/**
 * Listens to the keys while the focus is on a candidate or in it.
 *
 * @param {HTMLElement[]} candidates
 */
export function listenToKeys(candidates) {
  document.addEventListener("keydown", (event) => {
    const focus = document.activeElement;
    const current = candidates.findIndex((candidate) => candidate.contains(focus));
    if (current < 0 || event.ctrlKey || event.altKey || event.metaKey) return;
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
 * @param {number} current
 * @param {number} step
 */
function neighbour(candidates, current, step) {
  for (let index = current + step; candidates[index]; index += step)
    if (candidates[index].checkVisibility()) return candidates[index];
  return null;
}
