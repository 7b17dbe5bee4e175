// What pointer and keyboard on the image do to the markup.

import { evenDegrees } from "./markup.js";

/** @typedef {import("./markup.js").Corner} Corner */
/** @typedef {import("./viewport.js").Point} Point */

/**
 * @typedef {object} Gesture
 * @property {string} tool
 * @property {Point} start
 * @property {Point} last
 * @property {boolean} hasMoved
 * @property {boolean} continues whether a drag continues the change that the press has made
 */

const DRAG_DISTANCE = 5; // pixels from which on a movement is a drag
const STEP = 8; // pixels on the screen that an arrow key moves the cursor by

export class CanvasInput {
  /**
   * @param {import("./viewport.js").Viewport} view
   * @param {import("./markup.js").Markup} markup
   * @param {() => void} redraw
   */
  constructor(view, markup, redraw) {
    this.view = view;
    this.markup = markup;
    this.redraw = redraw;
    this.tool = "mark"; // or "region", "move" or "measure"
    /** @type {Corner[]} */
    this.corners = []; // of the region that is being drawn
    /** @type {Gesture | null} */
    this.gesture = null;
    const { canvas } = view;
    canvas.addEventListener("pointerdown", (event) => this.onDown(event));
    canvas.addEventListener("pointermove", (event) => this.onMove(event));
    canvas.addEventListener("pointerup", (event) => this.onUp(event));
    canvas.addEventListener("wheel", (event) => this.onWheel(event), { passive: false });
    canvas.addEventListener("keydown", (event) => this.onKey(event));
    canvas.addEventListener("pointerleave", () => this.showPointer(null));
    for (const type of ["focus", "blur"]) canvas.addEventListener(type, redraw);
  }

  /** @param {Point | null} at on the screen */
  showPointer(at) {
    this.view.pointer = at;
    if (this.view.showsLoupe || this.view.clarity) this.redraw();
  }

  /** @param {PointerEvent} event */
  onDown(event) {
    const { view, markup } = this;
    const at = { x: event.offsetX, y: event.offsetY };
    view.canvas.focus();
    view.canvas.setPointerCapture(event.pointerId);
    const tool = event.button === 1 ? "move" : this.tool;
    this.gesture = { tool, start: at, last: at, hasMoved: false, continues: false };
    const { x, y } = wholePoint(view.toImage(at));
    if (tool === "measure") view.ruler = { from: [x, y], to: [x, y] };
    if (tool !== "mark") return;
    view.cursor = wholePoint(view.toImage(at));
    const index = view.nearest(markup.minutiae, at);
    this.gesture.continues = index < 0; // the same drag turns what was just placed or accepted
    this.markAt(at, index);
  }

  /**
   * Selects the minutia at a point of the screen, accepts the suggestion there, or places a minutia.
   *
   * @param {Point} at
   */
  markAt(at, index = this.view.nearest(this.markup.minutiae, at)) {
    const { view, markup } = this;
    const suggestion = view.nearest(markup.shown, at);
    const point = view.toImage(at);
    if (index >= 0) markup.select(index);
    else if (suggestion >= 0) markup.accept(suggestion);
    else if (view.contains(point)) markup.place(point.x, point.y);
  }

  /** @param {PointerEvent} event */
  onMove(event) {
    const { gesture, view, markup } = this;
    const at = { x: event.offsetX, y: event.offsetY };
    this.showPointer(at);
    if (!gesture) return;
    const distance = Math.hypot(at.x - gesture.start.x, at.y - gesture.start.y);
    if (!gesture.hasMoved && distance < DRAG_DISTANCE) return;
    const continues = gesture.hasMoved || gesture.continues;
    gesture.hasMoved = true;
    if (gesture.tool === "move") view.pan(at.x - gesture.last.x, at.y - gesture.last.y);
    if (gesture.tool === "mark" && markup.selected) {
      const point = view.toImage(at);
      if (event.shiftKey) markup.set(wholePoint(point), continues);
      else markup.set({ direction: directionTo(markup.selected, point) }, continues);
    }
    if (gesture.tool === "measure" && view.ruler) {
      const { x, y } = wholePoint(view.toImage(at));
      view.ruler = { ...view.ruler, to: [x, y] };
    }
    if (gesture.tool === "region") this.corners = rectangle(view.toImage(gesture.start), view.toImage(at));
    gesture.last = at;
    this.redraw();
  }

  /** @param {PointerEvent} event */
  onUp(event) {
    const { gesture } = this;
    this.gesture = null;
    if (gesture?.tool !== "region") return;
    if (gesture.hasMoved) this.closeRegion();
    else this.addCorner({ x: event.offsetX, y: event.offsetY });
  }

  /**
   * Adds a corner to the region; the first corner again closes it.
   *
   * @param {Point} at
   */
  addCorner(at) {
    const [first] = this.corners.map(([x, y]) => ({ x, y }));
    if (this.corners.length >= 3 && this.view.nearest([first], at) === 0) {
      this.closeRegion();
      return;
    }
    const { x, y } = wholePoint(this.view.toImage(at));
    this.corners = [...this.corners, [x, y]];
    this.redraw();
  }

  /** Makes a region of the corners that were drawn, if they enclose an area. */
  closeRegion() {
    const { corners } = this;
    this.corners = [];
    if (corners.length >= 3) this.markup.setRegion(corners);
    else this.redraw();
  }

  /** @param {WheelEvent} event */
  onWheel(event) {
    event.preventDefault();
    this.view.enlarge(event.deltaY < 0 ? 1.2 : 1 / 1.2, { x: event.offsetX, y: event.offsetY });
    this.redraw();
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const act = event.ctrlKey || event.metaKey ? CONTROL_KEYS[event.key.toLowerCase()] : KEYS[event.key];
    if (!act || event.altKey) return;
    event.preventDefault();
    act(this, event);
    this.redraw();
  }

  /**
   * Moves the cursor in a direction of the screen, however the image is turned.
   *
   * @param {number} dx
   * @param {number} dy
   * @param {boolean} isFine by one pixel of the image
   */
  moveCursor(dx, dy, isFine) {
    const { view } = this;
    const length = isFine ? view.zoom : Math.max(STEP, view.zoom);
    const at = view.toScreen(view.cursor);
    const point = wholePoint(view.toImage({ x: at.x + dx * length, y: at.y + dy * length }));
    if (view.contains(point)) view.cursor = point;
    view.reveal(view.cursor);
  }

  /**
   * Selects the next or the previous minutia.
   *
   * @param {number} step
   */
  selectNext(step) {
    const { markup, view } = this;
    const count = markup.minutiae.length;
    if (!count) return;
    markup.select((Math.max(markup.selectedIndex, step > 0 ? -1 : 0) + step + count) % count);
    const { x, y } = markup.minutiae[markup.selectedIndex];
    view.cursor = { x, y };
    view.reveal(view.cursor);
  }

  goToSuggestion() {
    const suggestions = this.markup.shown;
    if (!suggestions.length) return;
    const { cursor } = this.view;
    const current = suggestions.findIndex(({ x, y }) => x === cursor.x && y === cursor.y);
    const next = suggestions[(current + 1) % suggestions.length];
    this.view.cursor = { x: next.x, y: next.y };
    this.view.reveal(next);
  }

  markAtCursor() {
    const at = this.view.toScreen(this.view.cursor);
    if (this.tool === "region") this.addCorner(at);
    else this.markAt(at);
  }
}

/** @param {Point} point */
const wholePoint = ({ x, y }) => ({ x: Math.round(x), y: Math.round(y) });

/**
 * @param {Point} from
 * @param {Point} to
 */
const directionTo = (from, to) => evenDegrees((Math.atan2(from.y - to.y, to.x - from.x) * 180) / Math.PI);

/**
 * @param {Point} corner
 * @param {Point} opposite
 * @returns {Corner[]}
 */
function rectangle(corner, opposite) {
  const [a, b] = [wholePoint(corner), wholePoint(opposite)];
  return [
    [a.x, a.y],
    [b.x, a.y],
    [b.x, b.y],
    [a.x, b.y],
  ];
}

/** @typedef {(input: CanvasInput, event: KeyboardEvent) => void} KeyAction */

/** @type {Record<string, KeyAction>} */
const KEYS = {
  "ArrowLeft": (input, event) => input.moveCursor(-1, 0, event.shiftKey),
  "ArrowRight": (input, event) => input.moveCursor(1, 0, event.shiftKey),
  "ArrowUp": (input, event) => input.moveCursor(0, -1, event.shiftKey),
  "ArrowDown": (input, event) => input.moveCursor(0, 1, event.shiftKey),
  "Enter": (input) => input.markAtCursor(),
  " ": (input) => input.markAtCursor(),
  ",": (input) => input.markup.turn(10),
  ".": (input) => input.markup.turn(-10),
  "<": (input) => input.markup.turn(2),
  ">": (input) => input.markup.turn(-2),
  "x": (input) => input.markup.changeType(),
  "b": (input) => input.markup.set(input.view.cursor),
  "Delete": (input) => input.markup.remove(),
  "Backspace": (input) => input.markup.remove(),
  "n": (input) => input.selectNext(1),
  "p": (input) => input.selectNext(-1),
  "s": (input) => input.goToSuggestion(),
  "f": (input) => input.closeRegion(),
  "u": (input) => input.markup.undo(),
  "y": (input) => input.markup.redo(),
  "Escape": (input) => {
    input.corners = [];
  },
};
/** @type {Record<string, KeyAction>} */
const CONTROL_KEYS = {
  z: (input, event) => (event.shiftKey ? input.markup.redo() : input.markup.undo()),
  y: (input) => input.markup.redo(),
};
