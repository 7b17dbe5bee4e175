// One image on a canvas: it is moved, rotated and enlarged, and the minutiae and other layers are drawn on it.
//
// Positions are in units: for a print 1/500 inch, for a photo its pixels, or those of the frame that faces are aligned to.

import { query } from "../lib/dom.js";
import { apply, IDENTITY, inverse, product, rotation, scaleOf, scaling, translation } from "../viewer/affine.js";
import { ClarityLayer } from "../viewer/clarity.js";
import { filtered } from "../viewer/image_filters.js";
import { requestLayers, ridgeImageOf, ridgesOf } from "../viewer/image_layers.js";
import { RidgeTracer } from "../viewer/ridge_tracing.js";
import { drawCross, drawGrid, drawLoupe, drawRuler, drawScale } from "../viewer/layers.js";
import { drawDrawings, drawMarks, drawNumbers, drawOutlines, drawPoints } from "./annotations.js";
import { distanceTo } from "./drawings.js";

/** @typedef {import("../viewer/affine.js").Affine} Affine */
/** @typedef {import("../viewer/affine.js").Point} Point */

const PPI = 500;
const REACH = 14; // screen pixels within which a pointer means a mark
const LARGEST = 40; // times as large as an image at one pixel a unit
const SMALLEST = 0.02;

export class Pane {
  /** @type {ImageBitmap | null} */
  bitmap = null;
  /** @type {Api.MarkedImage | null} */
  content = null; // size, resolution and points, as far as they are known
  /** @type {Blob | null} */
  file = null; // of the image
  /** @type {Affine} */
  toUnits = IDENTITY; // from pixels of the image
  /** @type {Point} */
  extent = [500, 500]; // in units
  x = 250; // the centre of what is seen, in units
  y = 250;
  zoom = 1; // screen pixels of a unit
  fittedZoom = 0; // at which the image was last fitted to the pane
  angle = 0; // radians, clockwise
  /** @type {number[]} */
  pairs = []; // the index of the paired point, by pair
  /** @type {number | null} */
  selectedPair = null;
  /** @type {Point | null} */
  pointer = null; // where the pointer is, on the canvas
  /** @type {import("../viewer/layers.js").Ruler | null} */
  ruler = null;
  /** @type {ClarityLayer | null} */
  clarity = null;
  /** @type {ImageBitmap | null} */
  ridges = null; // as the software draws them
  /** @type {import("../viewer/ridges.js").RidgeImage | null} */
  ridgeImage = null; // in which ridges are counted and followed
  /** @type {RidgeTracer | null} */
  tracer = null;
  showsCross = false; // where a key marks

  /**
   * @param {HTMLElement} figure
   * @param {import("./display_settings.js").DisplaySettings} settings
   * @param {import("./case_marks.js").CaseMarks} marks
   * @param {import("./drawings.js").Drawings} drawings
   */
  constructor(figure, settings, marks, drawings) {
    this.figure = figure;
    this.side = /** @type {import("./image_source.js").Side} */ (figure.dataset.pane);
    this.canvas = query(figure, "canvas", HTMLCanvasElement);
    this.choice = query(figure, "[data-choose]", HTMLSelectElement);
    this.settings = settings;
    this.marks = marks;
    this.drawings = drawings;
    new ResizeObserver(() => this.draw()).observe(this.canvas);
  }

  /** Removes the image. */
  clear() {
    this.bitmap = null;
    this.content = null;
    this.file = null;
    this.toUnits = IDENTITY;
    this.extent = [500, 500];
    [this.x, this.y, this.zoom, this.angle] = [250, 250, 1, 0];
    this.ruler = null;
    this.clarity = this.ridges = this.ridgeImage = this.tracer = null;
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
   * @param {Api.MarkedImage | null} content
   * @param {Blob | null} file
   */
  show(bitmap, content, file) {
    this.clear();
    this.bitmap = bitmap;
    this.file = file;
    this.setContent(content);
    this.fit();
  }

  /**
   * Sets what is known of the image; positions of points refer to its size.
   *
   * @param {Api.MarkedImage | null} content
   */
  setContent(content) {
    const { bitmap } = this;
    this.content =
      content ?? (bitmap && { width: bitmap.width, height: bitmap.height, ppi: null, marks: [], outlines: [] });
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
    this.fittedZoom = this.zoom;
    this.draw();
  }

  /** Whether the image is visible, and neither moved nor turned nor enlarged since it was fitted. */
  get isFitted() {
    const [width, height] = this.extent;
    const isWhole = this.zoom === this.fittedZoom && this.angle === 0;
    return this.canvas.clientWidth > 0 && isWhole && this.x === width / 2 && this.y === height / 2;
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

  /** The middle of the canvas. */
  get middle() {
    return /** @type {Point} */ ([this.canvas.clientWidth / 2, this.canvas.clientHeight / 2]);
  }

  /**
   * Returns the pixel of the image at a place of the canvas, null outside the image.
   *
   * @param {Point} at
   * @returns {Point | null}
   */
  pixelAt(at) {
    if (!this.content) return null;
    const [x, y] = apply(inverse(this.toCanvas), ...at);
    const { width, height } = this.content;
    return x >= 0 && y >= 0 && x <= width && y <= height ? [round(x), round(y)] : null;
  }

  /**
   * Returns the index of the mark at a place of the canvas, -1 if there is none.
   *
   * @param {Point} at
   */
  markAt([atX, atY]) {
    let [best, shortest] = [-1, REACH];
    for (const [index, mark] of this.marks.list.entries()) {
      const place = mark[this.side];
      if (!place) continue;
      const [x, y] = apply(this.toCanvas, ...place);
      const distance = Math.hypot(x - atX, y - atY);
      if (distance < shortest) [best, shortest] = [index, distance];
    }
    return best;
  }

  /**
   * Says whether a distance in pixels of the image is short on the screen.
   *
   * @param {number} distance
   */
  isNear(distance) {
    return distance * scaleOf(this.toCanvas) < REACH;
  }

  /**
   * Returns the place of the examiner's mark near a pixel of the image, else the pixel.
   *
   * @param {Point} pixel
   */
  ownMarkNear(pixel) {
    const mark = this.marks.list[this.markAt(apply(this.toCanvas, ...pixel))];
    return mark?.[this.side] ?? pixel;
  }

  /**
   * Returns the index of the nearest drawing of a kind at a pixel of the image, -1 if there is none.
   *
   * @param {Point} pixel
   * @param {Api.Drawing["kind"]} kind
   */
  drawingAt(pixel, kind) {
    let [best, shortest] = [-1, Infinity];
    for (const [index, drawing] of this.drawings.list.entries()) {
      if (drawing.kind !== kind || drawing.image !== this.choice.value) continue;
      const distance = distanceTo(drawing.path, pixel);
      if (distance < shortest && this.isNear(distance)) [best, shortest] = [index, distance];
    }
    return best;
  }

  draw() {
    const context = clearCanvas(this.canvas);
    if (!context || !this.content) return;
    const { toCanvas, settings, content } = this;
    this.paint(context, toCanvas);
    if (content.ppi && settings.showsGrid) drawGrid(context, content, toCanvas, content.ppi);
    this.drawMinutiae(context, toCanvas);
    if (this.ruler) drawRuler(context, this.ruler, toCanvas, content.ppi);
    if (this.showsCross) drawCross(context, this.middle);
    if (settings.showsLoupe && this.pointer)
      drawLoupe(context, this.pointer, toCanvas, (enlarged) => {
        this.paint(context, enlarged);
        this.drawMinutiae(context, enlarged);
      });
    if (this.isPrint)
      drawScale(context, { width: this.canvas.clientWidth, height: this.canvas.clientHeight }, this.zoom * UNITS_OF_MM);
    this.figure.dispatchEvent(new CustomEvent("drawn", { bubbles: true }));
  }

  /** The image as the settings display it. */
  get picture() {
    const { bitmap, ridges, settings } = this;
    if (settings.showsRidges && ridges) return ridges;
    return bitmap && filtered(bitmap, settings);
  }

  /** Loads the clarity map and the drawn ridges of a print, if they are not there yet. */
  async loadLayers() {
    const { file, content } = this;
    if (this.clarity || !file || !content?.ppi) return;
    const layers = await requestLayers(file, content.ppi);
    const ridges = await ridgesOf(layers);
    if (this.file !== file) return;
    const clarity = new ClarityLayer(layers);
    this.clarity = clarity;
    this.ridges = ridges;
    this.ridgeImage = ridgeImageOf(ridges, content.width, (pixel) => clarity.levelAt(pixel));
    this.tracer = this.ridgeImage && new RidgeTracer(this.ridgeImage);
  }

  /**
   * Draws the image, with its clarity map.
   *
   * @param {CanvasRenderingContext2D} context
   * @param {Affine} toCanvas
   */
  paint(context, toCanvas) {
    if (!this.content) return;
    const { width, height } = this.content;
    context.save();
    context.transform(...toCanvas);
    const { picture } = this;
    if (picture) {
      context.filter = this.settings.filter;
      context.imageSmoothingQuality = "high";
      context.drawImage(picture, 0, 0, width, height);
    } else {
      context.fillStyle = "#fff";
      context.fillRect(0, 0, width, height);
    }
    context.filter = "none";
    if (this.settings.showsClarity) this.clarity?.draw(context);
    context.restore();
  }

  /**
   * Draws what the software detected and paired, and what the examiner marked.
   *
   * @param {CanvasRenderingContext2D} context
   * @param {Affine} toCanvas
   */
  drawMinutiae(context, toCanvas) {
    const { settings, marks, content } = this;
    const detected = content?.marks ?? [];
    if (settings.showsPoints || settings.showsPairs) drawOutlines(context, content?.outlines ?? [], toCanvas);
    if (settings.showsPoints || !this.bitmap) drawPoints(context, detected, toCanvas, scaleOf(toCanvas));
    if (settings.showsPairs) {
      const paired = this.pairs.map((index) => apply(toCanvas, detected[index].x, detected[index].y));
      drawNumbers(context, paired, this.selectedPair);
    }
    drawDrawings(context, this.drawings, this.choice.value, toCanvas);
    drawMarks(context, marks.list, this.side, marks.selected, toCanvas);
  }
}

const UNITS_OF_MM = PPI / 25.4;

/** @param {number} value */
const round = (value) => Math.round(10 * value) / 10;

/**
 * Clears a canvas, makes it as sharp as the screen and returns its context; null while it has no size.
 *
 * @param {HTMLCanvasElement} canvas
 */
export function clearCanvas(canvas) {
  const density = canvas.ownerDocument.defaultView?.devicePixelRatio ?? 1; // of the screen that it is on
  const [width, height] = [canvas.clientWidth, canvas.clientHeight].map((side) => Math.round(side * density));
  const context = canvas.getContext("2d");
  if (!width || !height || !context) return null;
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, width, height);
  context.scale(density, density);
  return context;
}
