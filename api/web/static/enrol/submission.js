// The request that sends a draft: the form of an enrolment, or of a new encounter of an existing record. The details of the
// files are in the field `details`: by field, one entry for each file.

import { request } from "../lib/api.js";
import { queryAll } from "../lib/dom.js";
import { formValues } from "../lib/forms.js";
import { apiPath } from "../lib/paths.js";

/** @typedef {import("./draft.js").DraftState} DraftState */
/** @typedef {import("./draft.js").Outbox} Outbox */

/**
 * Returns the request for a draft.
 *
 * @param {HTMLFormElement} form
 * @param {DraftState} state
 * @returns {Outbox}
 */
export function outboxOf(form, state) {
  const path = state.record ? `/records/${encodeURIComponent(state.record.id)}/encounters` : "/enrolments";
  return { path: apiPath(path), fields: fieldsOf(form, state) };
}

/**
 * Whether two requests are the same.
 *
 * @param {Outbox} a
 * @param {Outbox} b
 */
export const isSame = (a, b) =>
  a.path === b.path &&
  a.fields.length === b.fields.length &&
  a.fields.every((field, index) => field.every((part, at) => part === b.fields[index][at]));

/**
 * Sends a draft's outbox with its idempotency key, so that it is enrolled once however often it is sent.
 *
 * @param {DraftState} state
 * @returns {Promise<Api.EnrolmentOut>}
 */
export async function send(state) {
  if (!state.outbox) throw new Error("The draft has no request to send.");
  const form = new FormData();
  for (const [name, value, fileName] of state.outbox.fields) {
    if (typeof value === "string") form.append(name, value);
    else form.append(name, value, fileName);
  }
  return (await request("POST", state.outbox.path, { form, key: state.key })).body;
}

/**
 * @param {HTMLFormElement} form
 * @param {DraftState} state
 */
function fieldsOf(form, state) {
  const { record, encounter, accept_poor_quality: reason } = formValues(form);
  /** @type {Outbox["fields"]} */
  const fields = [];
  if (!state.record) fields.push(["record", JSON.stringify(person(record, state.lists))]);
  fields.push([
    "encounter",
    JSON.stringify({ ...encounter, sections: state.sections, missing_fingers: state.missing }),
  ]);
  /** @type {Record<string, object[]>} */
  const details = {};
  for (const { dataset } of queryAll(document, ".finger[data-position]")) {
    const { position = "", field = "" } = dataset;
    const print = state.prints[position];
    if (!print) continue;
    fields.push([field, print.file, print.name]);
    details[field] = [{ impression: print.impression, ppi: print.ppi }];
  }
  for (const photo of state.photos) fields.push(["photo", photo.file, photo.name]);
  if (state.photos.length) details.photo = state.photos.map(({ view }) => (view ? { view } : {}));
  for (const { field, file, name, details: own } of state.others) {
    fields.push([field, file, name]);
    (details[field] ??= []).push(own ?? {});
  }
  fields.push(["details", JSON.stringify(details)]);
  if (reason) fields.push(["accept_poor_quality", reason]);
  return fields;
}

/**
 * @param {Record<string, any>} record
 * @param {DraftState["lists"]} lists
 */
function person(record, { relatives, documents, marks }) {
  const { particulars = {} } = record;
  return {
    ...record,
    particulars: { ...particulars, relatives, documents, appearance: { ...particulars.appearance, marks } },
  };
}
