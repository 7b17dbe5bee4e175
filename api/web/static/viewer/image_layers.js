// What the software sees in the image of a print, to be laid over it: its clarity, the suggested region, the ridges drawn.

import { newKey, request } from "../lib/api.js";
import { apiPath } from "../lib/paths.js";
import { RidgeImage } from "./ridges.js";

/**
 * Requests the layers of an image; the service stores nothing.
 *
 * @param {Blob} file
 * @param {number} ppi
 * @returns {Promise<Api.LayersOut>}
 */
export async function requestLayers(file, ppi) {
  const form = new FormData();
  form.append("image", file, "image");
  form.append("ppi", String(ppi));
  return (await request("POST", apiPath("/latents/layers"), { form, key: newKey() })).body;
}

/** @param {string} base64 */
export const decode = (base64) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));

/**
 * Returns the ridges as the software draws them, in place of the image.
 *
 * @param {Api.LayersOut} layers
 */
export const ridgesOf = ({ ridges }) => createImageBitmap(new Blob([decode(ridges)], { type: "image/png" }));

/**
 * Returns the drawn ridges as what ridges are counted and followed in; null if the browser cannot read them.
 *
 * @param {ImageBitmap} ridges
 * @param {number} width of the image in its pixels
 * @param {(pixel: import("./affine.js").Point) => number} levelAt the level of clarity at a pixel of the image
 */
export function ridgeImageOf(ridges, width, levelAt) {
  const context = new OffscreenCanvas(ridges.width, ridges.height).getContext("2d");
  if (!context) return null;
  context.drawImage(ridges, 0, 0);
  const { data } = context.getImageData(0, 0, ridges.width, ridges.height);
  const grey = Uint8Array.from({ length: data.length / 4 }, (_, index) => data[4 * index]);
  return new RidgeImage(grey, ridges.width, width / ridges.width, levelAt);
}
