// Searching with a latent and saving it; the results are shown below the image, which stays as it is.

import { asError, newKey, request } from "../lib/api.js";
import { byId, create, link, query } from "../lib/dom.js";
import { clearFormProblem, fieldNamed, firstInvalid, showFormProblem } from "../lib/forms.js";
import { _, moment, number } from "../lib/messages.js";
import { apiPath, pagePath } from "../lib/paths.js";
import { runTask, wasCancelled } from "../lib/tasks.js";
import { formData, searchFields, showKeeping, withProgress } from "../search/search_form.js";

/** @typedef {import("../search/search_form.js").FormField} FormField */

/**
 * @typedef {object} Latent
 * @property {File} image
 * @property {ImageBitmap} bitmap
 * @property {number} ppi
 * @property {import("./markup.js").Markup} markup
 */

const LISTED = 6; // candidates below the image

export class LatentSearch {
  /**
   * @param {object} desk
   * @param {() => boolean} desk.hasResolution asks for the resolution if it is missing
   * @param {() => Latent | null} desk.content
   * @param {() => void} desk.onStored called when the marks are in a search or a file
   */
  constructor({ hasResolution, content, onStored }) {
    this.hasResolution = hasResolution;
    this.content = content;
    this.onStored = onStored;
    this.form = byId("latent-search", HTMLFormElement);
    this.results = byId("results");
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    byId("save").addEventListener("click", () => this.save());
    showKeeping(this.form);
  }

  clear() {
    this.results.hidden = true;
    this.results.replaceChildren();
  }

  async submit() {
    const { form } = this;
    clearFormProblem(form);
    if (form.hidden || !this.hasResolution()) return;
    const invalid = firstInvalid(form);
    if (invalid) {
      invalid.reportValidity();
      return;
    }
    try {
      await withProgress(form, (onProgress, signal) => this.search(onProgress, signal));
    } catch (error) {
      if (wasCancelled(error)) query(form, "button.main").focus();
      else showFormProblem(form, asError(error));
    }
  }

  /**
   * @param {(text: string) => void} onProgress
   * @param {AbortSignal} signal
   */
  async search(onProgress, signal) {
    const latent = this.content();
    if (!latent) return;
    /** @type {FormField[]} */
    const fields = [...searchFields(this.form), ["marked", markupFile(latent)], ["image", latent.image]];
    /** @type {{ body: Api.SearchOut }} */
    const { body } = await runTask(apiPath("/identify/latent"), { form: formData(fields) }, onProgress, signal);
    this.onStored();
    this.show(body);
    if (body.national) this.results.append(await otherStates(body.id));
  }

  /** @param {Api.SearchOut} search */
  show({ id, candidates, created_at: at, identity, left_out: leftOut }) {
    const above = candidates.filter((candidate) => candidate.above_threshold).length;
    const verdict = create("b", _("No matching records that you can view."));
    if (above) verdict.textContent = _("Candidates above the threshold: {count}", { count: number(above) });
    else if (candidates.length)
      verdict.textContent = _("Candidates in the order of their scores: {count}", { count: number(candidates.length) });
    const summary = create("div");
    summary.append(verdict, create("br"), create("small", _("Searched {when}", { when: moment(at) })));
    if (leftOut?.length) {
      const unused = create("ul");
      unused.append(...leftOut.map((text) => create("li", text)));
      summary.append(create("br"), create("b", _("Not used in this search")), unused);
    }
    const searched = Object.keys(identity);
    const lists = searched.flatMap((modality) => {
      const listed = candidates.filter((candidate) => (candidate.modality ?? searched[0]) === modality);
      const list = create("ol");
      list.append(...listed.slice(0, LISTED).map((candidate) => candidateItem(id, candidate)));
      const name = create("b", modality === "palm" ? _("Palms") : _("Fingers"));
      return searched.length > 1 && candidates.length ? [name, list] : [list];
    });
    const all = link(pagePath(`/searches/${id}`), _("All results"));
    all.className = "button small";
    this.results.replaceChildren(summary, ...lists, all);
    this.results.hidden = false;
    this.results.focus();
  }

  /** Saves the latent with its minutiae as a file. */
  async save() {
    const { form } = this;
    clearFormProblem(form);
    const caseNumber = fieldNamed(form, "case_number");
    const latent = this.content();
    if (!this.hasResolution() || !caseNumber.reportValidity() || !latent) return;
    /** @type {FormField[]} */
    const fields = [
      ["marked", markupFile(latent)],
      ["image", latent.image],
      ["case_number", caseNumber.value.trim()],
    ];
    try {
      const { body } = await request("POST", apiPath("/latents/files"), { form: formData(fields), key: newKey() });
      const download = link(URL.createObjectURL(body), "");
      download.download = "latent.an2";
      download.click();
      this.onStored();
    } catch (error) {
      showFormProblem(form, asError(error));
    }
  }
}

/**
 * Returns what other states answered to a search, as the page of its results shows it.
 *
 * @param {string} search
 */
async function otherStates(search) {
  /** @type {{ body: Blob }} */
  const { body } = await request("GET", pagePath(`/searches/${search}`));
  const page = new DOMParser().parseFromString(await body.text(), "text/html");
  return document.adoptNode(query(page, "#other-states"));
}

/**
 * @param {string} search
 * @param {Api.CandidateOut} candidate
 */
function candidateItem(search, { rank, rank_on_list: onList, record, samples }) {
  const item = create("li");
  // Whose print it is an examiner learns after the comparison.
  const name = `${number(onList ?? rank)}. ${record ? _("Candidate") : _("Held by another unit")}`;
  const [sample] = samples ?? [];
  const path =
    record && sample
      ? `/compare?search=${search}&record=${record.id}&sample=${sample.sample_id}`
      : `/searches/${search}`;
  const anchor = link(pagePath(path), name);
  if (record && sample?.has_image) {
    const image = create("img");
    Object.assign(image, { src: apiPath(`/samples/${sample.sample_id}/rendering?side=160`), alt: "" });
    anchor.prepend(image);
  }
  item.append(anchor);
  return item;
}

/**
 * Returns the markup as a file of the service's own format.
 *
 * @param {Latent} latent
 */
function markupFile({ bitmap: { width, height }, ppi, markup }) {
  const { region } = markup.state;
  const content = {
    format: "pehchan-minutiae",
    version: 1,
    width,
    height,
    ppi,
    position: Number(byId("position", HTMLSelectElement).value),
    minutiae: markup.minutiae,
    ...(region ? { region } : {}),
  };
  return new File([JSON.stringify(content)], "marked.json", { type: "application/json" });
}
