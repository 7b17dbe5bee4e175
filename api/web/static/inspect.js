// What a file holds and is worth, asked of the service one file at a time.

import { ask, newKey } from "./api.js";

let last = Promise.resolve();

/**
 * Asks what a file is worth; `kind` is finger, slap, card, transaction or photo, `fields` go with it where they are not
 * empty. Returns { samples, notes }; each sample has what a draft keeps of it, and `image`, a Blob, where the service made
 * one. Throws a Problem.
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
  return { samples: body.samples.map(read), notes: body.notes };
}

function read(sample) {
  return {
    modality: sample.modality,
    position: sample.position,
    impression: sample.impression,
    quality: sample.quality,
    measure: sample.modality === "face" ? "ISO/IEC 29794-5" : "NFIQ 2",
    faults: sample.quality_faults,
    acceptable: sample.acceptable,
    refusal: sample.refusal?.detail ?? "",
    checked: true,
    image: sample.image && blobOf(sample.image),
  };
}

function blobOf({ media_type: type, base64 }) {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  return new Blob([bytes], { type });
}
