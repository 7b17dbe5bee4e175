// Follows a ridge on the image of ridges that the software draws, until it ends, forks or becomes unclear.

import { aroundOf, thinned } from "./thinning.js";

/** @typedef {import("./affine.js").Point} Point */
/** @typedef {import("./ridges.js").RidgeImage} RidgeImage */
/** @typedef {"ending" | "bifurcation" | "unclear"} TraceEnd why the way along a ridge ends */
/** @typedef {{ path: Point[], end: TraceEnd }} Way along a ridge, in pixels of the image */

const REACH = 6; // pixels from a place to the ridge that is meant
const SPUR = 7; // pixels: a shorter branch is none
const POINT_STEP = 3; // pixels from one point of a path to the next
const NEAR = 6; // pixels from an end within which the ridges become unclear: it is none of the ridge

export class RidgeTracer {
  /** @param {RidgeImage} ridges */
  constructor(ridges) {
    this.ridges = ridges;
    this.lines = thinned(
      Uint8Array.from(ridges.wave, (value) => Number(value > 0)),
      ridges.width,
    );
    this.around = aroundOf(ridges.width);
  }

  /**
   * Follows the ridge at a pixel of the image both ways; null if there is no clear one.
   *
   * @param {Point} from
   * @returns {[Way, Way] | null}
   */
  follow(from) {
    const start = this.nearest(from);
    if (start === null || !this.isClear(start)) return null;
    const [first, second] = this.branches(start, new Set([start]));
    return [this.walk(start, first), this.walk(start, second)];
  }

  /**
   * Follows the ridge at a pixel of the image the way that leads on from another pixel; null if there is no clear one.
   *
   * @param {Point} from
   * @param {Point} before
   * @returns {Way | null}
   */
  goOn(from, before) {
    const ways = this.follow(from);
    if (!ways) return null;
    /** @type {(way: Way) => number} */
    const ahead = ({ path }) => {
      const [x, y] = path[Math.min(3, path.length - 1)];
      return (x - from[0]) * (from[0] - before[0]) + (y - from[1]) * (from[1] - before[1]);
    };
    return ahead(ways[0]) > ahead(ways[1]) ? ways[0] : ways[1];
  }

  /**
   * Returns the pixel of a line nearest to a pixel of the image, null if none is near.
   *
   * @param {Point} from
   */
  nearest([x, y]) {
    const { scale, width } = this.ridges;
    const [column, row] = [Math.floor(x / scale), Math.floor(y / scale)];
    let [best, shortest] = [/** @type {number | null} */ (null), REACH + 1];
    for (let down = -REACH; down <= REACH; down += 1) {
      for (let right = -REACH; right <= REACH; right += 1) {
        const pixel = (row + down) * width + column + right;
        const distance = Math.hypot(down, right);
        if (!this.ridges.has(column + right, row + down) || !this.lines[pixel] || distance >= shortest) continue;
        [best, shortest] = [pixel, distance];
      }
    }
    return best;
  }

  /**
   * Follows a line from a pixel by the next one.
   *
   * @param {number} start
   * @param {number | undefined} next
   * @returns {Way}
   */
  walk(start, next) {
    const pixels = [start];
    const visited = new Set([start, ...this.branches(start, new Set())]);
    /** @type {TraceEnd} */
    let end = "ending";
    for (let pixel = next; pixel !== undefined;) {
      if (!this.isClear(pixel)) {
        end = "unclear";
        break;
      }
      pixels.push(pixel);
      visited.add(pixel);
      const ahead = this.branches(pixel, visited);
      const long = ahead.length > 1 ? ahead.filter((branch) => this.isLong(branch, visited)) : ahead;
      if (long.length > 1) {
        end = "bifurcation";
        break;
      }
      for (const branch of ahead) visited.add(branch);
      pixel = long[0];
    }
    const last = pixels[pixels.length - 1];
    if (end === "ending" && !this.isClearAround(last)) end = "unclear";
    const kept = pixels.filter((_, index) => index % POINT_STEP === 0 || index === pixels.length - 1);
    return { path: kept.map((pixel) => this.ridges.inImage(this.centre(pixel))), end };
  }

  /**
   * Says whether a branch is longer than a spur.
   *
   * @param {number} branch
   * @param {Set<number>} visited
   */
  isLong(branch, visited) {
    const seen = new Set(visited).add(branch);
    let pixel = branch;
    for (let length = 1; length < SPUR; length += 1) {
      const ahead = this.branches(pixel, seen);
      if (!ahead.length) return false;
      for (const each of ahead) seen.add(each);
      [pixel] = ahead;
    }
    return true;
  }

  /**
   * Returns the pixels by which a line goes on: of neighbours side by side the straight one.
   *
   * @param {number} pixel
   * @param {Set<number>} visited
   */
  branches(pixel, visited) {
    const there = this.around.map((away) => this.lines[pixel + away] === 1);
    return this.around
      .map((away, place) => {
        const isBeside = place % 2 === 1 && (there[place - 1] || there[(place + 1) % 8]);
        return there[place] && !isBeside ? pixel + away : -1;
      })
      .filter((next) => next >= 0 && !visited.has(next));
  }

  /** @param {number} pixel */
  isClear(pixel) {
    return this.ridges.isClearAt(this.centre(pixel));
  }

  /** @param {number} pixel */
  isClearAround(pixel) {
    const [x, y] = this.centre(pixel);
    const places = /** @type {Point[]} */ ([
      [x - NEAR, y],
      [x + NEAR, y],
      [x, y - NEAR],
      [x, y + NEAR],
    ]);
    return places.every((place) => this.ridges.isClearAt(place));
  }

  /**
   * @param {number} pixel
   * @returns {Point}
   */
  centre(pixel) {
    const { width } = this.ridges;
    return [(pixel % width) + 0.5, Math.floor(pixel / width) + 0.5];
  }
}
