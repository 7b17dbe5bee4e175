// The clarity map of a print: what each place of it shows, in the five colours of ANSI/NIST-ITL's ridge quality map.

import { _ } from "../lib/messages.js";

/** @typedef {import("./affine.js").Point} Point */

export const CLARITY_COLOURS = ["", "#d9344a", "#e0b000", "#2fa84f", "#2f6fd0"]; // by level; 0 is no print
const OPACITY = 0.38;

/** Returns what the levels mean; level 0 is outside the print. */
export const clarityNames = () => [
  "",
  _("Ridge flow debatable"),
  _("Minutiae debatable"),
  _("Minutiae definite"),
  _("Ridge edges definite"),
];

export class ClarityLayer {
  /** @param {Api.LayersOut} layers */
  constructor({ side, clarity }) {
    this.side = side; // of a square, in pixels of the image
    this.levels = clarity;
    this.canvas = new OffscreenCanvas(Math.max(1, clarity[0]?.length ?? 1), Math.max(1, clarity.length));
    const context = this.canvas.getContext("2d");
    for (const [y, row] of clarity.entries()) {
      for (const [x, level] of row.entries()) {
        if (!context || !level) continue;
        context.fillStyle = CLARITY_COLOURS[level];
        context.fillRect(x, y, 1, 1);
      }
    }
  }

  /**
   * Draws the map in pixels of the image.
   *
   * @param {CanvasRenderingContext2D} context
   */
  draw(context) {
    context.globalAlpha = OPACITY;
    context.imageSmoothingEnabled = false;
    context.drawImage(this.canvas, 0, 0, this.canvas.width * this.side, this.canvas.height * this.side);
    context.imageSmoothingEnabled = true;
    context.globalAlpha = 1;
  }

  /**
   * Returns the level at a pixel of the image, 0 outside the print.
   *
   * @param {Point} pixel
   */
  levelAt([x, y]) {
    return this.levels[Math.floor(y / this.side)]?.[Math.floor(x / this.side)] ?? 0;
  }

  /** The share of each level in the print, by level. */
  get shares() {
    const counts = CLARITY_COLOURS.map(() => 0);
    for (const level of this.levels.flat()) if (level) counts[level] += 1;
    const total = counts.reduce((sum, count) => sum + count, 0) || 1;
    return counts.map((count) => count / total);
  }
}
