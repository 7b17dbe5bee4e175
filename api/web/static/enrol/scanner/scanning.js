// Scanning: the fingers and eyes of a device, one placing after the other; what is poor or wrong is taken again first.

import { asError } from "../../lib/api.js";
import { byId, create } from "../../lib/dom.js";
import { _, number } from "../../lib/messages.js";
import { showProblem } from "../../lib/problems.js";
import { faultLabel, fingerLabel } from "../labels.js";
import { ScannerBridge, fromBase64 } from "./bridge.js";

/** @typedef {import("./bridge.js").CapturedSample} CapturedSample */
/** @typedef {import("./bridge.js").Captured} Captured */
/** @typedef {import("./bridge.js").Device} Device */
/** @typedef {import("./bridge.js").CaptureMode} CaptureMode */
/** @typedef {import("../draft.js").PrintSettings} PrintSettings */

/**
 * @typedef {object} Samples where samples go, and which there are
 * @property {(position: number, file: File, settings: PrintSettings) => unknown} putFinger
 * @property {(position: number, file: File) => unknown} putEye
 * @property {() => number[]} missing the positions that cannot be taken
 * @property {(impression: number | null) => number[]} good the positions that are there in this impression, and good
 * @property {(name: string) => void} onDevice called with the name of the device
 */

/** @typedef {{ label: string, device: Device, modes: CaptureMode[] }} Programme what one button scans */

const FINGERS = 10; // positions beyond it are eyes
const [PLAIN, ROLLED] = [0, 1]; // impression types

const panel = byId("scanner");
const choices = byId("scanner-choices");
const status = byId("scanner-status");
const picture = byId("scanner-picture", HTMLImageElement);
const problems = byId("scanner-problems");
const again = byId("scanner-again", HTMLButtonElement);
const keep = byId("scanner-keep", HTMLButtonElement);
const stop = byId("scanner-stop", HTMLButtonElement);
const reconnect = byId("scanner-connect", HTMLButtonElement);

/** @param {number} position */
const isFinger = (position) => position <= FINGERS;

/**
 * Shows the scanner of this computer, to which the browser is connected, and gives the page what it captures.
 *
 * @param {Samples} samples
 */
export function connectScanner(samples) {
  panel.hidden = false;
  const bridge = new ScannerBridge(Number(panel.dataset.port));
  const connect = async () => {
    reconnect.hidden = true;
    try {
      const programmes = (await bridge.connect()).flatMap(programmesOf);
      offer(programmes, bridge, samples);
      choices.hidden = false;
      status.textContent = programmes.length ? "" : _("No scanner is connected to this computer.");
      reconnect.hidden = programmes.length > 0;
    } catch (error) {
      showProblem(status, asError(error));
      reconnect.hidden = false;
    }
  };
  reconnect.addEventListener("click", connect);
  connect();
}

/**
 * Returns what a device can scan with one button: the plain prints, in as few placings as it can, the rolled ones, eyes.
 *
 * @param {Device} device
 * @returns {Programme[]}
 */
function programmesOf(device) {
  const plain = device.modes.filter(({ impression }) => impression === PLAIN);
  const together = plain.filter(({ positions }) => positions.length > 1);
  const rolled = device.modes.filter(({ impression }) => impression === ROLLED);
  const eyes = device.modes.filter(({ positions }) => !isFinger(positions[0])).slice(0, 1);
  return [
    { label: _("Scan ten prints"), device, modes: together.length ? together : plain },
    { label: _("Scan rolled prints"), device, modes: rolled },
    { label: _("Scan the eyes"), device, modes: eyes },
  ].filter(({ modes }) => modes.length);
}

/**
 * @param {Programme[]} programmes
 * @param {ScannerBridge} bridge
 * @param {Samples} samples
 */
function offer(programmes, bridge, samples) {
  const buttons = programmes.map((programme) => {
    const button = create("button", programme.label);
    button.setAttribute("type", "button");
    button.title = programme.device.name;
    button.addEventListener("click", async () => {
      choices.hidden = true;
      stop.hidden = false;
      await scan(programme, bridge, samples);
      for (const element of [stop, again, keep, picture]) element.hidden = true;
      choices.hidden = !bridge.socket;
      reconnect.hidden = Boolean(bridge.socket);
      (bridge.socket ? button : reconnect).focus();
    });
    return button;
  });
  choices.replaceChildren(...buttons);
}

/**
 * Scans one placing after the other, until all are good, kept as they are, or the officer stops.
 *
 * @param {Programme} programme
 * @param {ScannerBridge} bridge
 * @param {Samples} samples
 */
async function scan({ device, modes }, bridge, samples) {
  const all = new Set(modes.flatMap(({ positions }) => positions));
  const good = samples.good(modes[0].impression).filter((position) => all.has(position));
  const left = new Set([...samples.missing(), ...(good.length < all.size ? good : [])]);
  samples.onDevice(device.name);
  let count = 0;
  for (const mode of modes) {
    const positions = mode.positions.filter((position) => !left.has(position));
    if (!positions.length) continue;
    const captured = await captureUntilGood(device, { ...mode, positions }, bridge);
    if (!captured) return;
    for (const sample of captured.samples) put(sample, samples);
    count += captured.samples.length;
  }
  problems.replaceChildren();
  status.textContent = _("Scanned: {count}.", { count: number(count) });
}

/**
 * Captures a placing, again and again until it is good or kept as it is; null if the officer stops.
 *
 * @param {Device} device
 * @param {CaptureMode} mode
 * @param {ScannerBridge} bridge
 */
async function captureUntilGood(device, mode, bridge) {
  for (;;) {
    const fingers = mode.positions.map(fingerLabel).join(", ");
    status.textContent = _("Put on the scanner: {fingers}.", { fingers });
    problems.replaceChildren();
    /** @type {Captured | null} */
    let captured = null;
    try {
      captured = await Promise.race([bridge.capture(device, mode, showPicture), stopped()]);
      if (!captured) {
        bridge.cancel();
        status.textContent = _("Stopped.");
        return null;
      }
      const wrong = problemsOf(captured);
      if (!wrong.length) return captured;
      status.textContent = _("Take this again: {fingers}.", { fingers });
      problems.replaceChildren(...wrong.map((text) => create("li", text)));
    } catch (error) {
      showProblem(status, asError(error));
      if (!bridge.socket) return null;
    }
    picture.hidden = true;
    const choice = await chosen(Boolean(captured));
    if (choice === stop) return null;
    if (choice === keep) return captured;
  }
}

/** Waits until the officer stops. */
const stopped = () => new Promise((resolve) => stop.addEventListener("click", () => resolve(null), { once: true }));

/**
 * Waits for what the officer does about a capture; only one that has come can be kept.
 *
 * @param {boolean} mayKeep
 * @returns {Promise<HTMLButtonElement>}
 */
async function chosen(mayKeep) {
  again.hidden = false;
  keep.hidden = !mayKeep;
  again.focus();
  const buttons = [again, keep, stop];
  const choice = await Promise.race(
    buttons.map(
      (button) =>
        /** @type {Promise<HTMLButtonElement>} */ (
          new Promise((resolve) => button.addEventListener("click", () => resolve(button), { once: true }))
        ),
    ),
  );
  again.hidden = keep.hidden = true;
  return choice;
}

/** @param {string} jpeg */
function showPicture(jpeg) {
  picture.src = `data:image/jpeg;base64,${jpeg}`;
  picture.hidden = false;
}

/**
 * Returns what is wrong with a capture, in sentences.
 *
 * @param {Captured} captured
 */
function problemsOf({ samples, findings }) {
  const poor = samples
    .filter(({ acceptable }) => !acceptable)
    .map(({ position, refusal, quality, quality_faults: faults }) => {
      const finger = fingerLabel(position);
      if (refusal) return _("{finger}: cannot be used.", { finger });
      const reasons = faults.map(faultLabel).join("; ");
      return `${_("{finger}: too poor, {quality} of 100. Take it again.", { finger, quality: number(quality ?? 0) })} ${reasons}`;
    });
  const wrong = findings.map(({ verdict, finger, other }) => {
    const names = { finger: fingerLabel(finger), other: fingerLabel(other) };
    return verdict === "elsewhere"
      ? _("{finger}: this is the finger that was rolled as {other}.", names)
      : _("{finger} and {other} are the same finger.", names);
  });
  return [...poor, ...wrong];
}

/**
 * Gives the page a sample as if it were a chosen file.
 *
 * @param {CapturedSample} sample
 * @param {Samples} samples
 */
function put({ position, content, filename, impression, ppi }, { putFinger, putEye }) {
  const file = new File([fromBase64(content)], filename);
  if (isFinger(position)) putFinger(position, file, { impression: impression ?? PLAIN, ppi: ppi ?? undefined });
  else putEye(position, file);
}
