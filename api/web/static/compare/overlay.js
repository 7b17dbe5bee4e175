// One image laid on the other in the frame of a comparison: faded over, in two colours, or blinking.

import { after, scaled, shifted } from "./affine.js";
import { cleared } from "./pane.js";

const BLINK = 600; // milliseconds: slower than three times a second
const PROBE = "#0063ad";
const CANDIDATE = "#e06c00";

export class Laid {
  constructor(root, look, panes) {
    this.root = root;
    this.canvas = root.querySelector("[data-over]");
    this.button = root.querySelector("[data-do=blink]");
    this.look = look;
    this.panes = panes;
    this.frame = null;
    this.timer = null;
    this.shows = 0;
    new ResizeObserver(() => this.draw()).observe(this.canvas);
  }

  /** Shows a comparison's frame, or nothing. */
  show(frame) {
    const known = frame?.probe && frame.candidate && this.panes.every((pane) => pane.bitmap);
    this.frame = known ? frame : null;
    this.root.hidden = !known;
    if (!known) this.blink(false);
    this.draw();
  }

  blink(on = this.timer === null) {
    clearInterval(this.timer);
    this.timer = on
      ? setInterval(() => {
          this.shows = 1 - this.shows;
          this.draw();
        }, BLINK)
      : null;
    this.button.setAttribute("aria-pressed", String(on));
    this.draw();
  }

  draw() {
    if (!this.frame || this.root.hidden) return;
    const pen = cleared(this.canvas);
    if (!pen) return;
    const { width, height, probe, candidate } = this.frame;
    const size = Math.min(this.canvas.clientWidth / width, this.canvas.clientHeight / height);
    const onto = after(
      shifted((this.canvas.clientWidth - width * size) / 2, (this.canvas.clientHeight - height * size) / 2),
      scaled(size),
    );
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, this.canvas.clientWidth, this.canvas.clientHeight);
    const share = this.timer === null ? this.look.share / 100 : this.shows;
    const layers = [
      [this.panes[0], after(onto, probe), 1 - share, PROBE],
      [this.panes[1], after(onto, candidate), share, CANDIDATE],
    ];
    if (this.look.tinted && this.timer === null) {
      pen.globalCompositeOperation = "multiply";
      for (const [pane, motion, , colour] of layers) this.paint(pen, tinted(pane, colour), motion, pane, 1);
    } else {
      this.paint(pen, layers[0][0].bitmap, layers[0][1], layers[0][0], share < 1 ? 1 : 0);
      this.paint(pen, layers[1][0].bitmap, layers[1][1], layers[1][0], share);
    }
  }

  paint(pen, picture, motion, pane, opacity) {
    if (!opacity) return;
    pen.save();
    pen.transform(...motion);
    pen.globalAlpha = opacity;
    pen.filter = this.look.filter;
    pen.drawImage(picture, 0, 0, pane.marked.width, pane.marked.height);
    pen.restore();
  }
}

/** Returns an image whose dark parts have a colour. */
function tinted(pane, colour) {
  const sheet = new OffscreenCanvas(pane.bitmap.width, pane.bitmap.height);
  const pen = sheet.getContext("2d");
  pen.filter = "grayscale(1)";
  pen.drawImage(pane.bitmap, 0, 0);
  pen.filter = "none";
  pen.globalCompositeOperation = "lighten";
  pen.fillStyle = colour;
  pen.fillRect(0, 0, sheet.width, sheet.height);
  return sheet;
}
