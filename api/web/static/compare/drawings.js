// What an examiner draws on the images: lines that ridges are counted along, and ridges that are followed; with undo.
// All lie on an image by its name, in its pixels.

import { UndoableList } from "./undoable_list.js";

/** @typedef {import("../viewer/affine.js").Point} Point */
/** @typedef {Api.Drawing} Drawing */

/** @extends {UndoableList<Drawing>} */
export class Drawings extends UndoableList {
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
