// What is sent of a draft: the form of POST /api/v1/enrolments, or of an encounter of a record that there is. What is said
// of each file goes with it in `details`: by field, one entry a file.

import { ask } from "../lib/api.js";
import { said } from "../lib/forms.js";

/** Returns the request for a draft, { path, fields }: each field is a name, a text or a file, and the file's name. */
export function outbox(form, state) {
  const path = state.record
    ? `/api/v1/records/${encodeURIComponent(state.record.id)}/encounters`
    : "/api/v1/enrolments";
  return { path, fields: fields(form, state) };
}

/** Whether two requests are the same. */
export const isSame = (one, other) =>
  one.path === other.path &&
  one.fields.length === other.fields.length &&
  one.fields.every((field, place) => field.every((part, at) => part === other.fields[place][at]));

/** Sends a draft's outbox under its key, so that it is enrolled once however often it is sent; returns the service's answer. */
export async function send(state) {
  const form = new FormData();
  for (const field of state.outbox.fields) form.append(...field);
  return (await ask("POST", state.outbox.path, { form, key: state.key })).body;
}

function fields(form, state) {
  const { record, encounter, accept_poor_quality: reason } = said(form);
  const found = [];
  if (!state.record) found.push(["record", JSON.stringify(person(record, state.lists))]);
  found.push(["encounter", JSON.stringify({ ...encounter, sections: state.sections, missing_fingers: state.missing })]);
  const details = {};
  for (const place of document.querySelectorAll(".finger[data-position]")) {
    const print = state.prints[place.dataset.position];
    if (!print) continue;
    found.push([place.dataset.field, print.file, print.name]);
    details[place.dataset.field] = [{ impression: print.impression, ppi: print.ppi }];
  }
  for (const photo of state.photos) found.push(["photo", photo.file, photo.name]);
  if (state.photos.length) details.photo = state.photos.map(({ view }) => (view ? { view } : {}));
  found.push(["details", JSON.stringify(details)]);
  if (reason) found.push(["accept_poor_quality", reason]);
  return found;
}

function person(record, { relatives, documents, marks }) {
  const { particulars = {} } = record;
  return {
    ...record,
    particulars: { ...particulars, relatives, documents, appearance: { ...particulars.appearance, marks } },
  };
}
