// Affine transformations as [a, b, c, d, e, f], which is what a canvas takes: (x, y) becomes (ax + cy + e, bx + dy + f).

/** @typedef {[a: number, b: number, c: number, d: number, e: number, f: number]} Affine */
/** @typedef {[x: number, y: number]} Point */

/** @type {Affine} */
export const IDENTITY = [1, 0, 0, 1, 0, 0];

/**
 * Returns the transformation that applies the last one first, as a product of matrices does.
 *
 * @param {...Affine} transformations
 */
export const product = (...transformations) => transformations.reduce(multiply);

/**
 * @param {Affine} left
 * @param {Affine} right
 * @returns {Affine}
 */
const multiply = (left, right) => [
  left[0] * right[0] + left[2] * right[1],
  left[1] * right[0] + left[3] * right[1],
  left[0] * right[2] + left[2] * right[3],
  left[1] * right[2] + left[3] * right[3],
  left[0] * right[4] + left[2] * right[5] + left[4],
  left[1] * right[4] + left[3] * right[5] + left[5],
];

/**
 * @param {number} x
 * @param {number} y
 * @returns {Affine}
 */
export const translation = (x, y) => [1, 0, 0, 1, x, y];

/**
 * @param {number} factor
 * @returns {Affine}
 */
export const scaling = (factor) => [factor, 0, 0, factor, 0, 0];

/**
 * Returns a rotation by radians, clockwise on the screen.
 *
 * @param {number} angle
 * @returns {Affine}
 */
export const rotation = (angle) => [Math.cos(angle), Math.sin(angle), -Math.sin(angle), Math.cos(angle), 0, 0];

/**
 * Returns the transformed point.
 *
 * @param {Affine} transformation
 * @param {number} x
 * @param {number} y
 * @returns {Point}
 */
export const apply = ([a, b, c, d, e, f], x, y) => [a * x + c * y + e, b * x + d * y + f];

/**
 * @param {Affine} transformation
 * @returns {Affine}
 */
export function inverse([a, b, c, d, e, f]) {
  const determinant = a * d - b * c;
  return [
    d / determinant,
    -b / determinant,
    -c / determinant,
    a / determinant,
    (c * f - d * e) / determinant,
    (b * e - a * f) / determinant,
  ];
}

/**
 * Returns the rotation of a transformation in radians, clockwise on the screen.
 *
 * @param {Affine} transformation
 */
export const angleOf = ([a, b]) => Math.atan2(b, a);

/**
 * Returns the factor by which a transformation enlarges.
 *
 * @param {Affine} transformation
 */
export const scaleOf = ([a, b]) => Math.hypot(a, b);
