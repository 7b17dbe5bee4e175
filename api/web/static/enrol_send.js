// What is sent of a draft: the form of POST /api/v1/enrolments, or of an encounter of a record that there is. What is said
// of each file goes with it in `details`: by field, one entry a file.

import { ask } from "./api.js";
import { said } from "./forms.js";

/** Sends a draft under its key, so that it is enrolled once however often it is sent; returns the service's answer. */
export async function send(form, state) {
  const path = state.record ? `/api/v1/records/${encodeURIComponent(state.record.id)}/encounters` : "/api/v1/enrolments";
  const answer = await ask("POST", path, { form: written(form, state), key: state.key });
  return answer.body;
}

function written(form, state) {
  const { record, encounter, accept_poor_quality: reason } = said(form);
  const data = new FormData();
  if (!state.record) data.append("record", JSON.stringify(person(record, state.lists)));
  data.append("encounter", JSON.stringify({ ...encounter, sections: state.sections, missing_fingers: state.missing }));
  const details = {};
  for (const place of document.querySelectorAll(".finger[data-position]")) {
    const print = state.prints[place.dataset.position];
    if (!print) continue;
    data.append(place.dataset.field, print.file, print.name);
    details[place.dataset.field] = [{ impression: print.impression, ppi: print.ppi }];
  }
  for (const photo of state.photos) data.append("photo", photo.file, photo.name);
  if (state.photos.length) details.photo = state.photos.map(({ view }) => (view ? { view } : {}));
  data.append("details", JSON.stringify(details));
  if (reason) data.append("accept_poor_quality", reason);
  return data;
}

function person(record, { relatives, documents, marks }) {
  const { particulars = {} } = record;
  return { ...record, particulars: { ...particulars, relatives, documents, appearance: { ...particulars.appearance, marks } } };
}
