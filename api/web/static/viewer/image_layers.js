// What the software sees in the image of a print, to be laid over it: its clarity, the suggested region, the ridges drawn.

import { newKey, request } from "../lib/api.js";
import { apiPath } from "../lib/paths.js";

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
