// Motions of the plane as [a, b, c, d, e, f], which is what a canvas takes: (x, y) comes to (ax + cy + e, bx + dy + f).

export const STILL = [1, 0, 0, 1, 0, 0];

/** Returns what comes of moving by `first`, then by `then`. */
export const after = (then, first) => [
  then[0] * first[0] + then[2] * first[1],
  then[1] * first[0] + then[3] * first[1],
  then[0] * first[2] + then[2] * first[3],
  then[1] * first[2] + then[3] * first[3],
  then[0] * first[4] + then[2] * first[5] + then[4],
  then[1] * first[4] + then[3] * first[5] + then[5],
];

export const shifted = (x, y) => [1, 0, 0, 1, x, y];
export const scaled = (by) => [by, 0, 0, by, 0, 0];
export const turned = (by) => [Math.cos(by), Math.sin(by), -Math.sin(by), Math.cos(by), 0, 0];

/** Returns where a point comes. */
export const moved = ([a, b, c, d, e, f], x, y) => [a * x + c * y + e, b * x + d * y + f];

/** Returns the motion that leads back. */
export function back([a, b, c, d, e, f]) {
  const size = a * d - b * c;
  return [d / size, -b / size, -c / size, a / size, (c * f - d * e) / size, (b * e - a * f) / size];
}

/** Returns by how much a motion turns, in radians, clockwise as seen. */
export const turnOf = (motion) => Math.atan2(motion[1], motion[0]);

/** Returns how much larger a motion makes things. */
export const scaleOf = (motion) => Math.hypot(motion[0], motion[1]);
