// All samples of a draft before they are sent: each picture with its quality, and the way to take it again.

import { byId, create, query } from "../lib/dom.js";
import { showPreview } from "../lib/image_preview.js";
import { _ } from "../lib/messages.js";
import { isPoor, showQuality } from "./labels.js";
import { samplesOf } from "./review.js";

const list = byId("overview");
/** @type {Map<string, HTMLElement>} */
const tiles = new Map(); // by the id of the element that shows the sample in its step

/**
 * Shows the samples of a draft, after each change again.
 *
 * @param {import("./draft.js").Draft} draft
 * @param {(element: HTMLElement) => void} reveal
 */
export function showOverview(draft, reveal) {
  const show = () => {
    const samples = samplesOf(draft.state);
    for (const [id, tile] of tiles) {
      if (samples.some(({ elementId }) => elementId === id)) continue;
      tile.remove();
      tiles.delete(id);
    }
    for (const { elementId, name, sample } of samples) {
      const tile = tiles.get(elementId) ?? addTile(elementId, name, reveal);
      tile.classList.toggle("poor", isPoor(sample));
      showQuality(sample, query(tile, ".worth"), create("ul"));
      showPreview(query(tile, "img", HTMLImageElement), query(tile, ".none"), sample.shown ?? sample.file);
    }
    list.append(...samples.map(({ elementId }) => /** @type {HTMLElement} */ (tiles.get(elementId))));
  };
  draft.addEventListener("change", show);
  show();
}

/**
 * @param {string} elementId
 * @param {string} name
 * @param {(element: HTMLElement) => void} reveal
 */
function addTile(elementId, name, reveal) {
  const tile = create("li");
  const picture = create("div", "", "print");
  picture.append(
    Object.assign(create("img"), { alt: "", hidden: true }),
    create("span", _("cannot be shown here"), "none"),
  );
  const again = create("button", _("Take again"), "quiet");
  again.type = "button";
  again.append(create("span", ` ${name}`, "unseen"));
  again.addEventListener("click", () => reveal(byId(elementId)));
  tile.append(picture, create("b", name), create("p", "", "worth"), again);
  tiles.set(elementId, tile);
  return tile;
}
