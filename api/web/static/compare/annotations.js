// Drawing on an image: points with their directions, the numbers of pairs, and lines between paired points.

import { apply } from "./affine.js";

/** @typedef {import("./affine.js").Affine} Affine */
/** @typedef {import("./affine.js").Point} Point */

const FULL_TURN = 2 * Math.PI;
const COLOURS = { point: "#00695c", pair: "#0d47a1", selected: "#b34700" };
const HALO = "#fff";

/**
 * Draws the points of an image.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {Api.MarkOut[]} points
 * @param {Affine} toCanvas from pixels of the image
 * @param {number} scale canvas pixels of one pixel of the image
 */
export function drawPoints(context, points, toCanvas, scale) {
  const radius = Math.min(9, Math.max(3, 4 * scale));
  for (const point of points) {
    const [x, y] = apply(toCanvas, point.x, point.y);
    const path = new Path2D();
    if (point.kind === "bifurcation") path.rect(x - radius, y - radius, 2 * radius, 2 * radius);
    else path.arc(x, y, radius, 0, FULL_TURN);
    if (point.direction !== null) {
      const { direction } = point;
      const [tipX, tipY] = apply(toCanvas, point.x + Math.cos(direction), point.y - Math.sin(direction));
      const [dx, dy] = [(tipX - x) / scale, (tipY - y) / scale];
      path.moveTo(x + radius * dx, y + radius * dy);
      path.lineTo(x + 2.5 * radius * dx, y + 2.5 * radius * dy);
    }
    stroke(context, path, COLOURS.point, 1.5);
  }
}

/**
 * Draws rings and numbers around points of the canvas, without covering what is there.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {Point[]} points
 * @param {number | null} selected an index, drawn last
 */
export function drawNumbers(context, points, selected) {
  context.textAlign = "left";
  context.textBaseline = "middle";
  const order = [...points.keys()].filter((index) => index !== selected);
  if (selected !== null && points[selected]) order.push(selected);
  for (const index of order) {
    const [x, y] = points[index];
    const isSelected = index === selected;
    const colour = isSelected ? COLOURS.selected : COLOURS.pair;
    const path = new Path2D();
    path.arc(x, y, isSelected ? 11 : 6, 0, FULL_TURN);
    stroke(context, path, colour, isSelected ? 3 : 2);
    context.font = `bold ${isSelected ? 16 : 12}px system-ui, sans-serif`;
    context.lineWidth = 3;
    context.strokeStyle = HALO;
    context.strokeText(String(index + 1), x + (isSelected ? 13 : 8), y - 7);
    context.fillStyle = colour;
    context.fillText(String(index + 1), x + (isSelected ? 13 : 8), y - 7);
  }
}

/**
 * Draws a line from each point of one image to the paired point of the other.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {Point[]} from
 * @param {Point[]} to
 * @param {number | null} selected the index of a pair
 * @param {boolean} all whether to draw more than the selected pair
 */
export function drawLines(context, from, to, selected, all) {
  for (const [index, [x, y]] of from.entries()) {
    if (!all && index !== selected) continue;
    const path = new Path2D();
    path.moveTo(x, y);
    path.lineTo(...to[index]);
    stroke(context, path, index === selected ? COLOURS.selected : COLOURS.pair, index === selected ? 2 : 1);
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Path2D} path
 * @param {string} colour
 * @param {number} width
 */
function stroke(context, path, colour, width) {
  context.strokeStyle = HALO;
  context.lineWidth = width + 2;
  context.stroke(path);
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.stroke(path);
}
