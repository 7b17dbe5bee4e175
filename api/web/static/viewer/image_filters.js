// Filters of how an image is displayed: gamma and sharpness. The image itself stays as it is.

const BLUR = 1.5; // pixels

/** @typedef {{ gamma: number, sharpness: number }} Filters percent; 100 and 0 change nothing */

/** @type {WeakMap<ImageBitmap, { name: string, canvas: OffscreenCanvas }>} */
const last = new WeakMap(); // of each image

/**
 * Returns an image with filters.
 *
 * @param {ImageBitmap} image
 * @param {Filters} filters
 * @returns {ImageBitmap | OffscreenCanvas}
 */
export function filtered(image, { gamma, sharpness }) {
  if (gamma === 100 && !sharpness) return image;
  const name = `${gamma} ${sharpness}`;
  const known = last.get(image);
  if (known?.name === name) return known.canvas;
  const canvas = drawn(image, "none");
  const context = canvas.getContext("2d");
  if (!context) return image;
  const { width, height } = image;
  const pixels = context.getImageData(0, 0, width, height);
  const blurred = drawn(image, `blur(${BLUR}px)`).getContext("2d")?.getImageData(0, 0, width, height).data;
  const power = Array.from({ length: 256 }, (_value, level) => 255 * (level / 255) ** (100 / gamma));
  const { data } = pixels;
  for (let index = 0; index < data.length; index += 1) {
    if (index % 4 === 3) continue; // opacity
    const sharp = data[index] + (sharpness / 100) * (data[index] - (blurred?.[index] ?? data[index]));
    data[index] = power[Math.min(255, Math.max(0, Math.round(sharp)))];
  }
  context.putImageData(pixels, 0, 0);
  last.set(image, { name, canvas });
  return canvas;
}

/**
 * @param {ImageBitmap} image
 * @param {string} filter
 */
function drawn(image, filter) {
  const canvas = new OffscreenCanvas(image.width, image.height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (context) context.filter = filter;
  context?.drawImage(image, 0, 0);
  return canvas;
}
