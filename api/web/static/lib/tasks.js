// Long requests: they are started as tasks, and their progress is shown.

import { asError, newKey, Problem, request } from "./api.js";
import { _ } from "./messages.js";
import { apiPath } from "./paths.js";

/** @type {Record<string, () => string>} */
const STAGES = {
  decode: () => _("Reading the images"),
  extract: () => _("Finding minutiae and faces"),
  assess: () => _("Measuring quality"),
  index: () => _("Searching for the most similar"),
  match: () => _("Comparing in full"),
  score: () => _("Weighing the scores"),
  store: () => _("Storing the result"),
};
const LONGEST_WAIT = 60; // seconds, if the service is busy and does not say for how long

/**
 * Runs a request as a task and returns its response, as request() does.
 *
 * `onProgress` gets a text whenever something changes; `signal` cancels. If the service is busy, it waits and tries
 * again. Throws a Problem, or an AbortError if it was cancelled.
 *
 * @template [Body=any]
 * @param {string} path
 * @param {import("./api.js").RequestOptions} options
 * @param {(text: string) => void} onProgress
 * @param {AbortSignal} [signal]
 * @returns {Promise<{ status: number, body: Body, headers: Headers }>}
 */
export async function runTask(path, options, onProgress, signal) {
  const headers = { ...options.headers, Prefer: "respond-async" };
  const accepted = await whenAccepted(
    () => request("POST", path, { ...options, headers, key: newKey(), signal }),
    onProgress,
    signal,
  );
  const task = apiPath(`/tasks/${accepted.body.id}`);
  try {
    onProgress(_("Waiting for its turn"));
    await waitForEnd(task, onProgress, signal);
    return await request("GET", `${task}/response`, { signal });
  } finally {
    await request("DELETE", task).catch(() => {}); // it is not read again; the service removes what is left in a week
  }
}

/**
 * Sends a request until the service has capacity for it.
 *
 * @template Response
 * @param {() => Promise<Response>} send
 * @param {(text: string) => void} onProgress
 * @param {AbortSignal} [signal]
 */
async function whenAccepted(send, onProgress, signal) {
  for (;;) {
    try {
      return await send();
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 503) throw error;
      for (let seconds = error.retryAfter || LONGEST_WAIT; seconds > 0; seconds--) {
        onProgress(_("The service is busy. Trying again in {seconds} seconds.", { seconds }));
        await sleep(1, signal);
      }
    }
  }
}

/**
 * Waits until a task has ended: by its events, or else by polling every second.
 *
 * @param {string} task
 * @param {(text: string) => void} onProgress
 * @param {AbortSignal} [signal]
 */
async function waitForEnd(task, onProgress, signal) {
  /** @param {Api.TaskOut} progress */
  const hasEnded = ({ stage, state }) => {
    if (stage && STAGES[stage]) onProgress(STAGES[stage]());
    return state === "succeeded" || state === "failed";
  };
  const source = new EventSource(`${task}/events`);
  try {
    if (await lastEvent(source, hasEnded, signal)) return;
  } finally {
    source.close();
  }
  while (!hasEnded((await request("GET", task, { signal })).body)) await sleep(1, signal);
}

/**
 * Resolves to true at the last event, to false if the browser gives up listening.
 *
 * @param {EventSource} source
 * @param {(progress: Api.TaskOut) => boolean} isLast
 * @param {AbortSignal} [signal]
 * @returns {Promise<boolean>}
 */
function lastEvent(source, isLast, signal) {
  return new Promise((resolve, reject) => {
    source.addEventListener("progress", (event) => isLast(JSON.parse(event.data)) && resolve(true));
    source.addEventListener("error", () => source.readyState === EventSource.CLOSED && resolve(false));
    signal?.addEventListener("abort", () => reject(new DOMException("", "AbortError")));
  });
}

/**
 * @param {number} seconds
 * @param {AbortSignal} [signal]
 * @returns {Promise<void>}
 */
function sleep(seconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, 1000 * seconds);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(new DOMException("", "AbortError"));
    });
  });
}

/**
 * Whether an error says that something was cancelled.
 *
 * @param {unknown} error
 */
export const wasCancelled = (error) => !(error instanceof Problem) && asError(error).name === "AbortError";
