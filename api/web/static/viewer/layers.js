// What is drawn over an image on a canvas, besides minutiae: a scale, a grid, a measured distance, the loupe and the
// clarity map. Each takes the transformation from pixels of the image to the canvas.

import { _, number } from "../lib/messages.js";
import { apply, product, scaleOf, scaling, translation } from "./affine.js";

/** @typedef {import("./affine.js").Affine} Affine */
/** @typedef {import("./affine.js").Point} Point */
/** @typedef {{ width: number, height: number }} Size */
/** @typedef {{ from: Point, to: Point }} Ruler a distance between two points, in pixels of the image */

const INCH = 25.4; // millimetres
const SCALE_LENGTHS = [0.5, 1, 2, 5, 10, 20]; // millimetres
const LONGEST_SCALE = 150; // canvas pixels
const MARGIN = 10; // canvas pixels from the edges
const LEAST_GRID = 14; // canvas pixels between two lines
const LOUPE_RADIUS = 95; // canvas pixels
const LOUPE_FACTOR = 2.5;
const FONT = "600 12px system-ui, sans-serif";
const DARK = "rgb(20 22 24 / 0.86)";
const LIGHT = "#eceef0";

/**
 * Returns the pixels of an image in one millimetre.
 *
 * @param {number} ppi
 */
export const pixelsOfMillimetre = (ppi) => ppi / INCH;

/**
 * Draws a bar of a round length in the lower right corner.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {Size} canvas
 * @param {number} millimetre canvas pixels of one millimetre
 */
export function drawScale(context, { width, height }, millimetre) {
  const length = SCALE_LENGTHS.findLast((candidate) => candidate * millimetre <= LONGEST_SCALE) ?? SCALE_LENGTHS[0];
  const pixels = length * millimetre;
  const [left, bottom] = [width - MARGIN - pixels, height - MARGIN];
  context.fillStyle = DARK;
  context.fillRect(left - 6, bottom - 24, pixels + 12, 30);
  context.fillStyle = LIGHT;
  context.fillRect(left, bottom - 2, pixels, 2);
  context.fillRect(left, bottom - 8, 2, 8);
  context.fillRect(left + pixels - 2, bottom - 8, 2, 8);
  text(context, _("{length} mm", { length: number(length, length < 1 ? 1 : 0) }), left + pixels / 2, bottom - 14);
}

/**
 * Draws lines at every millimetre of the image, or at every fifth if they would be too close.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {Size} image
 * @param {Affine} toCanvas
 * @param {number} ppi
 */
export function drawGrid(context, { width, height }, toCanvas, ppi) {
  const millimetre = pixelsOfMillimetre(ppi);
  const step = millimetre * scaleOf(toCanvas) >= LEAST_GRID ? millimetre : 5 * millimetre;
  const path = new Path2D();
  /** @type {(from: Point, to: Point) => void} */
  const line = (from, to) => {
    path.moveTo(...apply(toCanvas, ...from));
    path.lineTo(...apply(toCanvas, ...to));
  };
  for (let x = 0; x <= width; x += step) line([x, 0], [x, height]);
  for (let y = 0; y <= height; y += step) line([0, y], [width, y]);
  context.lineWidth = 1;
  context.strokeStyle = "rgb(0 99 173 / 0.45)";
  context.stroke(path);
}

/**
 * Draws a distance with its length, in millimetres if the resolution is known.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {Ruler} ruler
 * @param {Affine} toCanvas
 * @param {number | null} ppi
 */
export function drawRuler(context, { from, to }, toCanvas, ppi) {
  const [start, end] = [apply(toCanvas, ...from), apply(toCanvas, ...to)];
  for (const [colour, width] of /** @type {[string, number][]} */ ([
    ["#fff", 5],
    ["#00703c", 2],
  ])) {
    context.strokeStyle = colour;
    context.lineWidth = width;
    const path = new Path2D();
    path.moveTo(...start);
    path.lineTo(...end);
    for (const [x, y] of [start, end]) {
      path.moveTo(x + 4, y);
      path.arc(x, y, 4, 0, 2 * Math.PI);
    }
    context.stroke(path);
  }
  const [x, y] = [(start[0] + end[0]) / 2, (start[1] + end[1]) / 2 - 14];
  context.font = FONT;
  const label = lengthText({ from, to }, ppi);
  const half = context.measureText(label).width / 2 + 6;
  context.fillStyle = DARK;
  context.fillRect(x - half, y - 10, 2 * half, 20);
  text(context, label, x, y);
}

/**
 * Returns a distance as a text.
 *
 * @param {Ruler} ruler
 * @param {number | null} ppi
 */
export function lengthText({ from, to }, ppi) {
  const pixels = Math.hypot(to[0] - from[0], to[1] - from[1]);
  if (!ppi) return _("{length} pixels", { length: number(pixels) });
  return _("{length} mm", { length: number(pixels / pixelsOfMillimetre(ppi), 1) });
}

/**
 * Draws a circle in which the image is larger.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {Point} at the centre, on the canvas
 * @param {Affine} toCanvas
 * @param {(toCanvas: Affine) => void} paint draws the image with a transformation
 */
export function drawLoupe(context, [x, y], toCanvas, paint) {
  const circle = new Path2D();
  circle.arc(x, y, LOUPE_RADIUS, 0, 2 * Math.PI);
  context.save();
  context.clip(circle);
  context.fillStyle = "#59636e";
  context.fill(circle);
  paint(product(translation(x, y), scaling(LOUPE_FACTOR), translation(-x, -y), toCanvas));
  context.restore();
  context.strokeStyle = DARK;
  context.lineWidth = 4;
  context.stroke(circle);
  context.strokeStyle = LIGHT;
  context.lineWidth = 1.5;
  context.stroke(circle);
}

/**
 * Draws a cross at a place of the canvas, where a key marks.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {Point} at
 */
export function drawCross(context, [x, y]) {
  const path = new Path2D(
    `M${x - 14} ${y} H${x - 3} M${x + 3} ${y} H${x + 14} M${x} ${y - 14} V${y - 3} M${x} ${y + 3} V${y + 14}`,
  );
  context.lineWidth = 4;
  context.strokeStyle = "#000";
  context.stroke(path);
  context.lineWidth = 2;
  context.strokeStyle = "#fff";
  context.stroke(path);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {string} content
 * @param {number} x
 * @param {number} y
 */
function text(context, content, x, y) {
  context.font = FONT;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillStyle = LIGHT;
  context.fillText(content, x, y);
}
