// One image on a canvas: it is moved, rotated and enlarged, and the extracted points are drawn on it.
//
// Positions are in units: for a print 1/500 inch, for a photo its pixels, or those of the frame that faces are aligned to.

import { query } from "../lib/dom.js";
import { apply, IDENTITY, inverse, product, rotation, scaleOf, scaling, translation } from "./affine.js";
import { drawNumbers, drawPoints } from "./annotations.js";

/** @typedef {import("./affine.js").Affine} Affine */
/** @typedef {import("./affine.js").Point} Point */

const PPI = 500;
const STEP = 40; // screen pixels that an arrow key moves by
const LARGEST = 40; // times as large as an image at one pixel a unit
const SMALLEST = 0.02;

export class Pane {
  /** @type {ImageBitmap | null} */
  bitmap = null;
  /** @type {Api.MarkedImageOut | null} */
  content = null; // size, resolution and points, as far as they are known
  /** @type {Affine} */
  toUnits = IDENTITY; // from pixels of the image
  /** @type {Point} */
  extent = [500, 500]; // in units
  x = 250; // the centre of what is seen, in units
  y = 250;
  zoom = 1; // screen pixels of a unit
  angle = 0; // radians, clockwise
  /** @type {number[]} */
  pairs = []; // the index of the paired point, by pair
  /** @type {number | null} */
  selectedPair = null;

  /**
   * @param {HTMLElement} figure
   * @param {import("./display_settings.js").DisplaySettings} settings
   * @param {(pane: Pane, movement: (pane: Pane) => void) => void} onMove called to move this pane, and the other one with it
   */
  constructor(figure, settings, onMove) {
    this.figure = figure;
    this.side = /** @type {import("./image_source.js").Side} */ (figure.dataset.pane);
    this.canvas = query(figure, "canvas", HTMLCanvasElement);
    this.choice = query(figure, "[data-choose]", HTMLSelectElement);
    this.settings = settings;
    this.onMove = onMove;
    new ResizeObserver(() => this.draw()).observe(this.canvas);
    this.listen();
  }

  /** Removes the image. */
  clear() {
    this.bitmap = null;
    this.content = null;
    this.toUnits = IDENTITY;
    this.extent = [500, 500];
    [this.x, this.y, this.zoom, this.angle] = [250, 250, 1, 0];
    this.clearPairs();
  }

  clearPairs() {
    this.pairs = [];
    this.selectedPair = null;
  }

  /**
   * Shows an image, as far as it is known.
   *
   * @param {ImageBitmap | null} bitmap
   * @param {Api.MarkedImageOut | null} content
   */
  show(bitmap, content) {
    this.clear();
    this.bitmap = bitmap;
    this.setContent(content);
    this.fit();
  }

  /**
   * Sets what is known of the image; positions of points refer to its size.
   *
   * @param {Api.MarkedImageOut | null} content
   */
  setContent(content) {
    this.content =
      content ?? (this.bitmap ? { width: this.bitmap.width, height: this.bitmap.height, ppi: null, marks: [] } : null);
    if (!this.content) return;
    const { width, height, ppi } = this.content;
    const scale = ppi ? PPI / ppi : 1;
    this.toUnits = scaling(scale);
    this.extent = [width * scale, height * scale];
  }

  /**
   * Aligns the image with a frame of a size in units: a face upright.
   *
   * @param {Affine} toFrame
   * @param {number} width
   * @param {number} height
   */
  align(toFrame, width, height) {
    this.toUnits = toFrame;
    this.extent = [width, height];
    this.angle = 0;
    this.fit();
  }

  get isPrint() {
    return Boolean(this.content?.ppi);
  }

  /** The transformation from units to the canvas. */
  get view() {
    const { clientWidth, clientHeight } = this.canvas;
    return product(
      translation(clientWidth / 2, clientHeight / 2),
      rotation(this.angle),
      scaling(this.zoom),
      translation(-this.x, -this.y),
    );
  }

  /** The transformation from pixels of the image to the canvas. */
  get toCanvas() {
    return product(this.view, this.toUnits);
  }

  /** The paired points on the canvas. */
  get pairedPoints() {
    const marks = this.content?.marks ?? [];
    return this.pairs.map((index) => apply(this.toCanvas, marks[index].x, marks[index].y));
  }

  fit() {
    const [width, height] = this.extent;
    this.zoom = Math.min(this.canvas.clientWidth / width, this.canvas.clientHeight / height) || 1;
    [this.x, this.y, this.angle] = [width / 2, height / 2, 0];
    this.draw();
  }

  /**
   * Moves the image by screen pixels.
   *
   * @param {number} right
   * @param {number} down
   */
  pan(right, down) {
    const [x, y] = apply(rotation(-this.angle), right / this.zoom, down / this.zoom);
    this.x -= x;
    this.y -= y;
    this.draw();
  }

  /**
   * Enlarges by a factor; a point of the canvas stays where it is.
   *
   * @param {number} factor
   * @param {Point} at
   */
  enlarge(factor, [x, y] = [this.canvas.clientWidth / 2, this.canvas.clientHeight / 2]) {
    const [xBefore, yBefore] = apply(inverse(this.view), x, y);
    this.zoom = Math.min(LARGEST, Math.max(SMALLEST, this.zoom * factor));
    const [xAfter, yAfter] = apply(inverse(this.view), x, y);
    this.x += xBefore - xAfter;
    this.y += yBefore - yAfter;
    this.draw();
  }

  /** @param {number} angle */
  rotate(angle) {
    this.angle += angle;
    this.draw();
  }

  /**
   * Moves a pixel of the image to the centre.
   *
   * @param {number} x
   * @param {number} y
   */
  centre(x, y) {
    [this.x, this.y] = apply(this.toUnits, x, y);
    this.draw();
  }

  draw() {
    const context = clearCanvas(this.canvas);
    if (!context || !this.content) return;
    const { width, height, marks } = this.content;
    const { toCanvas } = this;
    context.save();
    context.transform(...toCanvas);
    if (this.bitmap) {
      context.filter = this.settings.filter;
      context.imageSmoothingQuality = "high";
      context.drawImage(this.bitmap, 0, 0, width, height);
    } else {
      context.fillStyle = "#fff";
      context.fillRect(0, 0, width, height);
    }
    context.restore();
    if (this.settings.showsPoints || !this.bitmap) drawPoints(context, marks, toCanvas, scaleOf(toCanvas));
    if (this.settings.showsPairs) drawNumbers(context, this.pairedPoints, this.selectedPair);
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    this.figure.dispatchEvent(new CustomEvent("drawn", { bubbles: true }));
  }

  listen() {
    const { canvas } = this;
    /** @type {Point | null} */
    let last = null;
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      last = [event.clientX, event.clientY];
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!last) return;
      const [x, y] = last;
      this.onMove(this, (pane) => pane.pan(event.clientX - x, event.clientY - y));
      last = [event.clientX, event.clientY];
    });
    for (const type of ["pointerup", "pointercancel"]) canvas.addEventListener(type, () => (last = null));
    canvas.addEventListener("dblclick", (event) => {
      const [x, y] = [canvas.clientWidth / 2 - event.offsetX, canvas.clientHeight / 2 - event.offsetY];
      this.onMove(this, (pane) => pane.pan(x, y));
    });
    canvas.addEventListener(
      "wheel",
      (event) => {
        if (document.activeElement !== canvas && !event.ctrlKey) return; // the page scrolls
        event.preventDefault();
        this.onMove(this, (pane) => pane.enlarge(1.0015 ** -event.deltaY, [event.offsetX, event.offsetY]));
      },
      { passive: false },
    );
    canvas.addEventListener("keydown", (event) => {
      const movement = ARROWS[event.key];
      if (!movement || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      this.onMove(this, (pane) => pane.pan(...movement));
    });
  }
}

/** @type {Record<string, Point>} */
const ARROWS = { ArrowLeft: [STEP, 0], ArrowRight: [-STEP, 0], ArrowUp: [0, STEP], ArrowDown: [0, -STEP] };

/**
 * Clears a canvas, makes it as sharp as the screen and returns its context; null while it has no size.
 *
 * @param {HTMLCanvasElement} canvas
 */
export function clearCanvas(canvas) {
  const [width, height] = [canvas.clientWidth, canvas.clientHeight].map((side) => Math.round(side * devicePixelRatio));
  const context = canvas.getContext("2d");
  if (!width || !height || !context) return null;
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, width, height);
  context.scale(devicePixelRatio, devicePixelRatio);
  return context;
}
