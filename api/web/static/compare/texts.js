// What the workbench says about its images and minutiae.

import { _, number } from "../lib/messages.js";
import { clarityNames } from "../viewer/clarity.js";
import { pixelsPerMillimetre } from "./screen_calibration.js";

/** @typedef {import("./pane.js").Pane} Pane */

const INCH = 25.4; // millimetres
const UNITS = 500; // an inch, of prints

/**
 * Returns the kind of a marked feature, and its direction on an image if it has one.
 *
 * @param {Api.CaseMark} mark
 * @param {import("./image_source.js").Side} side
 */
export function markText({ kind, ...mark }, side) {
  const names = {
    ending: _("ending"),
    bifurcation: _("bifurcation"),
    core: _("core"),
    delta: _("delta"),
    other: _("another kind, or unclear"),
  };
  const direction = mark[`${side}_direction`] ?? null;
  return direction === null ? names[kind] : `${names[kind]}, ${number(direction)}°`;
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
  if (pane.ridges && pane.settings.showsRidges) parts.push(_("Enhanced by software: not the image"));
  if (degrees) parts.push(_("turned {degrees}°", { degrees: number(degrees) }));
  const pixel = pane.clarity && pane.settings.showsClarity && pane.pointer ? pane.pixelAt(pane.pointer) : null;
  const level = pixel && pane.clarity ? pane.clarity.levelAt(pixel) : 0;
  if (level) parts.push(_("cursor at: {clarity}", { clarity: clarityNames()[level] }));
  return parts.join(" · ");
}

/**
 * Says how many pairs there are, and how a latent was stretched to be compared.
 *
 * @param {number} pairs
 * @param {Api.Frame} frame
 */
export function pairsText(pairs, { stretch }) {
  const count = number(pairs);
  if (!stretch) return _("{count} pairs", { count });
  const [width, height] = stretch.map((factor) => number(Math.round(100 * factor)));
  return _("{count} pairs; compared with the latent stretched: width {width} %, height {height} %", {
    count,
    width,
    height,
  });
}

/**
 * Says how many features are marked on both images, and on one.
 *
 * @param {{ paired: number, single: number }} counts
 * @param {boolean} isSingle whether there is one image only
 */
export function countsText({ paired, single }, isSingle) {
  const values = { paired: number(paired), single: number(single) };
  if (!paired && !single) return _("No features marked yet.");
  if (isSingle) return _("{single} features marked", values);
  if (!single) return _("{paired} features marked in both images", values);
  return _("{paired} features marked in both images, {single} in one only", values);
}

/**
 * Returns the result of a ridge count: the examiner's number, and the software's.
 *
 * @param {Api.Drawing} drawing
 */
export function countText({ counted, least, most }) {
  const software =
    least === null || most === null
      ? _("the ridges are unclear")
      : least === most
        ? number(least)
        : _("{least} to {most}, unclear", { least: number(least), most: number(most) });
  const own = counted === null ? _("not counted") : number(counted);
  return _("Ridges between the ends: {own} (software: {software})", { own, software });
}

/**
 * Returns where a ridge stops that was followed.
 *
 * @param {import("../viewer/ridge_tracing.js").TraceEnd[]} ends
 */
export function traceEndsText(ends) {
  const names = { ending: _("ending"), bifurcation: _("bifurcation"), unclear: _("unclear ridges") };
  return _("Ridge followed. It stops at: {ends}", { ends: ends.map((end) => names[end]).join(", ") });
}
