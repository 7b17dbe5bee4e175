// What pointer and arrow keys on an image do: with the tool that is chosen they move the image, mark minutiae or measure.

/** @typedef {import("../viewer/affine.js").Point} Point */
/** @typedef {import("./pane.js").Pane} Pane */
/** @typedef {"move" | "mark" | "measure" | "count" | "trace"} Tool */

const STEP = 40; // screen pixels that an arrow key moves by
const FINE_STEP = 4; // with Shift
const DRAG_DISTANCE = 4; // screen pixels from which on a movement is a drag

/**
 * @typedef {object} Workbench what the input of a pane acts on
 * @property {Tool} tool
 * @property {boolean} isSingle whether there is only one image
 * @property {(pane: Pane, movement: (pane: Pane) => void) => void} move moves a pane, and the other one with it
 * @property {() => void} remove removes what is selected
 * @property {() => void} showSelection shows what is marked or measured
 * @property {import("./ridge_tools.js").RidgeTools} ridgeTools
 */

export class PaneInput {
  /** @type {Point | null} */
  last = null;
  /** @type {Point} */
  start = [0, 0];
  hasMoved = false;
  isDraggingMark = false;
  isCounting = false; // whether a line is drawn
  isDirecting = false; // the selected mark: one that was just made, or with Shift any

  /**
   * @param {Pane} pane
   * @param {Workbench} bench
   */
  constructor(pane, bench) {
    this.pane = pane;
    this.bench = bench;
    const { canvas } = pane;
    canvas.addEventListener("pointerdown", (event) => this.onDown(event));
    canvas.addEventListener("pointermove", (event) => this.onMove(event));
    for (const type of ["pointerup", "pointercancel"]) canvas.addEventListener(type, () => this.onUp());
    canvas.addEventListener("pointerleave", () => this.showPointer(null));
    canvas.addEventListener("dblclick", (event) => this.onDoubleClick(event));
    canvas.addEventListener("wheel", (event) => this.onWheel(event), { passive: false });
    canvas.addEventListener("keydown", (event) => this.onKey(event));
    for (const type of ["focus", "blur"]) canvas.addEventListener(type, () => this.showCross());
  }

  /** Shows where a key marks, while the image has the focus and the tool marks. */
  showCross() {
    const { pane, bench } = this;
    const { canvas } = pane;
    pane.showsCross = ["mark", "count", "trace"].includes(bench.tool) && canvas.ownerDocument.activeElement === canvas;
    canvas.dataset.tool = bench.tool;
    pane.draw();
  }

  /** @param {Point | null} at */
  showPointer(at) {
    const { pane } = this;
    pane.pointer = at;
    if (pane.settings.showsLoupe) pane.draw();
  }

  /** @param {PointerEvent} event */
  onDown(event) {
    const { pane, bench } = this;
    /** @type {Point} */
    const at = [event.offsetX, event.offsetY];
    pane.canvas.setPointerCapture(event.pointerId);
    this.last = this.start = at;
    this.hasMoved = this.isDraggingMark = this.isDirecting = false;
    if (event.button === 1 || bench.tool === "move") return;
    const pixel = pane.pixelAt(at);
    if (bench.tool === "measure") pane.ruler = pixel && { from: pixel, to: pixel };
    if (bench.tool === "mark") {
      const index = pane.markAt(at);
      this.isDirecting = index < 0 || event.shiftKey;
      this.isDraggingMark = !this.isDirecting;
      if (index >= 0) pane.marks.select(index);
      else if (pixel) pane.marks.place(pane.side, pixel, bench.isSingle);
    }
    if (pixel && (bench.tool === "count" || bench.tool === "trace"))
      this.isCounting = bench.ridgeTools.press(bench.tool, pane, pixel, event.shiftKey);
    pane.draw();
    bench.showSelection();
  }

  onUp() {
    this.last = null;
    if (this.isCounting) this.bench.ridgeTools.end();
    this.isCounting = false;
  }

  /** @param {PointerEvent} event */
  onMove(event) {
    const { pane, bench, last } = this;
    /** @type {Point} */
    const at = [event.offsetX, event.offsetY];
    this.showPointer(at);
    if (!last) return;
    const isFirst = !this.hasMoved;
    if (isFirst && Math.hypot(at[0] - this.start[0], at[1] - this.start[1]) < DRAG_DISTANCE) return;
    this.hasMoved = true;
    this.last = at;
    const pixel = pane.pixelAt(at);
    if (bench.tool === "move" && event.shiftKey) this.rotate(last, at);
    else if (bench.tool === "move" || event.buttons === 4)
      bench.move(pane, (moved) => moved.pan(at[0] - last[0], at[1] - last[1]));
    else if (bench.tool === "measure" && pane.ruler && pixel) {
      pane.ruler = { ...pane.ruler, to: pixel };
      pane.draw();
      bench.showSelection();
    } else if (this.isCounting && pixel) bench.ridgeTools.lead(pane, pixel);
    else if (this.isDirecting && pixel) this.direct(pixel, !isFirst);
    else if (this.isDraggingMark && pixel) pane.marks.move(pane.side, pixel, !isFirst);
  }

  /**
   * Turns the image around the middle, as far as the pointer goes around it.
   *
   * @param {Point} from
   * @param {Point} to
   */
  rotate(from, to) {
    const [x, y] = this.pane.middle;
    const [before, after] = [from, to].map((at) => Math.atan2(at[1] - y, at[0] - x));
    this.bench.move(this.pane, (moved) => moved.rotate(after - before));
  }

  /**
   * Points the selected mark at a pixel.
   *
   * @param {Point} pixel
   * @param {boolean} continues
   */
  direct([toX, toY], continues) {
    const { marks, side } = this.pane;
    const place = marks.list[marks.selected ?? -1]?.[side];
    if (!place) return;
    marks.direct(side, (Math.atan2(place[1] - toY, toX - place[0]) * 180) / Math.PI, continues);
    this.bench.showSelection();
  }

  /** @param {MouseEvent} event */
  onDoubleClick(event) {
    const { pane, bench } = this;
    if (bench.tool !== "move") return;
    const [x, y] = pane.middle;
    bench.move(pane, (moved) => moved.pan(x - event.offsetX, y - event.offsetY));
  }

  /** @param {WheelEvent} event */
  onWheel(event) {
    const { canvas } = this.pane;
    if (canvas.ownerDocument.activeElement !== canvas && !event.ctrlKey) return; // the page scrolls
    event.preventDefault();
    this.bench.move(this.pane, (moved) => moved.enlarge(1.0015 ** -event.deltaY, [event.offsetX, event.offsetY]));
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const { pane, bench } = this;
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const direction = ARROWS[event.key];
    if (direction) {
      const step = event.shiftKey ? FINE_STEP : STEP;
      bench.move(pane, (moved) => moved.pan(step * direction[0], step * direction[1]));
    } else if (event.key === "Enter" && bench.tool === "mark") {
      const pixel = pane.pixelAt(pane.middle);
      if (pixel) pane.marks.place(pane.side, pixel, bench.isSingle);
      bench.showSelection();
    } else if (event.key === "Enter" && (bench.tool === "count" || bench.tool === "trace")) {
      const pixel = pane.pixelAt(pane.middle);
      if (pixel) bench.ridgeTools.key(bench.tool, pane, pixel, event.shiftKey);
    } else if (event.key === "Delete" || event.key === "Backspace") {
      bench.remove();
      bench.showSelection();
    } else return;
    event.preventDefault();
  }
}

/** @type {Record<string, Point>} */
const ARROWS = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
