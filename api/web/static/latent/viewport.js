// The image of a latent with its minutiae, drawn on a canvas: enlarged, moved, turned, lightened.

import { product, rotation, scaling, translation } from "../viewer/affine.js";
import { drawCross, drawGrid, drawLoupe, drawRuler, drawScale, pixelsOfMillimetre } from "../viewer/layers.js";

/** @typedef {import("../viewer/affine.js").Affine} Affine */
/** @typedef {import("./markup.js").Corner} Corner */
/** @typedef {{ x: number, y: number }} Point */
/** @typedef {{ colour: string, halo: string, dash: number[] }} Style */

const SIZE = 6; // of a minutia, pixels on the screen
const TAIL = 20;
const REACH = 14; // pixels within which a pointer means a minutia
const LARGEST = 16; // screen pixels of one pixel of the image
const SMALLEST = 0.05;
const EDGE = 30; // pixels that the cursor keeps from the edge

const SURE = 80; // the quality from which on a suggestion is drawn without dashes

const STYLES = {
  marked: { colour: "#0d47a1", halo: "#fff", dash: [] },
  accepted: { colour: "#b3005e", halo: "#fff", dash: [] }, // a suggestion that the examiner took over
  selected: { colour: "#00703c", halo: "#fff", dash: [] },
  sure: { colour: "#7b1fa2", halo: "#fff", dash: [] },
  suggested: { colour: "#7b1fa2", halo: "#fff", dash: [3, 2] },
};

export class Viewport {
  /**
   * @param {HTMLCanvasElement} canvas
   * @param {() => void} onResize called when everything must be drawn again
   */
  constructor(canvas, onResize) {
    const context = canvas.getContext("2d");
    if (!context) throw new Error("The browser cannot draw on a canvas.");
    this.canvas = canvas;
    this.context = context;
    this.onResize = onResize;
    /** @type {ImageBitmap | null} */
    this.image = null;
    this.turn = 0; // degrees, clockwise
    this.contrast = 100; // percent
    this.brightness = 100; // percent
    this.isInverted = false;
    /** @type {number | null} */
    this.ppi = null;
    this.showsGrid = false;
    this.showsLoupe = false;
    /** @type {import("../viewer/clarity.js").ClarityLayer | null} */
    this.clarity = null; // drawn if it is there
    /** @type {ImageBitmap | null} */
    this.ridges = null; // as the software draws them, in place of the image if they are there
    /** @type {import("../viewer/layers.js").Ruler | null} */
    this.ruler = null;
    /** @type {Point | null} */
    this.pointer = null; // on the screen
    this.zoom = 1;
    this.fittedZoom = 0; // at which the image was last fitted to the canvas
    this.width = 0;
    this.height = 0;
    this.density = 1;
    /** @type {Point} */
    this.centre = { x: 0, y: 0 }; // of the image
    /** @type {Point} */
    this.cursor = { x: 0, y: 0 };
    new ResizeObserver(() => this.resize()).observe(canvas);
  }

  /** @param {ImageBitmap} image */
  show(image) {
    this.image = null;
    this.clarity = this.ridges = this.ruler = null;
    this.resize();
    this.image = image;
    this.fit();
    this.cursor = { x: Math.round(image.width / 2), y: Math.round(image.height / 2) };
  }

  resize() {
    const isFitted =
      this.zoom === this.fittedZoom &&
      this.centre.x === (this.image?.width ?? 0) / 2 &&
      this.centre.y === (this.image?.height ?? 0) / 2;
    const density = this.canvas.ownerDocument.defaultView?.devicePixelRatio ?? 1; // of the screen that it is on
    this.width = this.canvas.clientWidth;
    this.height = this.canvas.clientHeight;
    this.canvas.width = this.width * density;
    this.canvas.height = this.height * density;
    this.density = density;
    if (isFitted) this.fit();
    this.onResize();
  }

  /** Shows the whole image. */
  fit() {
    if (!this.image) return;
    const { width, height } = this.image;
    this.centre = { x: width / 2, y: height / 2 };
    this.zoom = this.fittedZoom = Math.min(this.width / width, this.height / height) || 1;
  }

  /**
   * Enlarges by a factor; a point of the screen stays where it is.
   *
   * @param {number} factor
   * @param {Point} at
   */
  enlarge(factor, at = { x: this.width / 2, y: this.height / 2 }) {
    const before = this.toImage(at);
    this.zoom = Math.min(LARGEST, Math.max(SMALLEST, this.zoom * factor));
    const after = this.toImage(at);
    this.centre = { x: this.centre.x + before.x - after.x, y: this.centre.y + before.y - after.y };
  }

  /**
   * Moves the image by pixels of the screen.
   *
   * @param {number} dx
   * @param {number} dy
   */
  pan(dx, dy) {
    const [from, to] = [this.toImage({ x: 0, y: 0 }), this.toImage({ x: dx, y: dy })];
    this.centre = { x: this.centre.x + from.x - to.x, y: this.centre.y + from.y - to.y };
  }

  /**
   * Moves a point of the image into sight, if it is not.
   *
   * @param {Point} point
   */
  reveal({ x, y }) {
    const at = this.toScreen({ x, y });
    if (at.x < EDGE || at.y < EDGE || at.x > this.width - EDGE || at.y > this.height - EDGE) this.centre = { x, y };
  }

  /**
   * Whether a point is on the image.
   *
   * @param {Point} point
   */
  contains({ x, y }) {
    return this.image !== null && x >= 0 && y >= 0 && x <= this.image.width && y <= this.image.height;
  }

  /**
   * Returns the point of the image at a point of the screen.
   *
   * @param {Point} point
   */
  toImage({ x, y }) {
    const [dx, dy] = rotate((x - this.width / 2) / this.zoom, (y - this.height / 2) / this.zoom, -this.turn);
    return { x: this.centre.x + dx, y: this.centre.y + dy };
  }

  /**
   * Returns the point of the screen at a point of the image.
   *
   * @param {Point} point
   */
  toScreen({ x, y }) {
    const [dx, dy] = rotate((x - this.centre.x) * this.zoom, (y - this.centre.y) * this.zoom, this.turn);
    return { x: this.width / 2 + dx, y: this.height / 2 + dy };
  }

  /**
   * Returns the index of the point of the image that is nearest to a point of the screen, -1 if none is near.
   *
   * @param {Point[]} points
   * @param {Point} at
   */
  nearest(points, at) {
    let best = -1;
    let shortest = REACH;
    points.forEach((point, index) => {
      const { x, y } = this.toScreen(point);
      const distance = Math.hypot(x - at.x, y - at.y);
      if (distance < shortest) [best, shortest] = [index, distance];
    });
    return best;
  }

  /** The transformation from pixels of the image to the screen. */
  get toCanvas() {
    return product(
      translation(this.width / 2, this.height / 2),
      rotation((this.turn * Math.PI) / 180),
      scaling(this.zoom),
      translation(-this.centre.x, -this.centre.y),
    );
  }

  /**
   * Draws the image with its markup, a region that is being drawn, and one that is suggested.
   *
   * @param {import("./markup.js").MarkupState} markup
   * @param {number} selected
   * @param {Corner[]} corners
   * @param {Corner[] | null} suggestedRegion
   */
  draw({ minutiae, suggestions, region }, selected, corners, suggestedRegion) {
    if (!this.image) return;
    const { context, density, width, height, toCanvas, ppi, image } = this;
    context.setTransform(density, 0, 0, density, 0, 0);
    context.clearRect(0, 0, width, height);
    this.drawImage(image, toCanvas);
    if (this.showsGrid && ppi) drawGrid(context, image, toCanvas, ppi);
    if (suggestedRegion && !region) this.drawRegion(suggestedRegion, STYLES.suggested.colour, [8, 5]);
    if (region) this.drawRegion(region, "#fff", []);
    if (corners.length) this.drawRegion(corners, "#ffd400", [6, 4], false);
    for (const suggestion of suggestions)
      this.drawMinutia(suggestion, suggestion.quality >= SURE ? STYLES.sure : STYLES.suggested);
    for (const [index, minutia] of minutiae.entries()) {
      const style = minutia.placed_by === "software" ? STYLES.accepted : STYLES.marked;
      if (index !== selected) this.drawMinutia(minutia, style, index + 1);
    }
    if (minutiae[selected]) this.drawMinutia(minutiae[selected], STYLES.selected, selected + 1);
    context.setLineDash([]);
    if (this.ruler) drawRuler(context, this.ruler, toCanvas, ppi);
    if (this.canvas.ownerDocument.activeElement === this.canvas) {
      const { x, y } = this.toScreen(this.cursor);
      drawCross(context, [x, y]);
    }
    if (this.showsLoupe && this.pointer)
      drawLoupe(context, [this.pointer.x, this.pointer.y], toCanvas, (enlarged) => this.drawImage(image, enlarged));
    if (ppi) drawScale(context, { width, height }, this.zoom * pixelsOfMillimetre(ppi));
  }

  /**
   * Draws the image, or its ridges as the software sees them, with the clarity map.
   *
   * @param {ImageBitmap} image
   * @param {Affine} toCanvas
   */
  drawImage(image, toCanvas) {
    const { context } = this;
    context.save();
    context.transform(...toCanvas);
    context.filter = `invert(${Number(this.isInverted)}) contrast(${this.contrast}%) brightness(${this.brightness}%)`;
    context.imageSmoothingEnabled = this.zoom < 3;
    context.drawImage(this.ridges ?? image, 0, 0, image.width, image.height);
    context.filter = "none";
    this.clarity?.draw(context);
    context.restore();
  }

  /**
   * @param {Api.MinutiaOut} minutia
   * @param {Style} style
   * @param {number} [number]
   */
  drawMinutia(minutia, { colour, halo, dash }, number) {
    const { x, y } = this.toScreen(minutia);
    const angle = (-minutia.direction + this.turn) * (Math.PI / 180);
    const path = new Path2D();
    if (minutia.type === "bifurcation") path.rect(x - SIZE, y - SIZE, 2 * SIZE, 2 * SIZE);
    else if (minutia.type === "ending") path.arc(x, y, SIZE, 0, 2 * Math.PI);
    else path.addPath(new Path2D(`M${x} ${y - SIZE} L${x + SIZE} ${y + SIZE} L${x - SIZE} ${y + SIZE} Z`));
    path.moveTo(x + SIZE * Math.cos(angle), y + SIZE * Math.sin(angle));
    path.lineTo(x + TAIL * Math.cos(angle), y + TAIL * Math.sin(angle));
    this.stroke(path, halo, 4.5, []);
    this.stroke(path, colour, 2, dash);
    if (number === undefined) return;
    const { context } = this;
    Object.assign(context, { font: "bold 13px system-ui, sans-serif", textAlign: "left", textBaseline: "middle" });
    Object.assign(context, { lineWidth: 3, strokeStyle: halo, fillStyle: colour });
    context.setLineDash([]);
    context.strokeText(String(number), x + SIZE + 2, y - 9);
    context.fillText(String(number), x + SIZE + 2, y - 9);
  }

  /**
   * @param {Corner[]} corners
   * @param {string} colour
   * @param {number[]} dash
   */
  drawRegion(corners, colour, dash, isClosed = true) {
    const path = new Path2D();
    for (const [x, y] of corners) {
      const at = this.toScreen({ x, y });
      path.lineTo(at.x, at.y); // the first one only moves there
    }
    if (isClosed) path.closePath();
    this.stroke(path, colour === "#fff" ? "#000" : "#fff", 4, []);
    this.stroke(path, colour, 2, dash);
  }

  /**
   * @param {Path2D} path
   * @param {string} colour
   * @param {number} width
   * @param {number[]} dash
   */
  stroke(path, colour, width, dash) {
    Object.assign(this.context, { strokeStyle: colour, lineWidth: width });
    this.context.setLineDash(dash);
    this.context.stroke(path);
  }
}

/**
 * @param {number} x
 * @param {number} y
 * @param {number} degrees
 */
function rotate(x, y, degrees) {
  const angle = (degrees * Math.PI) / 180;
  return [x * Math.cos(angle) - y * Math.sin(angle), x * Math.sin(angle) + y * Math.cos(angle)];
}
