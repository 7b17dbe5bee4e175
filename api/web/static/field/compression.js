// Images as they are sent from a phone: cut, made smaller and compressed. docs/field-check.md has what that costs.

import { isColoured } from "../lib/colour.js";
import { resolutionOf } from "./resolution.js";

const PPI = 500; // of prints: a finer scan is made coarser
const FINE = 750; // pixels an inch from which on a scan is finer
const INK = 40; // of 255: the range of grey within a row or column that is part of a print
const MARGIN = 12; // pixels kept around a print
const PRINT = 0.5; // JPEG's quality
const FACE = { side: 640, quality: 0.7 };

/** @typedef {{ file: File, ppi?: number }} Prepared */

/** A photo of a finger was chosen as a print. */
export class ContactlessPrint extends Error {}

/**
 * Returns a print of a scanner as it is sent; what the browser cannot draw, such as WSQ, stays as it is.
 *
 * Throws ContactlessPrint.
 *
 * @param {File} file
 * @returns {Promise<Prepared>}
 */
export async function preparePrint(file) {
  const image = await createImageBitmap(file).catch(() => null);
  if (!image) return { file };
  if (isColoured(image)) throw new ContactlessPrint();
  const ppi = (await resolutionOf(file)) ?? PPI;
  const scale = ppi >= FINE ? PPI / ppi : 1;
  const whole = drawn(image, scale);
  const area = inked(whole);
  const cut = new OffscreenCanvas(area.width, area.height);
  cut.getContext("2d")?.drawImage(whole, -area.left, -area.top);
  const compressed = await encoded(cut, PRINT, file.name);
  return compressed.size < file.size ? { file: compressed, ppi: Math.round(ppi * scale) } : { file };
}

/**
 * Returns a photo of a face as it is sent.
 *
 * @param {File} file
 * @returns {Promise<Prepared>}
 */
export async function preparePhoto(file) {
  const image = await createImageBitmap(file).catch(() => null);
  if (!image) return { file };
  const scale = Math.min(1, FACE.side / Math.max(image.width, image.height));
  const compressed = await encoded(drawn(image, scale), FACE.quality, file.name);
  return { file: compressed.size < file.size ? compressed : file };
}

/**
 * @param {ImageBitmap} image
 * @param {number} scale
 */
function drawn(image, scale) {
  const canvas = new OffscreenCanvas(Math.round(image.width * scale), Math.round(image.height * scale));
  const context = canvas.getContext("2d");
  if (context) {
    context.imageSmoothingQuality = "high";
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
  }
  return canvas;
}

/**
 * Returns the part of a print that is not blank, with a margin.
 *
 * @param {OffscreenCanvas} canvas
 */
function inked(canvas) {
  const { width, height } = canvas;
  const { data } = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d")).getImageData(
    0,
    0,
    width,
    height,
  );
  const [left, right] = ends(width, height, (column, row) => data[4 * (row * width + column)]);
  const [top, bottom] = ends(height, width, (row, column) => data[4 * (row * width + column)]);
  return { left, top, width: right - left, height: bottom - top };
}

/**
 * Returns where the lines begin and end that are part of a print; all of them if none is.
 *
 * @param {number} lines
 * @param {number} across
 * @param {(line: number, at: number) => number} grey
 */
function ends(lines, across, grey) {
  const isInked = (/** @type {number} */ line) => {
    let [least, most] = [255, 0];
    for (let at = 0; at < across; at++) {
      least = Math.min(least, grey(line, at));
      most = Math.max(most, grey(line, at));
    }
    return most - least >= INK;
  };
  let [first, last] = [0, lines - 1];
  while (first < lines && !isInked(first)) first++;
  if (first === lines) return [0, lines];
  while (!isInked(last)) last--;
  return [Math.max(0, first - MARGIN), Math.min(lines, last + 1 + MARGIN)];
}

/**
 * @param {OffscreenCanvas} canvas
 * @param {number} quality
 * @param {string} name
 */
async function encoded(canvas, quality, name) {
  const blob = await canvas.convertToBlob({ type: "image/jpeg", quality });
  return new File([blob], `${name.replace(/\.\w+$/, "")}.jpg`, { type: blob.type });
}
