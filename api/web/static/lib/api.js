// Asking the service: every change of a page goes through here.

import { _ } from "./messages.js";
import { sentenceOf } from "./problems.js";

/** Whose page this is, by the account's id; "" where nobody is signed in. */
export const account = document.body.dataset.account ?? "";

const SIGNED_OUT = new Set(["unauthenticated", "token_expired"]);
const TRIES = 3; // of what the service, or the link, had no time for

/** What was refused, or could not be asked. `code` is the service's own; "offline" where there is no connection. */
export class Problem extends Error {
  constructor(code, message, { status = 0, errors = [], wait = 0, detail = "" } = {}) {
    super(message);
    this.code = code;
    this.status = status;
    this.errors = errors; // of a form's fields: { field, message }
    this.wait = wait; // seconds after which it may go better
    this.detail = detail; // what the service says, in English, where the message is another one
  }
}

/** Whether the same request may succeed later: there was no connection, no session or no room. */
export const isDelayed = ({ code, status, wait }) =>
  code === "offline" || code === "signed_out" || status >= 500 || wait > 0;

/** Makes a key under which a request that arrives twice is carried out once. */
export const newKey = () =>
  crypto.randomUUID?.() ??
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

/**
 * Asks for something and returns { status, body, headers }; the body is parsed where it is JSON.
 *
 * `json` or `form` (FormData) is sent; `key` makes repetition harmless, so that a write is tried again where the link
 * breaks; `version` is the ETag that is changed. Throws a Problem. The service refuses requests of a page whose account is not
 * the one that is signed in. When the session has ended, "signedout" is dispatched on the window.
 */
export async function ask(method, path, { json, form, key, version, signal, headers = {} } = {}) {
  const sent = { method, signal, headers: { Accept: "application/json", ...headers }, credentials: "same-origin" };
  if (json !== undefined) {
    sent.body = JSON.stringify(json);
    sent.headers["Content-Type"] = "application/json";
  }
  if (account) sent.headers["Pehchan-Account"] = account;
  if (form) sent.body = form;
  if (key) sent.headers["Idempotency-Key"] = key;
  if (version) sent.headers["If-Match"] = version;
  const repeats = key || method === "GET";
  for (let tried = 1; ; tried++) {
    const last = tried >= TRIES || !repeats;
    let answer;
    try {
      answer = await fetch(path, sent);
    } catch (error) {
      if (error.name === "AbortError") throw error;
      if (last || !navigator.onLine)
        throw new Problem(
          "offline",
          _(
            "There is no connection to the service. What you entered is still here; send it again when the connection is back.",
          ),
        );
      await pause(tried);
      continue;
    }
    if (answer.ok) return { status: answer.status, body: await content(answer), headers: answer.headers };
    const wait = Number(answer.headers.get("Retry-After"));
    if (answer.status === 503 && !last && wait <= 15) {
      await pause(wait || tried);
      continue;
    }
    throw await refused(answer, wait);
  }
}

function content(answer) {
  const kind = answer.headers.get("Content-Type") || "";
  if (answer.status === 204) return null;
  return kind.includes("json") ? answer.json() : answer.blob();
}

async function refused(answer, wait) {
  const said = await answer.json().catch(() => ({}));
  const { status } = answer;
  if (SIGNED_OUT.has(said.code)) {
    dispatchEvent(new Event("signedout"));
    return new Problem(
      "signed_out",
      _(
        "You are not signed in any more. Sign in in another tab, then send this again: what you entered is still here.",
      ),
      { status },
    );
  }
  if (said.code === "version_mismatch")
    return new Problem(
      said.code,
      _(
        "Somebody else has changed this since you opened it, so nothing was stored. Load the page again, and do it anew where it is still right.",
      ),
      { status },
    );
  const sentence = await sentenceOf(said.code);
  const message = sentence || said.detail || _("The service answered {status}.", { status });
  return new Problem(said.code || "unknown", message, {
    status,
    errors: said.errors || [],
    wait,
    detail: sentence && said.detail,
  });
}

const pause = (seconds) => new Promise((done) => setTimeout(done, 1000 * seconds));
