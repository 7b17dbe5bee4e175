// Requests to the service: every change that a page makes goes through here.

import { _ } from "./messages.js";
import { translatedProblem } from "./problems.js";

// What an account that may enrol leaves in this browser until it signs out, so that it can enrol without a connection.
const KEPT = "pehchan.offline"; // in localStorage

/** Whether this browser stored the page for when there is no connection; it has been made for no account. */
export const isOffline = document.body.dataset.offline !== undefined;

/** @typedef {{ account: string, publicKey: string }} OfflineAccount the key in base64 */

/**
 * Returns the account that signed in last and has not signed out; null if there is none that may enrol.
 *
 * @returns {OfflineAccount | null}
 */
export const offlineAccount = () => JSON.parse(localStorage.getItem(KEPT) ?? "null");

/** @param {OfflineAccount} kept */
export const rememberAccount = (kept) => localStorage.setItem(KEPT, JSON.stringify(kept));

export const forgetAccount = () => localStorage.removeItem(KEPT);

/** The id of the account that the page was made for, or that signed in last on a stored page; "" if there is none. */
export const account = document.body.dataset.account ?? ((isOffline && offlineAccount()?.account) || "");

const SIGNED_OUT = new Set(["unauthenticated", "token_expired"]);
const ATTEMPTS = 3; // if the service is busy or the connection breaks
const LONGEST_RETRY_AFTER = 15; // seconds
const ending = new AbortController(); // of all requests of this page, when its account signs out

/**
 * @typedef {object} RequestOptions
 * @property {unknown} [json] sent as JSON
 * @property {FormData | Blob} [form] sent as it is
 * @property {string} [key] the idempotency key: a request that has one is tried again if the connection breaks
 * @property {string} [version] the ETag of the version that is changed
 * @property {AbortSignal} [signal]
 * @property {Record<string, string>} [headers]
 */

/**
 * @typedef {object} FieldError an error of one field
 * @property {string} [field]
 * @property {string} [message]
 */

/** A request that was refused or could not be sent. `code` is the service's own; "offline" if there is no connection. */
export class Problem extends Error {
  /**
   * @param {string} code
   * @param {string} message
   * @param {{ status?: number, errors?: FieldError[], retryAfter?: number, detail?: string }} more
   *   `retryAfter` in seconds; `detail` is the service's English text, if the message is another one
   */
  constructor(code, message, { status = 0, errors = [], retryAfter = 0, detail = "" } = {}) {
    super(message);
    this.code = code;
    this.status = status;
    this.errors = errors;
    this.retryAfter = retryAfter;
    this.detail = detail;
  }
}

/**
 * Returns a caught error as one that has a message. Throws what is no Error.
 *
 * @param {unknown} error
 * @returns {Error & Partial<Problem>}
 */
export function asError(error) {
  if (error instanceof Error) return error;
  throw error;
}

/**
 * Whether the same request may succeed later: there was no connection, no session or no capacity.
 *
 * @param {Partial<Problem>} problem
 */
export const isDelayed = ({ code, status = 0, retryAfter = 0 }) =>
  code === "offline" || code === "signed_out" || status >= 500 || retryAfter > 0;

/** Ends what this page loads and asks for, and lets it ask for nothing else: its account signs out. */
export function endRequests() {
  ending.abort();
  stop(); // pictures, too
}

/** Returns a new idempotency key. */
export const newKey = () =>
  crypto.randomUUID?.() ??
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

/**
 * Sends a request and returns its response; the body is parsed if it is JSON, else a Blob.
 *
 * Throws a Problem. The service refuses requests of a page whose account is not the one that is signed in. If the session
 * has ended, "signedout" is dispatched on the window.
 *
 * @template [Body=any]
 * @param {string} method
 * @param {string} path
 * @param {RequestOptions} options
 * @returns {Promise<{ status: number, body: Body, headers: Headers }>}
 */
export async function request(method, path, { json, form, key, version, signal, headers = {} } = {}) {
  /** @type {RequestInit & { headers: Record<string, string> }} */
  const init = { method, headers: { Accept: "application/json", ...headers }, credentials: "same-origin" };
  init.signal = signal ? AbortSignal.any([signal, ending.signal]) : ending.signal;
  if (json !== undefined) {
    init.body = JSON.stringify(json);
    init.headers["Content-Type"] = "application/json";
  }
  if (account) init.headers["Pehchan-Account"] = account;
  if (form) init.body = form;
  if (key) init.headers["Idempotency-Key"] = key;
  if (version) init.headers["If-Match"] = version;
  const mayRetry = Boolean(key) || method === "GET";
  for (let attempt = 1; ; attempt++) {
    const isLast = attempt >= ATTEMPTS || !mayRetry;
    let response;
    try {
      response = await fetch(path, init);
      if (response.ok) return { status: response.status, body: await bodyOf(response), headers: response.headers };
    } catch (error) {
      if (ending.signal.aborted) throw new Problem("signed_out", _("You have signed out."));
      if (asError(error).name === "AbortError") throw error;
      if (isLast || !navigator.onLine)
        throw new Problem(
          "offline",
          _(
            "There is no connection to the service. What you entered is still here; send it again when the connection is back.",
          ),
        );
      await sleep(attempt);
      continue;
    }
    const retryAfter = Number(response.headers.get("Retry-After"));
    if (response.status === 503 && !isLast && retryAfter <= LONGEST_RETRY_AFTER) {
      await sleep(retryAfter || attempt);
      continue;
    }
    throw await problemOf(response, retryAfter);
  }
}

/**
 * @param {Response} response
 * @returns {Promise<any>}
 */
function bodyOf(response) {
  if (response.status === 204) return Promise.resolve(null);
  const type = response.headers.get("Content-Type") ?? "";
  return type.includes("json") ? response.json() : response.blob();
}

/**
 * @param {Response} response
 * @param {number} retryAfter
 */
async function problemOf(response, retryAfter) {
  /** @type {Partial<Api.Problem>} */
  const details = await response.json().catch(() => ({}));
  const { status } = response;
  const { code = "unknown" } = details;
  if (SIGNED_OUT.has(code)) {
    dispatchEvent(new Event("signedout"));
    return new Problem(
      "signed_out",
      _("You are no longer signed in. Sign in in another tab, then send this again. What you entered is still here."),
      { status },
    );
  }
  if (code === "version_mismatch")
    return new Problem(
      code,
      _(
        "Another user has changed this since you opened it, so nothing was stored. Load the page again and repeat your change if it still applies.",
      ),
      { status },
    );
  const translation = await translatedProblem(code);
  const message = translation || details.detail || _("The service answered {status}.", { status });
  const detail = translation ? details.detail : "";
  return new Problem(code, message, { status, errors: details.errors ?? [], retryAfter, detail });
}

/** @param {number} seconds */
const sleep = (seconds) => new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
