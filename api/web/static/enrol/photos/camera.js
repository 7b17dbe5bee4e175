// The camera: what it sees, what a photo of it would be worth, and taking one.

import { fault } from "../labels.js";
import { inspect } from "../inspection.js";
import { _, number } from "../../lib/messages.js";

const EVERY = 1500; // milliseconds between an answer and the next look
const LIVE_SIDE = 640; // pixels of the longer side of what is looked at while the camera runs

const video = document.getElementById("preview");
const start = document.getElementById("camera-start");
const take = document.getElementById("camera-take");
const stop = document.getElementById("camera-stop");
const view = document.getElementById("view");
const choice = document.getElementById("view-choice");
const told = document.getElementById("camera-told");

let stream;
let asking;

/** Lets photos be taken: `taken(file, view)` gets each. */
export function useCamera(taken) {
  start.hidden = !navigator.mediaDevices?.getUserMedia;
  start.addEventListener("click", open);
  stop.addEventListener("click", () => close(start));
  take.addEventListener("click", async () => {
    taken(new File([await frame(Infinity, 0.92)], `${view.value}.jpg`, { type: "image/jpeg" }), view.value);
    take.focus();
  });
  const name = () => (take.textContent = _("Take the photo: {view}", { view: view.selectedOptions[0].textContent }));
  view.addEventListener("change", name);
  name();
}

/** Turns the camera off. */
export function close(focused) {
  asking?.abort();
  for (const track of stream?.getTracks() ?? []) track.stop();
  stream = undefined;
  video.srcObject = null;
  told.textContent = "";
  show(false);
  focused?.focus();
}

async function open() {
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 1280 }, height: { ideal: 960 } } });
  } catch {
    told.textContent = _("The camera cannot be used: it is missing, in use, or not allowed to this page.");
    return;
  }
  video.srcObject = stream;
  await video.play();
  show(true);
  take.focus();
  watch(stream);
}

function show(runs) {
  for (const one of [video, take, stop, choice]) one.hidden = !runs;
  start.hidden = runs;
}

/** Looks at a small picture now and then, one at a time, as long as the camera runs. */
async function watch(own) {
  asking = new AbortController();
  const { signal } = asking;
  while (stream === own) {
    try {
      const { samples } = await inspect("photo", await frame(LIVE_SIDE, 0.8), "live.jpg", {}, signal);
      if (stream === own) say(sentence(samples[0].worth));
    } catch (problem) {
      if (problem.name === "AbortError") return;
      say(_("What the camera sees cannot be judged now; photos can be taken all the same."));
    }
    await new Promise((done) => setTimeout(done, EVERY));
  }
}

function say(text) {
  if (told.textContent !== text) told.textContent = text;
}

function sentence({ refusal, faults, quality, acceptable }) {
  if (refusal) return _("No photo yet: {why}", { why: refusal });
  const figure = _("{quality} of 100", { quality: quality === null ? "?" : number(quality) });
  const why = faults.map(fault).join("; ");
  return `${acceptable ? _("Good enough") : _("Too poor")}, ${figure}${why ? `: ${why}` : ""}`;
}

function frame(side, quality) {
  const scale = Math.min(1, side / Math.max(video.videoWidth, video.videoHeight));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(video.videoWidth * scale);
  canvas.height = Math.round(video.videoHeight * scale);
  canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));
}
