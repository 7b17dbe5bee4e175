// What an examiner draws on the images: lines that ridges are counted along, and ridges that are followed; with undo.
// All lie on an image by its name, in its pixels.

/** @typedef {import("../viewer/affine.js").Point} Point */
/** @typedef {Api.DrawingOut} Drawing */

export class Drawings {
  /** @type {Drawing[]} */
  list = [];
  /** @type {number | null} */
  selected = null; // an index
  isReadOnly = false;
  /** @type {Drawing[][]} */
  past = [];

  /** @param {() => void} onChange called after each change */
  constructor(onChange) {
    this.onChange = onChange;
  }

  /**
   * Shows drawings in place of those before; nothing before can be undone.
   *
   * @param {Drawing[]} list
   */
  start(list, isReadOnly = false) {
    this.list = list;
    this.selected = null;
    this.past = [];
    this.isReadOnly = isReadOnly;
    this.onChange();
  }

  /** The selected drawing, null if none is. */
  get current() {
    return this.list[this.selected ?? -1] ?? null;
  }

  /**
   * Adds a drawing, and selects it.
   *
   * @param {Drawing} drawing
   */
  add(drawing) {
    this.change([...this.list, drawing], this.list.length);
  }

  /**
   * Puts a drawing in the place of the selected one.
   *
   * @param {Drawing} drawing
   * @param {boolean} continues whether it is part of the change before, as in a drag
   */
  replace(drawing, continues = false) {
    if (this.isReadOnly || this.selected === null) return;
    const list = this.list.with(this.selected, drawing);
    if (continues) {
      this.list = list;
      this.onChange();
    } else this.change(list, this.selected);
  }

  /** Removes the selected drawing. */
  remove() {
    if (this.selected !== null) this.change(this.list.toSpliced(this.selected, 1), null);
  }

  undo() {
    const list = this.past.pop();
    if (!list || this.isReadOnly) return;
    this.list = list;
    if (this.selected !== null && this.selected >= list.length) this.selected = null;
    this.onChange();
  }

  /** @param {number | null} index */
  select(index) {
    this.selected = index;
    this.onChange();
  }

  /**
   * Selects the next or the previous drawing of a kind.
   *
   * @param {Drawing["kind"]} kind
   * @param {number} step
   */
  selectNext(kind, step) {
    const indices = [...this.list.keys()].filter((index) => this.list[index].kind === kind);
    if (!indices.length) return;
    const at = indices.indexOf(this.selected ?? -1);
    const next = at < 0 ? (step > 0 ? 0 : indices.length - 1) : (at + step + indices.length) % indices.length;
    this.select(indices[next]);
  }

  /**
   * @param {Drawing[]} list
   * @param {number | null} selected
   */
  change(list, selected) {
    if (this.isReadOnly) return;
    this.past.push(this.list);
    this.list = list;
    this.selected = selected;
    this.onChange();
  }
}

/**
 * Returns how far a place is from the nearest part of a path.
 *
 * @param {Point[]} path
 * @param {Point} place
 */
export function distanceTo(path, [x, y]) {
  let shortest = Infinity;
  for (const [index, [toX, toY]] of path.entries()) {
    const [fromX, fromY] = path[Math.max(0, index - 1)];
    const [right, down] = [toX - fromX, toY - fromY];
    const length = right ** 2 + down ** 2 || 1;
    const share = Math.min(1, Math.max(0, ((x - fromX) * right + (y - fromY) * down) / length));
    shortest = Math.min(shortest, Math.hypot(fromX + share * right - x, fromY + share * down - y));
  }
  return shortest;
}
