// What the software sees in a latent, laid over it: the clarity map, the enhanced preview, and the region that it suggests.

import { asError } from "../lib/api.js";
import { byId, create, query } from "../lib/dom.js";
import { _, number } from "../lib/messages.js";
import { showProblem } from "../lib/problems.js";
import { CLARITY_COLOURS, ClarityLayer, clarityNames } from "../viewer/clarity.js";
import { requestLayers, ridgesOf } from "../viewer/image_layers.js";
import { pixelsOfMillimetre } from "../viewer/layers.js";

/** @typedef {import("./markup.js").Corner} Corner */

const SHOWN_DIGITS = 8; // of a hash
const SVG = "http://www.w3.org/2000/svg";

/**
 * Says by the first digits of its hash which network the software has read an image with.
 *
 * @param {string} network
 */
export const networkText = (network) => _("Found by the network {name}.", { name: network.slice(0, SHOWN_DIGITS) });

export class LatentLayers {
  /** @type {Corner[] | null} */
  region = null; // that is suggested
  /** @type {ClarityLayer | null} */
  clarity = null;
  /** @type {ImageBitmap | null} */
  ridges = null;
  showsClarity = false;
  showsRidges = false;
  latest = 0; // of the requests
  isComputing = false;

  /**
   * @param {import("./viewport.js").Viewport} view
   * @param {() => void} redraw
   */
  constructor(view, redraw) {
    this.view = view;
    this.redraw = redraw;
  }

  /**
   * Loads the layers of an image in the background; without a resolution there are none.
   *
   * @param {Blob | null} image
   * @param {number | null} ppi
   */
  async load(image, ppi) {
    const current = ++this.latest;
    this.clarity = this.ridges = this.region = null;
    this.isComputing = Boolean(image && ppi);
    this.show();
    if (!image || !ppi) return;
    try {
      const layers = await requestLayers(image, ppi);
      const ridges = await ridgesOf(layers);
      if (current !== this.latest) return;
      this.isComputing = false;
      this.clarity = new ClarityLayer(layers);
      this.ridges = ridges;
      this.region = layers.region;
      this.showLegend();
      byId("clarity-network").textContent = networkText(layers.network);
      this.show();
      this.showRegion(null, ppi);
    } catch (error) {
      if (current === this.latest) this.isComputing = false;
      this.show();
      const problem = asError(error);
      const ofFingers = _("The clarity map and the enhanced preview are only for images as small as a finger.");
      showProblem(byId("open-problem"), problem.code === "image_too_large" ? new Error(ofFingers) : problem);
    }
  }

  /**
   * Shows or hides the layers.
   *
   * @param {boolean} showsClarity
   * @param {boolean} showsRidges
   */
  apply(showsClarity, showsRidges) {
    this.showsClarity = showsClarity;
    this.showsRidges = showsRidges;
    this.show();
  }

  show() {
    const { view, clarity, ridges } = this;
    view.clarity = this.showsClarity ? clarity : null;
    view.ridges = this.showsRidges ? ridges : null;
    byId("clarity-legend").hidden = !view.clarity;
    const names = [view.ridges ? _("Enhanced by software: not the image") : _("Original image")];
    if (view.clarity) names.push(_("Clarity map"));
    if (this.isComputing && (this.showsClarity || this.showsRidges)) names.push(_("being computed, some seconds"));
    query(view.canvas.parentElement ?? document.body, "#layer-names").textContent = names.join(" · ");
    this.redraw();
  }

  showLegend() {
    if (!this.clarity) return;
    const names = clarityNames();
    const rows = this.clarity.shares
      .map((share, level) => ({ share, level }))
      .filter(({ level }) => level)
      .map(({ share, level }) => {
        const row = create("li", names[level]);
        const swatch = document.createElementNS(SVG, "svg");
        const square = document.createElementNS(SVG, "rect");
        for (const [name, value] of [
          ["width", "100%"],
          ["height", "100%"],
          ["fill", CLARITY_COLOURS[level]],
        ])
          square.setAttribute(name, value);
        swatch.setAttribute("aria-hidden", "true");
        swatch.append(square);
        row.prepend(swatch);
        row.append(create("span", `${number(100 * share)} %`, "share"));
        return row;
      });
    query(byId("clarity-legend"), "ul").replaceChildren(...rows.reverse());
  }

  /**
   * Shows how large the region of interest is, and whether one is suggested.
   *
   * @param {Corner[] | null} region
   * @param {number | null} ppi
   */
  showRegion(region, ppi) {
    const [button] = document.querySelectorAll("[data-do=accept-region]");
    if (button instanceof HTMLElement) button.hidden = Boolean(region) || !this.region;
    const shown = region ?? this.region;
    const text = byId("region-state");
    if (!shown) text.textContent = _("None: all of the image counts.");
    else {
      const area = ppi ? _("{area} mm²", { area: number(areaOf(shown) / pixelsOfMillimetre(ppi) ** 2) }) : "";
      text.textContent = region ? _("Marked. {area}", { area }) : _("Suggested, not in use. {area}", { area });
    }
  }
}

/**
 * Returns the area of a polygon in square pixels.
 *
 * @param {Corner[]} corners
 */
const areaOf = (corners) =>
  Math.abs(
    corners.reduce((sum, [x, y], index) => {
      const [nextX, nextY] = corners[(index + 1) % corners.length];
      return sum + x * nextY - nextX * y;
    }, 0) / 2,
  );
