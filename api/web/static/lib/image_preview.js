// A file in an <img>, with a fallback element if there is none or the browser cannot show it.

/** @type {WeakMap<HTMLImageElement, { blob: Blob | undefined, url: string }>} */
const shown = new WeakMap();

/**
 * Shows a file in an image, or the fallback, where there is one.
 *
 * @param {HTMLImageElement} image
 * @param {HTMLElement | null} fallback
 * @param {Blob | null | undefined} file
 */
export function showPreview(image, fallback, file) {
  const blob = file ?? undefined;
  const before = shown.get(image);
  if (before?.blob === blob) return;
  if (before?.url) URL.revokeObjectURL(before.url);
  const url = blob ? URL.createObjectURL(blob) : "";
  shown.set(image, { blob, url });
  image.hidden = true;
  if (fallback) fallback.hidden = false;
  if (!blob) {
    image.removeAttribute("src");
    return;
  }
  image.onload = () => {
    image.hidden = false;
    if (fallback) fallback.hidden = true;
  };
  image.src = url;
}
