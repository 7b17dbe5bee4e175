// Keys that act anywhere on the workbench: F6 goes from part to part, Escape closes the contrast panel.

import { query, queryAll } from "../lib/dom.js";

const REGIONS = "[data-pane] canvas, .rail, .bench-panel";

/**
 * Listens to the keys in the document of a part of the workbench: of the page, or of the second window.
 *
 * @param {HTMLElement} host
 */
export function listenToRegions(host) {
  host.ownerDocument.addEventListener("keydown", (event) => {
    if (event.key === "Escape") closeDisplay(host);
    if (event.key !== "F6" || event.altKey || event.ctrlKey || event.metaKey) return;
    const regions = queryAll(host, REGIONS).filter((region) => region.checkVisibility());
    const current = regions.findIndex((region) => region.contains(host.ownerDocument.activeElement));
    const next = event.shiftKey ? (current < 0 ? regions.length : current) - 1 : current + 1;
    const region = regions.at(next % regions.length);
    if (!region) return;
    event.preventDefault();
    focusRegion(region);
  });
}

/** @param {HTMLElement} region */
function focusRegion(region) {
  if (region.tabIndex < 0) region.tabIndex = -1; // reached by F6 only
  region.focus();
}

/** @param {HTMLElement} host */
function closeDisplay(host) {
  for (const display of queryAll(host, ".display[open]", HTMLDetailsElement)) {
    const hadFocus = display.contains(host.ownerDocument.activeElement);
    display.open = false;
    if (hadFocus) query(display, "summary").focus();
  }
}
