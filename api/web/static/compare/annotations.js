// Drawing what the machine sees on an image: points, their directions, and the numbers of pairs.

import { moved } from "./affine.js";

const TAU = 2 * Math.PI;
const COLOURS = { alone: "#00695c", paired: "#0d47a1", chosen: "#b34700" };
const HALO = "#fff";

/** Draws the points of an image; `place` brings its pixels to the screen's, `larger` is how many of these one is. */
export function drawMarks(pen, marks, place, larger) {
  const radius = Math.min(9, Math.max(3, 4 * larger));
  for (const mark of marks) {
    const [x, y] = moved(place, mark.x, mark.y);
    const path = new Path2D();
    if (mark.kind === "bifurcation") path.rect(x - radius, y - radius, 2 * radius, 2 * radius);
    else path.arc(x, y, radius, 0, TAU);
    if (mark.direction !== null) {
      const [tipX, tipY] = moved(place, mark.x + Math.cos(mark.direction), mark.y - Math.sin(mark.direction));
      const [right, down] = [(tipX - x) / larger, (tipY - y) / larger];
      path.moveTo(x + radius * right, y + radius * down);
      path.lineTo(x + 2.5 * radius * right, y + 2.5 * radius * down);
    }
    stroke(pen, path, COLOURS.alone, 1.5);
  }
}

/** Draws rings and numbers on points, given as [x, y] of the screen, that leave what lies there to be seen. */
export function drawNumbers(pen, points, chosen) {
  pen.textAlign = "left";
  pen.textBaseline = "middle";
  const order = [...points.keys()].filter((at) => at !== chosen);
  if (chosen !== null && points[chosen]) order.push(chosen);
  for (const at of order) {
    const [x, y] = points[at];
    const is = at === chosen;
    const path = new Path2D();
    path.arc(x, y, is ? 11 : 6, 0, TAU);
    stroke(pen, path, is ? COLOURS.chosen : COLOURS.paired, is ? 3 : 2);
    pen.font = `bold ${is ? 16 : 12}px system-ui, sans-serif`;
    pen.lineWidth = 3;
    pen.strokeStyle = HALO;
    pen.strokeText(String(at + 1), x + (is ? 13 : 8), y - 7);
    pen.fillStyle = is ? COLOURS.chosen : COLOURS.paired;
    pen.fillText(String(at + 1), x + (is ? 13 : 8), y - 7);
  }
}

/** Draws a line from each point of one image to its partner on the other. */
export function drawLines(pen, from, to, chosen, all) {
  for (const [at, [x, y]] of from.entries()) {
    if (!all && at !== chosen) continue;
    const path = new Path2D();
    path.moveTo(x, y);
    path.lineTo(...to[at]);
    stroke(pen, path, at === chosen ? COLOURS.chosen : COLOURS.paired, at === chosen ? 2 : 1);
  }
}

function stroke(pen, path, colour, width) {
  pen.strokeStyle = HALO;
  pen.lineWidth = width + 2;
  pen.stroke(path);
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  pen.stroke(path);
}
