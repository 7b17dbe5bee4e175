// The question before an identification shows the two images that it rests on, with what is marked in them.

import { create } from "../lib/dom.js";
import { scaling } from "../viewer/affine.js";
import { drawMarks } from "./annotations.js";
import { countsText } from "./texts.js";

const SIDE = 320; // pixels of the longer side of an image

/**
 * Returns what the question about an opinion shows besides its text: nothing, unless it identifies by the images shown.
 *
 * @param {HTMLFormElement} form
 * @param {import("./compare.js").Comparison} comparison
 */
export function evidenceOf(form, { panes, marks, isSingle }) {
  const values = new FormData(form);
  const isShown = panes.every(({ side, choice }) => values.get(`${side}_image`) === choice.value);
  if (values.get("conclusion") !== "identification" || isSingle || !isShown) return [];
  const pictures = create("div", "", "evidence");
  pictures.append(...panes.map((pane) => pictureOf(pane)));
  return [pictures, create("p", countsText(marks.counts, isSingle))];
}

/** @param {import("./pane.js").Pane} pane */
function pictureOf({ bitmap, content, settings, marks, side, choice }) {
  const figure = create("figure");
  const canvas = create("canvas");
  const { width, height } = content ?? { width: 1, height: 1 };
  const scale = SIDE / Math.max(width, height);
  Object.assign(canvas, { width: Math.round(width * scale), height: Math.round(height * scale) });
  const context = canvas.getContext("2d");
  if (context) {
    context.fillStyle = "#fff";
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.filter = settings.filter;
    if (bitmap) context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    context.filter = "none";
    drawMarks(context, marks.list, side, null, scaling(scale));
  }
  const label = choice.selectedOptions[0]?.textContent?.trim() ?? "";
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", label);
  figure.append(canvas, create("figcaption", label));
  return figure;
}
