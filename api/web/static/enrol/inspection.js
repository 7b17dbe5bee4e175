// What a file holds and is worth, asked of the service one file at a time.

import { ask, newKey } from "../lib/api.js";
import { sentenceOf } from "../lib/problems.js";

let last = Promise.resolve();

/**
 * Asks what a file is worth; `kind` is finger, slap, card, transaction or photo, `fields` go with it where they are not
 * empty. Returns { samples, notes, missing }: of each sample its `worth`, which a draft keeps, what the file says of it, an
 * `image` to show and the `original` bytes, Blobs where the service sent them; `missing` are fingers that the file says
 * cannot be taken. Throws a Problem.
 */
export function inspect(kind, file, name, fields = {}, signal = undefined) {
  const turn = last.then(() => asked(kind, file, name, fields, signal));
  last = turn.catch(() => {});
  return turn;
}

async function asked(kind, file, name, fields, signal) {
  const form = new FormData();
  form.append(kind, file, name);
  for (const [field, value] of Object.entries(fields)) {
    for (const one of [value].flat()) if (one !== "" && one !== undefined && one !== null) form.append(field, one);
  }
  const { body } = await ask("POST", "/api/v1/inspections", { form, key: newKey(), signal }); // with a key it is tried again
  return { samples: await Promise.all(body.samples.map(read)), notes: body.notes, missing: body.missing_fingers };
}

async function read(sample) {
  const { modality, position, impression, ppi, view } = sample;
  const worth = {
    quality: sample.quality,
    measure: modality === "face" ? "ISO/IEC 29794-5" : "NFIQ 2",
    faults: sample.quality_faults,
    acceptable: sample.acceptable,
    ...(await refused(sample.refusal)),
    checked: true,
  };
  return {
    modality,
    position,
    impression,
    ppi: ppi ?? undefined,
    view,
    worth,
    image: blobOf(sample.image),
    original: blobOf(sample.original),
  };
}

/** Returns why a sample cannot be used, in the reader's language, and what the service itself says of it. */
async function refused(refusal) {
  const sentence = refusal ? await sentenceOf(refusal.code) : "";
  const detail = refusal?.detail ?? "";
  return { refusal: sentence || detail, refusal_detail: sentence && detail };
}

function blobOf(sent) {
  if (!sent) return undefined;
  const { media_type: type, base64, filename } = sent;
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  return filename ? new File([bytes], filename, { type }) : new Blob([bytes], { type });
}
