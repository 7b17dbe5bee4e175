// Whether an image is a colour photo, and not a print or another grey image.

const COLOURED = 12; // mean distance of a pixel's channels, of 255, from which on it is
const SIDE = 32; // pixels that it is looked at in

/**
 * Whether an image is in colours.
 *
 * @param {CanvasImageSource} image
 */
export function isColoured(image) {
  const context = new OffscreenCanvas(SIDE, SIDE).getContext("2d");
  if (!context) return false;
  context.drawImage(image, 0, 0, SIDE, SIDE);
  const { data } = context.getImageData(0, 0, SIDE, SIDE);
  let spread = 0;
  for (let at = 0; at < data.length; at += 4)
    spread += Math.max(data[at], data[at + 1], data[at + 2]) - Math.min(data[at], data[at + 1], data[at + 2]);
  return spread / (data.length / 4) >= COLOURED;
}
