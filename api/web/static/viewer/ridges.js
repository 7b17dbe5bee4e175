// Counts the ridges under a line in the image of ridges that the software draws, dark on white.
//
// The rule is that of NIST's training tool for the extended features of ANSI/NIST-ITL: along a straight line each ridge counts
// whose middle the line passes, again only after the middle of a valley; ridges that the ends lie on do not count. Where the
// count cannot be determined, the least and the most are stated, as there: those of lines up to a pixel away.

/** @typedef {import("./affine.js").Point} Point */
/** @typedef {{ least: number, most: number }} CountRange */
/** @typedef {{ crossings: Point[], range: CountRange | null }} RidgeCount where a line crosses ridges, in pixels of the image; null where the ridges are not clear */

const STEP = 0.25; // pixels of the ridges along a line
const DARK = 128; // grey below which a pixel is of a ridge
const NARROW = 3; // pixels of a box that smooths ridges
const WIDE = 9; // of one as wide as a ridge and a valley, which leaves the mean
const PASSES = 3; // of a box, after which it is nearly Gaussian
const MIDDLE = 0.08; // of the wave, from -1 to 1, beyond which a line has passed the middle of a ridge or valley
const LEAST_CLEAR = 2; // level of clarity from which on the flow of ridges is certain
const AWAY = 1; // pixels that a line is moved by

export class RidgeImage {
  /**
   * @param {Uint8ClampedArray | Uint8Array} grey of the drawn ridges, row by row
   * @param {number} width
   * @param {number} scale pixels of the image that one of them is wide
   * @param {(pixel: Point) => number} levelAt the level of clarity at a pixel of the image
   */
  constructor(grey, width, scale, levelAt) {
    this.width = width;
    this.height = grey.length / width;
    this.scale = scale;
    this.levelAt = levelAt;
    const drawn = Float32Array.from(grey, (value) => (value < DARK ? 1 : -1));
    const mean = smoothed(drawn, width, WIDE);
    this.wave = smoothed(drawn, width, NARROW).map((value, index) => value - mean[index]); // above 0 on ridges
  }

  /**
   * Counts the ridges between two pixels of the image.
   *
   * @param {Point} from
   * @param {Point} to
   * @returns {RidgeCount}
   */
  count(from, to) {
    const [start, end] = [from, to].map(([x, y]) => /** @type {Point} */ ([x / this.scale, y / this.scale]));
    const places = this.crossings(start, end);
    const isClear = placesBetween(start, end).every((place) => this.isClearAt(place));
    const counts = moved(start, end).map(([first, last]) => this.crossings(first, last).length);
    const range = { least: Math.min(places.length, ...counts), most: Math.max(places.length, ...counts) };
    return { crossings: places.map((place) => this.inImage(place)), range: isClear ? range : null };
  }

  /**
   * Returns the middles of the ridges that count between two places, all in pixels of the ridges.
   *
   * @param {Point} start
   * @param {Point} end
   */
  crossings(start, end) {
    const places = placesBetween(start, end);
    const profile = places.map((place) => this.valueAt(place));
    /** @type {Point[]} */
    const middles = [];
    let isRidge = profile[0] > 0; // an end belongs to what has the nearer middle
    let isEnd = true; // whether the line began on it
    let furthest = 0; // where the wave of the current ridge or valley is highest or lowest
    for (const [index, value] of profile.entries()) {
      if (isRidge ? value > profile[furthest] : value < profile[furthest]) furthest = index;
      if (isRidge ? value >= -MIDDLE : value <= MIDDLE) continue;
      if (isRidge && !isEnd) middles.push(places[furthest]);
      isRidge = !isRidge;
      isEnd = false;
      furthest = index;
    }
    if (isRidge && !isEnd && profile[profile.length - 1] < 0) middles.push(places[furthest]);
    return middles;
  }

  /**
   * Says whether the flow of ridges is certain at a place in pixels of the ridges.
   *
   * @param {Point} place
   */
  isClearAt(place) {
    return this.levelAt(this.inImage(place)) >= LEAST_CLEAR;
  }

  /**
   * Returns the pixel of the image at a place in pixels of the ridges.
   *
   * @param {Point} place
   * @returns {Point}
   */
  inImage([x, y]) {
    return [Math.round(10 * x * this.scale) / 10, Math.round(10 * y * this.scale) / 10];
  }

  /**
   * Returns the wave at a place between the centres of pixels; -1 outside.
   *
   * @param {Point} place
   */
  valueAt([x, y]) {
    const [left, top] = [Math.floor(x - 0.5), Math.floor(y - 0.5)];
    const [right, down] = [x - 0.5 - left, y - 0.5 - top];
    /** @type {(column: number, row: number) => number} */
    const at = (column, row) => (this.has(column, row) ? this.wave[row * this.width + column] : -1);
    const above = (1 - right) * at(left, top) + right * at(left + 1, top);
    return (1 - down) * above + down * ((1 - right) * at(left, top + 1) + right * at(left + 1, top + 1));
  }

  /**
   * @param {number} column
   * @param {number} row
   */
  has(column, row) {
    return column >= 0 && row >= 0 && column < this.width && row < this.height;
  }
}

/**
 * @param {Point} start
 * @param {Point} end
 */
function placesBetween([x, y], [endX, endY]) {
  const steps = Math.max(1, Math.ceil(Math.hypot(endX - x, endY - y) / STEP));
  return Array.from({ length: steps + 1 }, (_, step) => {
    const share = step / steps;
    return /** @type {Point} */ ([x + share * (endX - x), y + share * (endY - y)]);
  });
}

/**
 * Returns a line moved to both sides, and with each end moved along it.
 *
 * @param {Point} start
 * @param {Point} end
 * @returns {[Point, Point][]}
 */
function moved([x, y], [endX, endY]) {
  const length = Math.hypot(endX - x, endY - y) || 1;
  const [along, down] = [(AWAY * (endX - x)) / length, (AWAY * (endY - y)) / length];
  return [1, -1].flatMap((way) => {
    const [right, below] = [way * along, way * down];
    return /** @type {[Point, Point][]} */ ([
      [
        [x - below, y + right],
        [endX - below, endY + right],
      ],
      [
        [x + right, y + below],
        [endX, endY],
      ],
      [
        [x, y],
        [endX + right, endY + below],
      ],
    ]);
  });
}

/**
 * Returns values smoothed by a box, beyond whose rim there are valleys.
 *
 * @param {Float32Array} values row by row
 * @param {number} width
 * @param {number} size of the box: odd
 */
function smoothed(values, width, size) {
  const half = (size - 1) / 2;
  let before = values;
  for (let pass = 0; pass < 2 * PASSES; pass += 1) {
    const stride = pass % 2 ? width : 1;
    const after = new Float32Array(values.length);
    for (let first = 0; first < stride; first += 1) {
      let sum = -size; // of the box before the first value
      for (let index = first; index < values.length + half * stride; index += stride) {
        sum += (before[index] ?? -1) - (before[index - size * stride] ?? -1);
        if (index >= half * stride) after[index - half * stride] = sum / size;
      }
    }
    before = after;
  }
  return before;
}
