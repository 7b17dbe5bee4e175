// Thins ridges to lines of one pixel: Zhang, Suen, "A Fast Parallel Algorithm for Thinning Digital Patterns", CACM 27(3), 1984.

const MOST_ROUNDS = 10; // each takes a pixel off both sides; what is wider is no ridge

/**
 * Returns the lines in the middle of what is set: 1 on a line, 0 elsewhere and on the rim.
 *
 * @param {Uint8Array} pixels 0 or 1, row by row
 * @param {number} width
 */
export function thinned(pixels, width) {
  const lines = pixels.slice();
  const height = pixels.length / width;
  for (let x = 0; x < width; x += 1) lines[x] = lines[(height - 1) * width + x] = 0;
  for (let y = 0; y < height; y += 1) lines[y * width] = lines[y * width + width - 1] = 0;
  const around = aroundOf(width);
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const removed = [0, 1].map((half) => {
      const pixelsOff = removable(lines, around, half);
      for (const pixel of pixelsOff) lines[pixel] = 0;
      return pixelsOff.length;
    });
    if (!removed[0] && !removed[1]) break;
  }
  return lines;
}

/**
 * Returns the index offsets of the eight neighbours of a pixel, clockwise from the one above it.
 *
 * @param {number} width
 */
export const aroundOf = (width) => [-width, 1 - width, 1, width + 1, width, width - 1, -1, -1 - width];

/**
 * @param {Uint8Array} lines
 * @param {number[]} around
 * @param {number} half of a round: 0 takes from the lower right, 1 from the upper left
 */
function removable(lines, around, half) {
  /** @type {number[]} */
  const found = [];
  for (let pixel = 0; pixel < lines.length; pixel += 1) {
    if (!lines[pixel]) continue;
    let [count, rises] = [0, 0];
    for (let place = 0; place < 8; place += 1) {
      const value = lines[pixel + around[place]];
      count += value;
      if (!value && lines[pixel + around[(place + 1) % 8]]) rises += 1;
    }
    if (count < 2 || count > 6 || rises !== 1) continue;
    const [up, right, down, left] = [0, 2, 4, 6].map((place) => lines[pixel + around[place]]);
    const keeps = half
      ? (up && right && left) || (up && down && left)
      : (up && right && down) || (right && down && left);
    if (!keeps) found.push(pixel);
  }
  return found;
}
