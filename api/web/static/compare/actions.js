// What the buttons and keys of the workbench do.

import { query } from "../lib/dom.js";
import { _ } from "../lib/messages.js";
import { calibrate } from "./screen_calibration.js";

const TURN = (5 * Math.PI) / 180;
const MARK_TURN = 5; // degrees
const ZOOM_STEP = 1.25;

/**
 * Returns what buttons and keys do, by name.
 *
 * @param {import("./compare.js").Comparison} comparison
 * @returns {Record<string, () => unknown>}
 */
export const actionsOf = (comparison) => ({
  closer: () => comparison.move(comparison.active, (pane) => pane.enlarge(ZOOM_STEP)),
  further: () => comparison.move(comparison.active, (pane) => pane.enlarge(1 / ZOOM_STEP)),
  left: () => comparison.move(comparison.active, (pane) => pane.rotate(-TURN)),
  right: () => comparison.move(comparison.active, (pane) => pane.rotate(TURN)),
  fit: () => comparison.move(comparison.active, (pane) => pane.fit()),
  life: () => comparison.showLifeSize(),
  hint: async () => {
    await comparison.compare();
    if (comparison.result) query(comparison.root, "[data-set=pairs]").focus();
  },
  next: () => comparison.selectPair(1),
  before: () => comparison.selectPair(-1),
  laid: () => comparison.alignProbe(),
  overlay: () => {
    if (comparison.overlay?.frame) comparison.overlay.toggle();
    else comparison.say(_("The overlay needs corresponding minutiae. Show them first."));
  },
  blink: () => comparison.overlay?.blink(),
  calibrate: async () => {
    await calibrate();
    comparison.showSizes();
  },
  display: () => {
    const display = query(comparison.root, ".display", HTMLDetailsElement);
    display.open = !display.open;
  },
  move: () => comparison.choose("move"),
  mark: () => comparison.choose("mark"),
  measure: () => comparison.choose("measure"),
  count: () => comparison.choose("count"),
  trace: () => comparison.choose("trace"),
  kind: () => {
    comparison.marks.changeKind();
    comparison.showSelection();
  },
  anticlockwise: () => comparison.turnMark(MARK_TURN),
  clockwise: () => comparison.turnMark(-MARK_TURN),
  undo: () => comparison.tooled.undo(),
  remove: () => comparison.remove(),
  loupe: () => comparison.toggle("loupe"),
  grid: () => comparison.toggle("grid"),
  clarity: () => comparison.toggle("clarity"),
  ridges: () => comparison.toggle("ridges"),
  window: () => {
    if (!comparison.window.toggle())
      comparison.say(_("The browser blocked the second window. Allow it for this address."));
  },
  invert: () => comparison.toggle("invert"),
  linked: () => comparison.toggle("linked"),
  points: () => comparison.toggle("marks"),
  pairs: () => comparison.toggle("pairs"),
  lines: () => comparison.toggle("lines"),
});
