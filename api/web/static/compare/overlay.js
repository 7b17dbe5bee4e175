// One image over the other in the frame of a comparison, in place of both: faded, in two colours, or blinking.

import { query } from "../lib/dom.js";
import { product, scaling, translation } from "../viewer/affine.js";
import { clearCanvas } from "./pane.js";

/** @typedef {import("../viewer/affine.js").Affine} Affine */
/** @typedef {import("./pane.js").Pane} Pane */

const BLINK_INTERVAL = 600; // milliseconds: slower than three times a second
const PROBE_COLOUR = "#0063ad";
const CANDIDATE_COLOUR = "#e06c00";

export class Overlay {
  /**
   * @param {HTMLElement} root
   * @param {HTMLElement} toggleButton shows and hides it
   * @param {import("./display_settings.js").DisplaySettings} settings
   * @param {Pane[]} panes the probe's and the candidate's
   */
  constructor(root, toggleButton, settings, panes) {
    this.root = root;
    this.toggleButton = toggleButton;
    this.canvas = query(root, "[data-over]", HTMLCanvasElement);
    this.button = query(root, "[data-do=blink]");
    this.settings = settings;
    this.panes = panes;
    /** @type {Api.Frame | null} */
    this.frame = null;
    /** @type {number | null} */
    this.timer = null;
    this.blinkShare = 0; // 0 while blinking shows the probe, 1 while it shows the candidate
    new ResizeObserver(() => this.draw()).observe(this.canvas);
  }

  /**
   * Takes the frame of a comparison, or none. The overlay stays as visible as it was, but is hidden without a frame.
   *
   * @param {Api.Frame | null} frame
   */
  show(frame) {
    const isComplete = frame?.probe && frame.candidate && this.panes.every((pane) => pane.bitmap);
    this.frame = isComplete ? frame : null;
    this.toggleButton.hidden = !isComplete;
    if (!isComplete) this.toggle(false);
    this.draw();
  }

  /** Shows the overlay in place of both images, or hides it. */
  toggle(on = this.root.hidden && this.frame !== null) {
    this.root.hidden = !on;
    this.toggleButton.setAttribute("aria-pressed", String(on));
    if (on) this.canvas.focus();
    else this.blink(false);
    this.draw();
  }

  /** Turns blinking on or off. */
  blink(on = this.timer === null) {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
    if (on && this.root.hidden) this.toggle();
    if (on) {
      this.timer = setInterval(() => {
        this.blinkShare = 1 - this.blinkShare;
        this.draw();
      }, BLINK_INTERVAL);
    }
    this.button.setAttribute("aria-pressed", String(on));
    this.draw();
  }

  draw() {
    if (!this.frame?.probe || !this.frame.candidate || this.root.hidden) return;
    const context = clearCanvas(this.canvas);
    if (!context) return;
    const { clientWidth, clientHeight } = this.canvas;
    const { width, height, probe, candidate } = this.frame;
    const size = Math.min(clientWidth / width, clientHeight / height);
    const toCanvas = product(
      translation((clientWidth - width * size) / 2, (clientHeight - height * size) / 2),
      scaling(size),
    );
    context.fillStyle = "#fff";
    context.fillRect(0, 0, clientWidth, clientHeight);
    const [probePane, candidatePane] = this.panes;
    const probeToCanvas = product(toCanvas, probe);
    const candidateToCanvas = product(toCanvas, candidate);
    const isBlinking = this.timer !== null;
    if (this.settings.isTinted && !isBlinking) {
      context.globalCompositeOperation = "multiply";
      this.paint(context, tint(probePane.picture, PROBE_COLOUR), probeToCanvas, probePane, 1);
      this.paint(context, tint(candidatePane.picture, CANDIDATE_COLOUR), candidateToCanvas, candidatePane, 1);
    } else {
      const share = isBlinking ? this.blinkShare : this.settings.share / 100;
      this.paint(context, probePane.picture, probeToCanvas, probePane, share < 1 ? 1 : 0);
      this.paint(context, candidatePane.picture, candidateToCanvas, candidatePane, share);
    }
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {CanvasImageSource | null} image
   * @param {Affine} toCanvas
   * @param {Pane} pane
   * @param {number} opacity
   */
  paint(context, image, toCanvas, pane, opacity) {
    if (!opacity || !image || !pane.content) return;
    context.save();
    context.transform(...toCanvas);
    context.globalAlpha = opacity;
    context.filter = this.settings.filter;
    context.drawImage(image, 0, 0, pane.content.width, pane.content.height);
    context.restore();
  }
}

/**
 * Returns an image with its dark parts in a colour.
 *
 * @param {ImageBitmap | OffscreenCanvas | null} image
 * @param {string} colour
 */
function tint(image, colour) {
  if (!image) return null;
  const canvas = new OffscreenCanvas(image.width, image.height);
  const context = canvas.getContext("2d");
  if (!context) return null;
  context.filter = "grayscale(1)";
  context.drawImage(image, 0, 0);
  context.filter = "none";
  context.globalCompositeOperation = "lighten";
  context.fillStyle = colour;
  context.fillRect(0, 0, canvas.width, canvas.height);
  return canvas;
}
