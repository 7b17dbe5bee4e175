// Where images and comparisons come from: a case, in its order, or a search and what it found.

import { ask } from "../lib/api.js";
import { keptFields } from "../storage/search_files.js";

const SHOWN = new Set(["image/png", "image/jpeg", "image/bmp", "image/webp"]); // by every browser
const MINUTIAE = "application/x-fmr"; // another system's record, which has no image

/** The images of a case; the service keeps which were looked at. */
export class CaseSource {
  constructor(id) {
    this.path = `/api/v1/cases/${id}`;
  }

  /** Returns an image's file, null where there is none. */
  async image(side, name, type) {
    return type === MINUTIAE ? null : (await ask("GET", rendered(`${this.path}/images/${name}`, "", type))).body;
  }

  /** Returns an image's size and resolution and what was extracted. */
  marks = async (side, name) => (await ask("GET", `${this.path}/images/${name}/marks`)).body;

  comparison = async (probe, candidate) => (await ask("GET", `${this.path}/comparisons/${probe}/${candidate}`)).body;

  chart = (probe, candidate) => `${this.path}/comparisons/${probe}/${candidate}/chart`;
}

/** What a search was made with, as far as this browser has it, or somebody gives it again; and a candidate's samples. */
export class SearchSource {
  constructor(id) {
    this.path = `/api/v1/searches/${id}`;
    this.kept = keptFields(id).catch(() => null);
    this.given = new Map(); // files that were chosen, by the probe's place
  }

  async image(side, name, type) {
    if (side === "probe") return this.file(name);
    return type === MINUTIAE ? null : (await ask("GET", rendered(`/api/v1/samples/${name}`, "/image", type))).body;
  }

  marks = () => Promise.resolve(null); // they come with the comparison

  async comparison(probe, candidate) {
    const form = new FormData();
    form.append("sample_id", candidate);
    form.append("ordinal", probe);
    const file = await this.file(probe);
    if (file) form.append("image", file);
    return (await ask("POST", `${this.path}/comparisons`, { form })).body;
  }

  chart = () => null;

  /** Returns the file of a probe, null where nobody has it. */
  async file(place) {
    if (this.given.has(place)) return this.given.get(place);
    const label = document.querySelector(`[data-pane=probe] option[value="${CSS.escape(place)}"]`)?.dataset.label;
    const found = ((await this.kept) ?? []).find(
      ([field, value]) => value instanceof File && (labelled(field, value) === label || isLatent(value, label)),
    );
    return found?.[1] ?? null;
  }
}

function rendered(path, original, type) {
  return SHOWN.has(type) ? path + original : `${path}/rendering`;
}

/** Whether a label is of a latent of this file, which is searched with in several ways and may be of a known finger. */
const isLatent = (file, label) =>
  ["", ", marked", ", upside down", ", marked, upside down"].some((way) => label?.endsWith(` (${file.name}${way})`));

/** Returns what the service calls a file of a search. */
function labelled(field, file) {
  const what = field === "photo" ? "photo" : field.replaceAll("_", " ");
  return file.name ? `${what} (${file.name})` : what;
}
