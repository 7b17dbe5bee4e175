// Requests that take long: asked for as tasks, with their progress told while they run.

import { ask, newKey, Problem } from "./api.js";
import { _ } from "./messages.js";

const STAGES = {
  decode: () => _("Reading the images"),
  extract: () => _("Finding minutiae and faces"),
  assess: () => _("Measuring quality"),
  index: () => _("Looking for the most alike"),
  match: () => _("Comparing in full"),
  score: () => _("Weighing the scores"),
  store: () => _("Storing the result"),
};
const LONGEST_WAIT = 60; // seconds, where the service has no room and does not say for how long

/**
 * Asks for something that takes long and returns { status, body, headers } of the answer, as ask() does.
 *
 * `tell` is given a sentence whenever something changes; `signal` cancels. Where there is no room it waits and asks
 * again. Throws a Problem, or an AbortError where it was cancelled.
 */
export async function askLater(path, sent, tell, signal) {
  const headers = { ...sent.headers, Prefer: "respond-async" };
  const accepted = await withRoom(() => ask("POST", path, { ...sent, headers, key: newKey(), signal }), tell, signal);
  const task = `/api/v1/tasks/${accepted.body.id}`;
  try {
    tell(_("Waiting for its turn"));
    await ended(task, tell, signal);
    return await ask("GET", `${task}/response`, { signal });
  } finally {
    await ask("DELETE", task).catch(() => {}); // nobody reads it again; the service removes what is left in a week
  }
}

async function withRoom(asking, tell, signal) {
  for (;;) {
    try {
      return await asking();
    } catch (problem) {
      if (problem.status !== 503) throw problem;
      for (let left = problem.wait || LONGEST_WAIT; left > 0; left--) {
        tell(_("The service is busy. It is asked again in {seconds} seconds.", { seconds: left }));
        await pause(1, signal);
      }
    }
  }
}

/** Resolves when a task has ended: by its events, else by looking every second. */
async function ended(task, tell, signal) {
  const told = (progress) => {
    if (progress.stage && STAGES[progress.stage]) tell(STAGES[progress.stage]());
    return progress.state === "succeeded" || progress.state === "failed";
  };
  const source = new EventSource(`${task}/events`);
  try {
    if (await heard(source, told, signal)) return;
  } finally {
    source.close();
  }
  while (!told((await ask("GET", task, { signal })).body)) await pause(1, signal);
}

/** Resolves to true at the last event, to false where the browser gives up listening. */
function heard(source, told, signal) {
  return new Promise((resolve, reject) => {
    source.addEventListener("progress", (event) => told(JSON.parse(event.data)) && resolve(true));
    source.addEventListener("error", () => source.readyState === EventSource.CLOSED && resolve(false));
    signal?.addEventListener("abort", () => reject(new DOMException("", "AbortError")));
  });
}

function pause(seconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, 1000 * seconds);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(new DOMException("", "AbortError"));
    });
  });
}

/** Whether something ended because it was cancelled, not because of a Problem. */
export const wasCancelled = (error) => !(error instanceof Problem) && error.name === "AbortError";
