// What the workbench says about its images and minutiae.

import { _, number } from "../lib/messages.js";
import { clarityNames } from "../viewer/clarity.js";
import { pixelsPerMillimetre } from "./screen_calibration.js";

/** @typedef {import("./pane.js").Pane} Pane */

const INCH = 25.4; // millimetres
const UNITS = 500; // an inch, of prints

/**
 * Returns the kind of a marked minutia.
 *
 * @param {Api.CaseMarkOut} mark
 */
export function kindName({ kind }) {
  if (kind === "ending") return _("ending");
  return kind === "bifurcation" ? _("bifurcation") : _("neither or unclear");
}

/**
 * Returns how large an image is shown, and its resolution.
 *
 * @param {Pane} pane
 */
export function sizeText(pane) {
  const { content, isPrint, zoom, angle } = pane;
  if (!content) return "";
  if (!isPrint || !content.ppi) return _("{percent} % of the image", { percent: number(100 * zoom) });
  const times = (zoom * UNITS) / INCH / pixelsPerMillimetre();
  const parts = [_("{times} times life size", { times: number(times, 1) }), `${number(content.ppi)} ppi`];
  const degrees = Math.round((angle * 180) / Math.PI) % 360;
  if (degrees) parts.push(_("turned {degrees}°", { degrees: number(degrees) }));
  const pixel = pane.clarity && pane.settings.showsClarity && pane.pointer ? pane.pixelAt(pane.pointer) : null;
  const level = pixel && pane.clarity ? pane.clarity.levelAt(pixel) : 0;
  if (level) parts.push(_("cursor at: {clarity}", { clarity: clarityNames()[level] }));
  return parts.join(" · ");
}
