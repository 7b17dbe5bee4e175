// Drawing on an image: what the software detected and paired, dashed in purple; what the examiner marked, in the colour of
// the side; and lines between paired points.

import { apply } from "../viewer/affine.js";

/** @typedef {import("../viewer/affine.js").Affine} Affine */
/** @typedef {import("../viewer/affine.js").Point} Point */

const FULL_TURN = 2 * Math.PI;
const DETECTED = "#7b1fa2";
const SELECTED = "#b3005e"; // of the software's pairs
const SIDES = { probe: "#0d47a1", candidate: "#9a3a00" };
const COUNTED = "#006a6a"; // ridge counts
const FOLLOWED = "#7a6200"; // ridges
const DASH = [3, 2];
const HALO = "#fff";

/**
 * Draws the points of an image.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {Api.Mark[]} points
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
    stroke(context, path, DETECTED, 1.5, DASH);
  }
}

/**
 * Draws closed lines on an image: pupil and iris.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {Point[][]} outlines
 * @param {Affine} toCanvas from pixels of the image
 */
export function drawOutlines(context, outlines, toCanvas) {
  for (const outline of outlines) {
    const path = new Path2D();
    for (const [x, y] of outline) path.lineTo(...apply(toCanvas, x, y));
    path.closePath();
    stroke(context, path, DETECTED, 1.5, DASH);
  }
}

/**
 * Draws what the examiner marked on one image, dashed if the other image lacks it: a circle is an ending, a square a
 * bifurcation, a diamond a core, a triangle a delta, a cross another kind. A line shows the direction. The numbers of what
 * was marked on the probe after the analysis have an asterisk.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {(Api.CaseMark & Partial<Api.OpinionMark>)[]} marks
 * @param {import("./image_source.js").Side} side
 * @param {number | null} selected an index
 * @param {Affine} toCanvas
 */
export function drawMarks(context, marks, side, selected, toCanvas) {
  for (const [index, mark] of marks.entries()) {
    const place = mark[side];
    if (!place) continue;
    const [x, y] = apply(toCanvas, ...place);
    const isSelected = index === selected;
    const size = isSelected ? 9 : 6;
    const path = shapeOf(mark.kind, [x, y], size);
    const degrees = mark[`${side}_direction`];
    if (degrees !== null) {
      const direction = (degrees * Math.PI) / 180;
      const [tipX, tipY] = apply(toCanvas, place[0] + Math.cos(direction), place[1] - Math.sin(direction));
      const length = Math.hypot(tipX - x, tipY - y) || 1;
      const [dx, dy] = [(tipX - x) / length, (tipY - y) / length];
      path.moveTo(x + size * dx, y + size * dy);
      path.lineTo(x + 3 * size * dx, y + 3 * size * dy);
    }
    stroke(context, path, SIDES[side], isSelected ? 3 : 2, mark.probe && mark.candidate ? [] : [4, 3]);
    const star = side === "probe" && mark.in_analysis === false ? "*" : "";
    drawNumber(context, `${index + 1}${star}`, [x + size + 2, y - 8], SIDES[side], isSelected ? 16 : 13);
  }
}

/**
 * Draws what the examiner drew on an image: ridge counts with a ring at each ridge that the software sees, dashed where it
 * finds the count unclear, and ridges that were followed.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {import("./drawings.js").Drawings} drawings
 * @param {string} image
 * @param {Affine} toCanvas
 */
export function drawDrawings(context, { list, selected }, image, toCanvas) {
  for (const [index, drawing] of list.entries()) {
    if (drawing.image !== image) continue;
    const isCount = drawing.kind === "ridge_count";
    const colour = isCount ? COUNTED : FOLLOWED;
    const width = index === selected ? 3 : 1.5;
    const line = new Path2D();
    for (const place of drawing.path) line.lineTo(...apply(toCanvas, ...place));
    stroke(context, line, colour, width, isCount && drawing.least !== drawing.most ? [5, 3] : []);
    const rings = new Path2D();
    for (const crossing of drawing.crossings) {
      const [x, y] = apply(toCanvas, ...crossing);
      rings.moveTo(x + 4, y);
      rings.arc(x, y, 4, 0, FULL_TURN);
    }
    stroke(context, rings, colour, 1.5);
    const [x, y] = apply(toCanvas, ...drawing.path[drawing.path.length - 1]);
    const name = isCount ? `R${index + 1}: ${countName(drawing)}` : `R${index + 1}`;
    drawNumber(context, name, [x + 8, y + 8], colour, index === selected ? 15 : 12);
  }
}

/**
 * Returns the examiner's number of ridges, and after an S that of the software where it is another one.
 *
 * @param {Api.Drawing} drawing
 */
function countName({ counted, least, most }) {
  if (least !== null && least === most && least === counted) return String(counted);
  return `${counted ?? "?"} (S: ${least === most ? (least ?? "?") : `${least}–${most}`})`;
}

/**
 * Returns the outline of a mark of a kind.
 *
 * @param {Api.FeatureKind} kind
 * @param {Point} at
 * @param {number} size
 */
function shapeOf(kind, [x, y], size) {
  const path = new Path2D();
  const [left, right, top, bottom] = [x - size, x + size, y - size, y + size];
  if (kind === "ending") path.arc(x, y, size, 0, FULL_TURN);
  else if (kind === "bifurcation") path.rect(left, top, 2 * size, 2 * size);
  else if (kind === "core") path.addPath(new Path2D(`M${x} ${top} L${right} ${y} L${x} ${bottom} L${left} ${y} Z`));
  else if (kind === "delta") path.addPath(new Path2D(`M${x} ${top} L${right} ${bottom} L${left} ${bottom} Z`));
  else path.addPath(new Path2D(`M${left} ${top} L${right} ${bottom} M${right} ${top} L${left} ${bottom}`));
  return path;
}

/**
 * Returns the name of a pair that the software found, which no mark of an examiner has.
 *
 * @param {number} index
 */
export const pairName = (index) => `S${index + 1}`;

/**
 * Draws rings and names around points of the canvas, without covering what is there.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {Point[]} points
 * @param {number | null} selected an index, drawn last
 */
export function drawNumbers(context, points, selected) {
  const order = [...points.keys()].filter((index) => index !== selected);
  if (selected !== null && points[selected]) order.push(selected);
  for (const index of order) {
    const [x, y] = points[index];
    const isSelected = index === selected;
    const colour = isSelected ? SELECTED : DETECTED;
    const path = new Path2D();
    path.arc(x, y, isSelected ? 11 : 6, 0, FULL_TURN);
    stroke(context, path, colour, isSelected ? 3 : 2, DASH);
    drawNumber(context, pairName(index), [x + (isSelected ? 13 : 8), y - 7], colour, isSelected ? 16 : 12);
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {string} text
 * @param {Point} at
 * @param {string} colour
 * @param {number} size
 */
function drawNumber(context, text, [x, y], colour, size) {
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.font = `bold ${size}px system-ui, sans-serif`;
  context.lineWidth = 3;
  context.strokeStyle = HALO;
  context.strokeText(text, x, y);
  context.fillStyle = colour;
  context.fillText(text, x, y);
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
    const isSelected = index === selected;
    stroke(context, path, isSelected ? SELECTED : DETECTED, isSelected ? 2 : 1);
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Path2D} path
 * @param {string} colour
 * @param {number} width
 * @param {number[]} dash
 */
function stroke(context, path, colour, width, dash = []) {
  context.setLineDash([]);
  context.strokeStyle = HALO;
  context.lineWidth = width + 2;
  context.stroke(path);
  context.setLineDash(dash);
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.stroke(path);
  context.setLineDash([]);
}
