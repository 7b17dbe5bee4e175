// The part of a photo that shows something: a box, drawn on the photo or written in pixels.

import { query } from "./dom.js";
import { showPreview } from "./image_preview.js";
import { _ } from "./messages.js";

const LEAST_SIDE = 8; // pixels on the page: less is a click

/**
 * Connects the photo and the field of a box, of the template crop_box.html.
 *
 * @param {HTMLElement} part
 * @param {Blob} file
 * @param {string} name
 * @param {number[] | undefined} box
 * @param {(box: number[] | undefined) => void} onChange
 */
export function connectCropBox(part, file, name, box, onChange) {
  const field = query(part, "[data-box]", HTMLInputElement);
  const image = query(part, ".cropping img", HTMLImageElement);
  const crop = query(part, ".crop");
  field.value = box?.join(", ") ?? "";
  image.alt = _("Photo {file}", { file: name });
  showPreview(image, query(part, ".cropping .none"), file);
  const show = () => placeBox(crop, image, boxOf(field.value));
  const store = () => onChange(boxOf(field.value));
  field.addEventListener("input", show);
  field.addEventListener("change", store);
  image.addEventListener("load", show);
  onDrawn(image, (drawn) => {
    field.value = drawn.join(", ");
    show();
    return store;
  });
}

/** @param {string} text */
function boxOf(text) {
  const box = text.split(",").map((edge) => Number.parseInt(edge, 10));
  return box.length === 4 && box.every(Number.isFinite) ? box : undefined;
}

/**
 * @param {HTMLElement} crop
 * @param {HTMLImageElement} image
 * @param {number[]} [box]
 */
function placeBox(crop, image, box) {
  crop.hidden = !box || !image.naturalWidth;
  if (!box || crop.hidden) return;
  const [left, top, right, bottom] = box;
  const percent = (/** @type {number} */ pixels, /** @type {number} */ of) => `${(100 * pixels) / of}%`;
  crop.style.left = percent(left, image.naturalWidth);
  crop.style.top = percent(top, image.naturalHeight);
  crop.style.width = percent(right - left, image.naturalWidth);
  crop.style.height = percent(bottom - top, image.naturalHeight);
}

/**
 * Calls back with the box that the pointer draws on an image, in pixels of the image; what that returns is called at the end.
 *
 * @param {HTMLImageElement} image
 * @param {(box: number[]) => () => void} onBox
 */
function onDrawn(image, onBox) {
  /** @param {PointerEvent} event */
  const placeOf = (event) => {
    const { left, top, width, height } = image.getBoundingClientRect();
    const within = (/** @type {number} */ share) => Math.min(Math.max(share, 0), 1);
    return [
      Math.round(within((event.clientX - left) / width) * image.naturalWidth),
      Math.round(within((event.clientY - top) / height) * image.naturalHeight),
    ];
  };
  image.addEventListener("pointerdown", (down) => {
    const [x, y] = placeOf(down);
    /** @type {() => void} */
    let finish = () => {};
    image.setPointerCapture(down.pointerId);
    const move = (/** @type {PointerEvent} */ event) => {
      if (Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) < LEAST_SIDE) return;
      const [toX, toY] = placeOf(event);
      finish = onBox([Math.min(x, toX), Math.min(y, toY), Math.max(x, toX), Math.max(y, toY)]);
    };
    image.addEventListener("pointermove", move);
    const end = () => {
      image.removeEventListener("pointermove", move);
      finish();
    };
    image.addEventListener("lostpointercapture", end, { once: true });
  });
}
