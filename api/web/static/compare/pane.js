// One image on a canvas: it is moved, turned, made larger, and what is extracted from it is drawn on it.
//
// Places are in units: of a print 1/500 inch, of a photo its pixels, or those of the frame that faces are brought to.

import { after, back, moved, scaled, scaleOf, shifted, STILL, turned } from "./affine.js";
import { drawMarks, drawNumbers } from "./annotations.js";

const PPI = 500;
const STEP = 40; // screen pixels an arrow moves by
const LARGEST = 40; // times as large as an image at one pixel a unit
const SMALLEST = 0.02;

export class Pane {
  constructor(figure, look, onmoved) {
    this.figure = figure;
    this.side = figure.dataset.pane;
    this.canvas = figure.querySelector("canvas");
    this.choice = figure.querySelector("[data-choose]");
    this.look = look; // what is set for all: invert, contrast, marks, pairs ...
    this.onmoved = onmoved; // called with what was done, so that the other pane does it, too
    this.empty();
    new ResizeObserver(() => this.draw()).observe(this.canvas);
    this.listen();
  }

  /** Forgets the image. */
  empty() {
    Object.assign(this, {
      bitmap: null,
      marked: null,
      base: STILL,
      extent: [500, 500],
      x: 250,
      y: 250,
      zoom: 1,
      turn: 0,
      pairs: [],
      chosen: null,
    });
  }

  /** Shows an image: `bitmap` or null, and what is known of it, or null. */
  show(bitmap, marked) {
    this.empty();
    this.bitmap = bitmap;
    this.know(marked);
    this.fit();
  }

  /** Takes what is known of the image; its size is that which points on it are told in. */
  know(marked) {
    const size =
      marked ?? (this.bitmap ? { width: this.bitmap.width, height: this.bitmap.height, ppi: null, marks: [] } : null);
    this.marked = size;
    if (!size) return;
    this.base = scaled(size.ppi ? PPI / size.ppi : 1);
    this.extent = [size.width * this.base[0], size.height * this.base[0]];
  }

  /** Brings the image to a frame of a size in units: a face upright. */
  frame(motion, width, height) {
    this.base = motion;
    this.extent = [width, height];
    this.turn = 0;
    this.fit();
  }

  get isPrint() {
    return Boolean(this.marked?.ppi);
  }

  get size() {
    return [this.canvas.clientWidth, this.canvas.clientHeight];
  }

  /** Returns the motion from units to the canvas. */
  get view() {
    const [width, height] = this.size;
    return [shifted(width / 2, height / 2), turned(this.turn), scaled(this.zoom), shifted(-this.x, -this.y)].reduce(
      (all, one) => after(all, one),
    );
  }

  /** Returns the motion from pixels of the image to the canvas. */
  get place() {
    return after(this.view, this.base);
  }

  /** Returns where the points of pairs are on the canvas. */
  get points() {
    return this.pairs.map((at) => moved(this.place, this.marked.marks[at].x, this.marked.marks[at].y));
  }

  fit() {
    const [width, height] = this.size;
    this.zoom = Math.min(width / this.extent[0], height / this.extent[1]) || 1;
    [this.x, this.y, this.turn] = [this.extent[0] / 2, this.extent[1] / 2, 0];
    this.draw();
  }

  /** Moves what is seen by screen pixels. */
  pan(right, down) {
    const [x, y] = moved(turned(-this.turn), right / this.zoom, down / this.zoom);
    this.x -= x;
    this.y -= y;
    this.draw();
  }

  /** Makes it larger by a factor; what lies `[x, y]` on the canvas stays there. */
  enlarge(by, [x, y] = this.size.map((side) => side / 2)) {
    const [unitX, unitY] = moved(back(this.view), x, y);
    this.zoom = Math.min(LARGEST, Math.max(SMALLEST, this.zoom * by));
    const [nowX, nowY] = moved(back(this.view), x, y);
    this.x += unitX - nowX;
    this.y += unitY - nowY;
    this.draw();
  }

  rotate(by) {
    this.turn += by;
    this.draw();
  }

  /** Brings a pixel of the image to the middle. */
  centre(x, y) {
    [this.x, this.y] = moved(this.base, x, y);
    this.draw();
  }

  draw() {
    const pen = cleared(this.canvas);
    if (!pen || !this.marked) return;
    const ratio = devicePixelRatio;
    const place = this.place;
    pen.save();
    pen.transform(...place);
    if (this.bitmap) {
      pen.filter = this.look.filter;
      pen.imageSmoothingQuality = "high";
      pen.drawImage(this.bitmap, 0, 0, this.marked.width, this.marked.height);
    } else {
      pen.fillStyle = "#fff";
      pen.fillRect(0, 0, this.marked.width, this.marked.height);
    }
    pen.restore();
    const larger = scaleOf(place);
    if (this.look.marks || !this.bitmap) drawMarks(pen, this.marked.marks, place, larger);
    if (this.look.pairs) drawNumbers(pen, this.points, this.chosen);
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.figure.dispatchEvent(new CustomEvent("drawn", { bubbles: true }));
  }

  listen() {
    const canvas = this.canvas;
    let held = null;
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      held = [event.clientX, event.clientY];
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!held) return;
      this.onmoved(this, "pan", event.clientX - held[0], event.clientY - held[1]);
      held = [event.clientX, event.clientY];
    });
    for (const kind of ["pointerup", "pointercancel"]) canvas.addEventListener(kind, () => (held = null));
    canvas.addEventListener("dblclick", (event) => {
      const [width, height] = this.size;
      this.onmoved(this, "pan", width / 2 - event.offsetX, height / 2 - event.offsetY);
    });
    canvas.addEventListener(
      "wheel",
      (event) => {
        if (document.activeElement !== canvas && !event.ctrlKey) return; // the page scrolls
        event.preventDefault();
        this.onmoved(this, "enlarge", 1.0015 ** -event.deltaY, [event.offsetX, event.offsetY]);
      },
      { passive: false },
    );
    canvas.addEventListener("keydown", (event) => {
      const arrow = { ArrowLeft: [STEP, 0], ArrowRight: [-STEP, 0], ArrowUp: [0, STEP], ArrowDown: [0, -STEP] }[
        event.key
      ];
      if (!arrow || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      this.onmoved(this, "pan", ...arrow);
    });
  }
}

/** Returns a pen for an empty canvas that is as sharp as the screen, null while it has no size. */
export function cleared(canvas) {
  const [width, height] = [canvas.clientWidth, canvas.clientHeight].map((side) => Math.round(side * devicePixelRatio));
  if (!width || !height) return null;
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const pen = canvas.getContext("2d");
  pen.setTransform(1, 0, 0, 1, 0, 0);
  pen.clearRect(0, 0, width, height);
  pen.scale(devicePixelRatio, devicePixelRatio);
  return pen;
}
