// The bridge to the scanner on this computer, `pehchan capture`: messages over a WebSocket (capture/messages.py).

import { _ } from "../../lib/messages.js";
import { pairedToken } from "./pairing.js";

const NONCE_BYTES = 32;
const SECONDS = 60; // for one capture

/** @typedef {{ positions: number[], impression: number | null }} CaptureMode positions that lie on the scanner together */
/** @typedef {{ id: string, name: string, modes: CaptureMode[] }} Device */
/** @typedef {{ code: string, detail: string }} Refusal */
/** @typedef {{ verdict: string, finger: number, other: number }} Finding a finger that is another one than it should be */

/**
 * @typedef {object} CapturedSample
 * @property {number} position
 * @property {number | null} impression
 * @property {number | null} ppi
 * @property {string} filename
 * @property {string} content base64
 * @property {number | null} quality
 * @property {string[]} quality_faults
 * @property {boolean} acceptable
 * @property {Refusal | null} refusal
 */

/** @typedef {{ samples: CapturedSample[], findings: Finding[] }} Captured */

/**
 * @typedef {object} Waiting a capture that is not answered yet
 * @property {(captured: Captured) => void} resolve
 * @property {(error: Error) => void} reject
 * @property {(jpeg: string) => void} onPicture
 */

/** Why a scanner did not capture; `code` is the bridge's. */
export class ScannerProblem extends Error {
  /**
   * @param {string} code
   * @param {string} detail the bridge's own text, in English
   */
  constructor(code, detail = "") {
    super(textOf(code));
    this.code = code;
    this.detail = detail;
  }
}

/** @param {string} code */
function textOf(code) {
  if (code === "absent") return _("The scanner's program does not run on this computer. Start it, then connect again.");
  if (code === "page_not_proven")
    return _("This browser is not connected to the scanner. Open the address that the scanner's program shows.");
  if (code === "bridge_not_proven")
    return _("Another program answers in place of the scanner's. Call the administrator of this computer.");
  if (code === "capture_timed_out") return _("Nothing usable was put on the scanner in time.");
  if (code === "device_busy") return _("The scanner is in use on another page.");
  if (code === "device_untrusted") return _("The scanner is not trusted, so its capture is not used.");
  if (code === "device_unreachable" || code === "unknown_device") return _("The scanner does not answer.");
  return _("The scanner failed.");
}

export class ScannerBridge {
  /** @param {number} port */
  constructor(port) {
    this.port = port;
    /** @type {Map<number, Waiting>} */
    this.waiting = new Map();
    this.last = 0;
  }

  /**
   * Connects to the bridge and returns the devices. Throws a ScannerProblem.
   *
   * @returns {Promise<Device[]>}
   */
  async connect() {
    const socket = new WebSocket(`ws://127.0.0.1:${this.port}`);
    const inbox = new Inbox(socket);
    await inbox.opened;
    const ofPage = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
    send(socket, { type: "hello", nonce: toBase64(ofPage) });
    const challenge = await inbox.next();
    const nonces = new Uint8Array([...ofPage, ...fromBase64(challenge.nonce ?? "")]);
    if (challenge.proof !== (await proof("bridge", nonces))) {
      socket.close();
      throw new ScannerProblem("bridge_not_proven");
    }
    send(socket, { type: "prove", proof: await proof("page", nonces) });
    const { devices } = await inbox.next();
    this.socket = socket;
    inbox.forward(
      (message) => this.take(message),
      () => this.end(),
    );
    return devices;
  }

  /**
   * Has a device capture; `onPicture` gets the live picture (JPEG in base64). Throws a ScannerProblem.
   *
   * @param {Device} device
   * @param {CaptureMode} mode
   * @param {(jpeg: string) => void} onPicture
   * @returns {Promise<Captured>}
   */
  capture(device, { positions, impression }, onPicture) {
    const id = ++this.last;
    return new Promise((resolve, reject) => {
      if (!this.socket) return reject(new ScannerProblem("absent"));
      this.waiting.set(id, { resolve, reject, onPicture });
      send(this.socket, { type: "capture", id, device: device.id, positions, impression, seconds: SECONDS });
    });
  }

  /** Ends the capture that runs; it is not answered. */
  cancel() {
    this.waiting.clear();
    if (this.socket) send(this.socket, { type: "cancel" });
  }

  /** @param {any} message */
  take(message) {
    const capture = this.waiting.get(message.id);
    if (message.type === "frame") capture?.onPicture(message.jpeg);
    else this.waiting.delete(message.id);
    if (message.type === "captured") capture?.resolve(message);
    if (message.type === "error") capture?.reject(new ScannerProblem(message.code, message.detail));
  }

  end() {
    this.socket = undefined;
    for (const { reject } of this.waiting.values()) reject(new ScannerProblem("absent"));
    this.waiting.clear();
  }
}

/** The messages of a socket, in their order: one by one while they are asked for, then forwarded. */
class Inbox {
  /** @param {WebSocket} socket */
  constructor(socket) {
    /** @type {any[]} */
    this.messages = [];
    /** @type {((message: any) => void) | undefined} */
    this.onMessage = undefined;
    this.onClose = () => {};
    this.hasEnded = false;
    this.wake = () => {};
    this.opened = new Promise((resolve, reject) => {
      socket.addEventListener("open", resolve);
      socket.addEventListener("error", () => reject(new ScannerProblem("absent")));
    });
    socket.addEventListener("message", ({ data }) => {
      const message = JSON.parse(data);
      if (this.onMessage) this.onMessage(message);
      else this.messages.push(message);
      this.wake();
    });
    socket.addEventListener("close", () => {
      this.hasEnded = true;
      this.wake();
      this.onClose();
    });
  }

  /** Returns the next message. Throws a ScannerProblem if it is an error, or there will be none. */
  async next() {
    while (!this.messages.length) {
      if (this.hasEnded) throw new ScannerProblem("absent");
      await new Promise((resolve) => (this.wake = () => resolve(undefined)));
    }
    const message = this.messages.shift();
    if (message.type === "error") throw new ScannerProblem(message.code, message.detail);
    return message;
  }

  /**
   * @param {(message: any) => void} onMessage
   * @param {() => void} onClose
   */
  forward(onMessage, onClose) {
    for (const message of this.messages.splice(0)) onMessage(message);
    this.onMessage = onMessage;
    this.onClose = onClose;
    if (this.hasEnded) onClose();
  }
}

/**
 * Returns what proves, in a role, that the token is known.
 *
 * @param {string} role
 * @param {Uint8Array} nonces
 */
async function proof(role, nonces) {
  const text = new TextEncoder();
  const token = text.encode(pairedToken());
  const key = await crypto.subtle.importKey("raw", token, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const content = new Uint8Array([...text.encode(role), ...nonces]);
  return toBase64(new Uint8Array(await crypto.subtle.sign("HMAC", key, content)));
}

/**
 * @param {WebSocket} socket
 * @param {object} message
 */
const send = (socket, message) => socket.send(JSON.stringify(message));

/** @param {Uint8Array} bytes */
const toBase64 = (bytes) => btoa(String.fromCharCode(...bytes));

/** @param {string} base64 */
export const fromBase64 = (base64) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
