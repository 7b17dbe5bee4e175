// Where images and comparisons come from: a case, or a search and its candidates.

import { request } from "../lib/api.js";
import { apiPath } from "../lib/paths.js";

/** @typedef {"probe" | "candidate"} Side */

/**
 * @typedef {object} ImageSource
 * @property {(side: Side, name: string, type: string) => Promise<Blob | null>} image returns an image's file, null if there is none
 * @property {(side: Side, name: string) => Promise<Api.MarkedImage | null>} marks returns an image's size, resolution and extracted points
 * @property {(probe: string, candidate: string) => Promise<Api.Chart>} comparison
 */

const DISPLAYABLE = new Set(["image/png", "image/jpeg", "image/bmp", "image/webp"]); // by every browser
const MINUTIAE = "application/x-fmr"; // another system's record, which has no image

/**
 * The images of a case; the service records which were looked at.
 *
 * @implements {ImageSource}
 */
export class CaseSource {
  /** @param {string} id */
  constructor(id) {
    this.path = apiPath(`/cases/${id}`);
  }

  /**
   * @param {Side} _side
   * @param {string} name
   * @param {string} type
   */
  image(_side, name, type) {
    return type === MINUTIAE ? Promise.resolve(null) : get(displayable(`${this.path}/images/${name}`, "", type));
  }

  /**
   * @param {Side} _side
   * @param {string} name
   */
  marks(_side, name) {
    return get(`${this.path}/images/${name}/marks`);
  }

  /**
   * @param {string} probe
   * @param {string} candidate
   */
  comparison(probe, candidate) {
    return get(`${this.path}/comparisons/${probe}/${candidate}`);
  }
}

/**
 * The probes of a search, if they are kept or chosen again, and a candidate's samples.
 *
 * @implements {ImageSource}
 */
export class SearchSource {
  /** @param {string} id */
  constructor(id) {
    this.path = apiPath(`/searches/${id}`);
    /** @type {Map<string, File>} */
    this.chosen = new Map(); // files that were chosen again, by the probe's name
  }

  /**
   * @param {Side} side
   * @param {string} name
   * @param {string} type
   */
  image(side, name, type) {
    const chosen = side === "probe" ? this.chosen.get(name) : null;
    if (chosen) return Promise.resolve(chosen);
    const kept = side === "probe" ? this.keptFile(name) : null;
    const path = kept ? `${this.path}/probes/${kept}` : apiPath(`/samples/${name}`);
    const hasImage = type.startsWith("image/") && (side === "candidate" || kept);
    return hasImage ? get(displayable(path, "/image", type)) : Promise.resolve(null);
  }

  /** Returns null: the points come with the comparison. */
  marks() {
    return Promise.resolve(null);
  }

  /**
   * @param {string} probe
   * @param {string} candidate
   * @returns {Promise<Api.SearchChart>}
   */
  async comparison(probe, candidate) {
    const form = new FormData();
    form.append("sample_id", candidate);
    form.append("ordinal", probe);
    const file = this.chosen.get(probe);
    if (file) form.append("image", file);
    return (await request("POST", `${this.path}/comparisons`, { form })).body;
  }

  /**
   * Returns the number of the probe under which the service keeps the file of a probe, null if it does not.
   *
   * @param {string} name
   */
  keptFile(name) {
    const option = document.querySelector(`[data-pane=probe] option[value="${CSS.escape(name)}"]`);
    return (option instanceof HTMLElement && option.dataset.file) || null;
  }
}

/**
 * @param {string} path
 * @returns {Promise<any>}
 */
const get = async (path) => (await request("GET", path)).body;

/**
 * Returns the path of an image, of its rendering if not every browser can display the original.
 *
 * @param {string} path
 * @param {string} original
 * @param {string} type
 */
const displayable = (path, original, type) => (DISPLAYABLE.has(type) ? path + original : `${path}/rendering`);
