// The hand at the desk: what pointer and keys on the picture do to what is marked.

import { evenDegrees } from "./markup.js";

const DRAGGED = 5; // pixels from which on a movement is meant
const STEP = 8; // pixels on the screen that an arrow moves the cursor by

export class Hand {
  constructor(view, marks, redraw) {
    Object.assign(this, { view, marks, redraw, tool: "mark", corners: [], gesture: null });
    const { canvas } = view;
    canvas.addEventListener("pointerdown", (event) => this.down(event));
    canvas.addEventListener("pointermove", (event) => this.move(event));
    canvas.addEventListener("pointerup", (event) => this.up(event));
    canvas.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    canvas.addEventListener("keydown", (event) => this.key(event));
    for (const kind of ["focus", "blur"]) canvas.addEventListener(kind, redraw);
  }

  down(event) {
    const { view, marks } = this;
    const at = { x: event.offsetX, y: event.offsetY };
    view.canvas.focus();
    view.canvas.setPointerCapture(event.pointerId);
    const tool = event.button === 1 ? "pan" : this.tool;
    this.gesture = { tool, at, last: at, moved: false, turns: false };
    if (tool !== "mark") return;
    view.cursor = rounded(view.toImage(at));
    const place = view.nearest(marks.minutiae, at);
    this.gesture.turns = place < 0; // what was just placed or taken is turned by the same drag
    this.act(at, place);
  }

  /** Chooses the mark at a point of the screen, takes the suggestion there, or places a mark. */
  act(at, place = this.view.nearest(this.marks.minutiae, at)) {
    const { view, marks } = this;
    const ghost = view.nearest(marks.state.ghosts, at);
    if (place >= 0) marks.select(place);
    else if (ghost >= 0) marks.take(ghost);
    else if (view.isOn(view.toImage(at))) marks.place(view.toImage(at).x, view.toImage(at).y);
  }

  move(event) {
    const { gesture, view, marks } = this;
    if (!gesture) return;
    const at = { x: event.offsetX, y: event.offsetY };
    if (!gesture.moved && Math.hypot(at.x - gesture.at.x, at.y - gesture.at.y) < DRAGGED) return;
    const isFirst = !gesture.moved;
    gesture.moved = true;
    if (gesture.tool === "pan") view.pan(at.x - gesture.last.x, at.y - gesture.last.y);
    if (gesture.tool === "mark" && marks.chosen) {
      const to = view.toImage(at);
      if (event.shiftKey) marks.set(rounded(to), !isFirst || gesture.turns);
      else marks.set({ direction: towards(marks.chosen, to) }, !isFirst || gesture.turns);
    }
    if (gesture.tool === "region") this.corners = box(view.toImage(gesture.at), view.toImage(at));
    gesture.last = at;
    this.redraw();
  }

  up(event) {
    const { gesture } = this;
    this.gesture = null;
    if (gesture?.tool !== "region") return;
    if (gesture.moved) return this.close();
    this.corner({ x: event.offsetX, y: event.offsetY });
  }

  /** Adds a corner to the region; the first corner again closes it. */
  corner(at) {
    const places = this.corners.map(([x, y]) => ({ x, y }));
    if (places.length >= 3 && this.view.nearest(places.slice(0, 1), at) === 0) return this.close();
    const { x, y } = rounded(this.view.toImage(at));
    this.corners = [...this.corners, [x, y]];
    this.redraw();
  }

  /** Makes a region of the corners that were drawn, where they enclose something. */
  close() {
    const corners = this.corners;
    this.corners = [];
    if (corners.length >= 3) this.marks.setRegion(corners);
    else this.redraw();
  }

  wheel(event) {
    event.preventDefault();
    this.view.enlarge(event.deltaY < 0 ? 1.2 : 1 / 1.2, { x: event.offsetX, y: event.offsetY });
    this.redraw();
  }

  key(event) {
    const act = event.ctrlKey || event.metaKey ? CHORDS[event.key.toLowerCase()] : KEYS[event.key];
    if (!act || event.altKey) return;
    event.preventDefault();
    act(this, event);
    this.redraw();
  }

  /** Moves the cursor as it looks on the screen, whichever way the picture is turned. */
  step(dx, dy, isFine) {
    const { view } = this;
    const length = isFine ? view.zoom : Math.max(STEP, view.zoom);
    const at = view.toScreen(view.cursor);
    const to = rounded(view.toImage({ x: at.x + dx * length, y: at.y + dy * length }));
    if (view.isOn(to)) view.cursor = to;
    view.reveal(view.cursor);
  }

  /** Goes to another mark, or to the next suggestion. */
  go(by) {
    const { marks, view } = this;
    const count = marks.minutiae.length;
    if (!count) return;
    marks.select((Math.max(marks.selected, by > 0 ? -1 : 0) + by + count) % count);
    view.cursor = { x: marks.chosen.x, y: marks.chosen.y };
    view.reveal(view.cursor);
  }

  goToGhost() {
    const { ghosts } = this.marks.state;
    if (!ghosts.length) return;
    const { x, y } = this.view.cursor;
    const here = ghosts.findIndex((one) => one.x === x && one.y === y);
    const next = ghosts[(here + 1) % ghosts.length];
    this.view.cursor = { x: next.x, y: next.y };
    this.view.reveal(next);
  }

  enter() {
    const at = this.view.toScreen(this.view.cursor);
    if (this.tool === "region") this.corner(at);
    else this.act(at);
  }
}

const rounded = ({ x, y }) => ({ x: Math.round(x), y: Math.round(y) });
const towards = (from, to) => evenDegrees((Math.atan2(from.y - to.y, to.x - from.x) * 180) / Math.PI);
const box = (one, other) =>
  [
    [one.x, one.y],
    [other.x, one.y],
    [other.x, other.y],
    [one.x, other.y],
  ].map(([x, y]) => [Math.round(x), Math.round(y)]);

const KEYS = {
  "ArrowLeft": (hand, event) => hand.step(-1, 0, event.shiftKey),
  "ArrowRight": (hand, event) => hand.step(1, 0, event.shiftKey),
  "ArrowUp": (hand, event) => hand.step(0, -1, event.shiftKey),
  "ArrowDown": (hand, event) => hand.step(0, 1, event.shiftKey),
  "Enter": (hand) => hand.enter(),
  " ": (hand) => hand.enter(),
  "[": (hand) => hand.marks.turn(10),
  "]": (hand) => hand.marks.turn(-10),
  "{": (hand) => hand.marks.turn(2),
  "}": (hand) => hand.marks.turn(-2),
  "t": (hand) => hand.marks.nextType(),
  "m": (hand) => hand.marks.set(hand.view.cursor),
  "Delete": (hand) => hand.marks.remove(),
  "Backspace": (hand) => hand.marks.remove(),
  "n": (hand) => hand.go(1),
  "p": (hand) => hand.go(-1),
  "g": (hand) => hand.goToGhost(),
  "c": (hand) => hand.close(),
  "Escape": (hand) => (hand.corners = []),
  "+": (hand) => hand.view.enlarge(1.25),
  "-": (hand) => hand.view.enlarge(0.8),
  "0": (hand) => hand.view.fit(),
  "i": () => document.getElementById("invert").click(),
};
const CHORDS = {
  z: (hand, event) => (event.shiftKey ? hand.marks.redo() : hand.marks.undo()),
  y: (hand) => hand.marks.redo(),
};
