// The camera: a live picture, the quality that a photo of it would have, and taking one.

import { asError } from "../../lib/api.js";
import { byId } from "../../lib/dom.js";
import { _, number } from "../../lib/messages.js";
import { inspect } from "../inspection.js";
import { faultLabel } from "../labels.js";

const CHECK_INTERVAL = 1500; // milliseconds between a result and the next check
const LIVE_SIDE = 640; // pixels of the longer side of the picture that is checked while the camera runs

const video = byId("preview", HTMLVideoElement);
const startButton = byId("camera-start");
const takeButton = byId("camera-take");
const stopButton = byId("camera-stop");
const viewSelect = byId("view", HTMLSelectElement);
const viewChoice = byId("view-choice");
const status = byId("camera-status");

/** @type {MediaStream | undefined} */
let stream;
/** @type {AbortController | undefined} */
let checking;

/**
 * Connects the buttons of the camera.
 *
 * @param {(file: File, view: string) => void} onPhoto
 */
export function connectCamera(onPhoto) {
  startButton.hidden = !navigator.mediaDevices?.getUserMedia;
  startButton.addEventListener("click", start);
  stopButton.addEventListener("click", () => {
    stopCamera();
    startButton.focus();
  });
  takeButton.addEventListener("click", async () => {
    const photo = await takePicture(Infinity, 0.92);
    onPhoto(new File([photo], `${viewSelect.value}.jpg`, { type: "image/jpeg" }), viewSelect.value);
    takeButton.focus();
  });
  const showView = () => {
    takeButton.textContent = _("Take the photo: {view}", { view: viewSelect.selectedOptions[0].textContent });
  };
  viewSelect.addEventListener("change", showView);
  showView();
}

/** Turns the camera off. */
export function stopCamera() {
  checking?.abort();
  for (const track of stream?.getTracks() ?? []) track.stop();
  stream = undefined;
  video.srcObject = null;
  status.textContent = "";
  showControls(false);
}

async function start() {
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 1280 }, height: { ideal: 960 } } });
  } catch {
    status.textContent = _("The camera cannot be used: it is missing, in use, or not allowed to this page.");
    return;
  }
  video.srcObject = stream;
  await video.play();
  showControls(true);
  takeButton.focus();
  checkQuality(stream);
}

/** @param {boolean} isRunning */
function showControls(isRunning) {
  for (const element of [video, takeButton, stopButton, viewChoice]) element.hidden = !isRunning;
  startButton.hidden = isRunning;
}

/**
 * Checks a small picture now and then, one at a time, as long as the camera runs.
 *
 * @param {MediaStream} own
 */
async function checkQuality(own) {
  checking = new AbortController();
  const { signal } = checking;
  while (stream === own) {
    try {
      const { samples } = await inspect("photo", await takePicture(LIVE_SIDE, 0.8), "live.jpg", {}, signal);
      if (stream === own) say(qualityText(samples[0].assessment));
    } catch (error) {
      if (asError(error).name === "AbortError") return;
      say(_("The picture cannot be assessed now, but you can still take photos."));
    }
    await new Promise((resolve) => setTimeout(resolve, CHECK_INTERVAL));
  }
}

/** @param {string} text */
function say(text) {
  if (status.textContent !== text) status.textContent = text;
}

/** @param {import("../draft.js").Assessment} assessment */
function qualityText({ refusal, faults = [], quality, acceptable }) {
  if (refusal) return _("No photo yet: {why}", { why: refusal });
  const figure = _("{quality} of 100", { quality: typeof quality === "number" ? number(quality) : "?" });
  const reasons = faults.map(faultLabel).join("; ");
  return `${acceptable ? _("Good enough") : _("Too poor")}, ${figure}${reasons ? `: ${reasons}` : ""}`;
}

/**
 * Returns what the camera sees as a JPEG.
 *
 * @param {number} side pixels of the longer side at most
 * @param {number} quality
 * @returns {Promise<Blob>}
 */
function takePicture(side, quality) {
  const { videoWidth, videoHeight } = video;
  const scale = Math.min(1, side / Math.max(videoWidth, videoHeight));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(videoWidth * scale);
  canvas.height = Math.round(videoHeight * scale);
  canvas.getContext("2d")?.drawImage(video, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) =>
    canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new Error("The browser cannot encode the picture."))),
      "image/jpeg",
      quality,
    ),
  );
}
