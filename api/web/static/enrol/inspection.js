// The content and quality of a file, requested from the service one file of a kind at a time.

import { newKey, request } from "../lib/api.js";
import { apiPath } from "../lib/paths.js";
import { translatedProblem } from "../lib/problems.js";
import { measureLabel } from "./labels.js";

/** @typedef {import("./draft.js").Assessment} Assessment */

/**
 * @typedef {object} InspectedSample
 * @property {Api.Modality} modality
 * @property {Api.InspectedOut["position"]} position 0 if the finger is unknown
 * @property {Api.Impression | null} impression
 * @property {number | undefined} ppi
 * @property {Api.PhotoView | null} view
 * @property {Api.PhotographedMark | null} mark
 * @property {Assessment} assessment stored with the draft
 * @property {Blob | undefined} image to show
 * @property {File | undefined} original the bytes in another system's file
 */

/** The last request of photos of a face, which do not wait for prints, and of all else. */
const last = { photo: /** @type {Promise<unknown>} */ (Promise.resolve()), other: Promise.resolve() };

/**
 * Requests the inspection of a file, after the requests before of its kind. Empty fields are left out. Throws a Problem.
 *
 * @param {string} kind finger, slap, card, transaction or photo
 * @param {Blob} file
 * @param {string} name
 * @param {Record<string, string | number | number[] | undefined>} fields
 * @param {AbortSignal} [signal]
 */
export function inspect(kind, file, name, fields = {}, signal = undefined) {
  const queue = kind === "photo" ? "photo" : "other";
  const turn = last[queue].then(() => send(kind, file, name, fields, signal));
  last[queue] = turn.then(
    () => {},
    () => {},
  );
  return turn;
}

/**
 * @param {string} kind
 * @param {Blob} file
 * @param {string} name
 * @param {Record<string, string | number | number[] | undefined>} fields
 * @param {AbortSignal} [signal]
 */
async function send(kind, file, name, fields, signal) {
  const form = new FormData();
  form.append(kind, file, name);
  for (const [field, value] of Object.entries(fields)) {
    for (const item of [value].flat()) if (item !== "" && item !== undefined) form.append(field, String(item));
  }
  /** @type {{ body: Api.InspectionOut }} */
  const { body } = await request("POST", apiPath("/inspections"), { form, key: newKey(), signal }); // with a key it is tried again
  return { samples: await Promise.all(body.samples.map(read)), notes: body.notes, missing: body.missing_fingers };
}

/**
 * @param {Api.InspectedOut} sample
 * @returns {Promise<InspectedSample>}
 */
async function read(sample) {
  const { modality, position, impression, view, mark } = sample;
  const assessment = {
    quality: sample.quality,
    measure: measureLabel(modality),
    faults: sample.quality_faults,
    acceptable: sample.acceptable,
    ...(await refusalTexts(sample.refusal)),
    checked: true,
  };
  const image = sample.image ? new Blob([decode(sample.image.base64)], { type: sample.image.media_type }) : undefined;
  const original = sample.original
    ? new File([decode(sample.original.base64)], sample.original.filename, { type: sample.original.media_type })
    : undefined;
  return { modality, position, impression, ppi: sample.ppi ?? undefined, view, mark, assessment, image, original };
}

/**
 * Returns why a sample cannot be used, in the reader's language, and the service's own text.
 *
 * @param {Api.RefusalOut | null} refusal
 */
async function refusalTexts(refusal) {
  const translation = refusal ? await translatedProblem(refusal.code) : "";
  const detail = refusal?.detail ?? "";
  return { refusal: translation || detail, refusal_detail: translation && detail };
}

/** @param {string} base64 */
const decode = (base64) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
