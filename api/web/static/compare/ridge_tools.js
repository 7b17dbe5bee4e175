// The tools that count the ridges between two points and follow a ridge: what a click or a key at a pixel of an image does.

import { _ } from "../lib/messages.js";
import { distanceTo } from "./drawings.js";
import { countText, traceEndsText } from "./texts.js";

/** @typedef {import("../viewer/affine.js").Point} Point */
/** @typedef {import("./pane.js").Pane} Pane */
/** @typedef {Api.Drawing} Drawing */
/** @typedef {"count" | "trace"} RidgeTool */

const MOST_POINTS = 1000; // of a path that the service takes
const NOT_COUNTED = { counted: null, crossings: [], least: null, most: null };

export class RidgeTools {
  /** @type {{ pane: Pane, pixel: Point } | null} */
  first = null; // where a key put the first end of a line

  /**
   * @param {import("./drawings.js").Drawings} drawings
   * @param {(text: string) => void} say
   */
  constructor(drawings, say) {
    this.drawings = drawings;
    this.say = say;
  }

  /** Forgets a line that was begun. */
  cancel() {
    this.first = null;
  }

  /**
   * Says whether the ridges of an image can be read; if not, says why.
   *
   * @param {Pane} pane
   */
  canRead(pane) {
    if (this.drawings.isReadOnly) return false;
    if (!pane.ridgeImage)
      this.say(pane.isPrint ? _("The ridges are still being read.") : _("Only prints have ridges to count."));
    return pane.ridgeImage !== null;
  }

  /**
   * Begins at a pixel that a pointer pressed; says whether a line is drawn from there.
   *
   * @param {RidgeTool} tool
   * @param {Pane} pane
   * @param {Point} pixel
   * @param {boolean} corrects the selected tracing
   */
  press(tool, pane, pixel, corrects) {
    if (!this.canRead(pane)) return false;
    if (tool === "trace") {
      this.trace(pane, pixel, corrects);
      return false;
    }
    const index = pane.drawingAt(pixel, "ridge_count");
    if (index >= 0) this.drawings.select(index);
    else this.begin(pane, pixel);
    return index < 0;
  }

  /**
   * Does what a click does, by a key: a line has its first end, then its second.
   *
   * @param {RidgeTool} tool
   * @param {Pane} pane
   * @param {Point} pixel
   * @param {boolean} corrects the selected tracing
   */
  key(tool, pane, pixel, corrects) {
    if (!this.canRead(pane)) return;
    if (tool === "trace") this.trace(pane, pixel, corrects);
    else if (this.first?.pane === pane) {
      this.begin(pane, this.first.pixel);
      this.lead(pane, pixel);
      this.cancel();
    } else {
      this.first = { pane, pixel: pane.ownMarkNear(pixel) };
      this.say(_("First end set. Move the image and press Enter at the second end."));
    }
  }

  /**
   * @param {Pane} pane
   * @param {Point} pixel
   */
  begin(pane, pixel) {
    const from = pane.ownMarkNear(pixel);
    this.drawings.add({ kind: "ridge_count", image: pane.choice.value, path: [from, from], ...NOT_COUNTED });
  }

  /**
   * Leads the line that was begun to a pixel, and counts the ridges under it.
   *
   * @param {Pane} pane
   * @param {Point} pixel
   */
  lead(pane, pixel) {
    const { current } = this.drawings;
    if (current?.kind !== "ridge_count" || !pane.ridgeImage) return;
    const to = pane.ownMarkNear(pixel);
    const { crossings, range } = pane.ridgeImage.count(current.path[0], to);
    const { least, most } = range ?? NOT_COUNTED;
    const counted = least === most ? least : null;
    this.drawings.replace({ ...current, path: [current.path[0], to], crossings, least, most, counted }, true);
    this.say(countText(this.drawings.current ?? current));
  }

  /** Takes away a line that was begun and not drawn. */
  end() {
    const { current } = this.drawings;
    if (current?.kind !== "ridge_count") return;
    const [from, to] = current.path;
    if (from[0] === to[0] && from[1] === to[1]) this.drawings.undo();
  }

  /**
   * Enters the number that the examiner counts.
   *
   * @param {number | null} counted
   */
  correct(counted) {
    const { current } = this.drawings;
    if (current?.kind === "ridge_count") this.drawings.replace({ ...current, counted });
  }

  /**
   * Follows the ridge at a pixel, selects the tracing there, or corrects the selected one.
   *
   * @param {Pane} pane
   * @param {Point} pixel
   * @param {boolean} corrects
   */
  trace(pane, pixel, corrects) {
    const { current } = this.drawings;
    if (corrects && current?.kind === "tracing" && current.image === pane.choice.value)
      this.correctTracing(pane, current, pixel);
    else {
      const index = pane.drawingAt(pixel, "tracing");
      if (index >= 0) this.drawings.select(index);
      else this.follow(pane, pixel);
    }
  }

  /**
   * @param {Pane} pane
   * @param {Point} pixel
   */
  follow(pane, pixel) {
    const ways = pane.tracer?.follow(pixel);
    if (!ways) {
      this.say(_("No ridge is clear enough here to follow."));
      return;
    }
    const [back, on] = ways;
    const path = [...back.path.slice(1).reverse(), ...on.path].slice(0, MOST_POINTS);
    if (path.length < 2) return;
    this.drawings.add({ kind: "tracing", image: pane.choice.value, path, ...NOT_COUNTED });
    this.say(traceEndsText([back.end, on.end]));
  }

  /**
   * Cuts a tracing at a pixel on it, or extends its nearer end to a pixel off it and from there along the ridge.
   *
   * @param {Pane} pane
   * @param {Drawing} tracing
   * @param {Point} pixel
   */
  correctTracing(pane, tracing, pixel) {
    const { path } = tracing;
    if (pane.isNear(distanceTo(path, pixel))) {
      const at = nearestOf(path, pixel);
      const kept = at < path.length / 2 ? path.slice(at) : path.slice(0, at + 1);
      if (kept.length > 1) this.drawings.replace({ ...tracing, path: kept });
      this.say(_("Stopped here."));
      return;
    }
    const isFirst = nearestOf([path[0], path[path.length - 1]], pixel) === 0;
    const ordered = isFirst ? path.toReversed() : path;
    const on = pane.tracer?.goOn(pixel, ordered[ordered.length - 1]);
    const longer = [...ordered, pixel, ...(on?.path ?? [])].slice(0, MOST_POINTS);
    this.drawings.replace({ ...tracing, path: longer });
    this.say(on ? traceEndsText([on.end]) : _("Led to here by hand."));
  }
}

/**
 * @param {Point[]} path
 * @param {Point} place
 */
function nearestOf(path, [x, y]) {
  const distances = path.map(([toX, toY]) => Math.hypot(toX - x, toY - y));
  return distances.indexOf(Math.min(...distances));
}
