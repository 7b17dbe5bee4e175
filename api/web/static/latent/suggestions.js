// The minutiae that the software suggests, by how sure it is of them.

import { asError, newKey, request } from "../lib/api.js";
import { byId } from "../lib/dom.js";
import { _, number } from "../lib/messages.js";
import { apiPath } from "../lib/paths.js";
import { showProblem } from "../lib/problems.js";
import { formData } from "../search/search_form.js";
import { networkText } from "./latent_layers.js";
import { rounded } from "./markup.js";

/** @typedef {import("../search/search_form.js").FormField} FormField */

export class Suggestions {
  /**
   * @param {import("./markup.js").Markup} markup
   * @param {() => { image: File, ppi: number, position: string } | null} source the latent, null while its resolution
   *   is unknown
   */
  constructor(markup, source) {
    this.markup = markup;
    this.source = source;
    this.isComputing = false;
    this.hasConfidence = false; // chosen by the examiner: nothing is accepted in bulk before
    const least = byId("least", HTMLInputElement);
    least.addEventListener("input", () => {
      this.hasConfidence = true;
      markup.leastQuality = least.valueAsNumber;
      byId("least-shown").textContent = number(least.valueAsNumber);
      markup.onChange();
    });
  }

  /** Requests suggestions for the image, within its region of interest. */
  async request() {
    const latent = this.source();
    if (!latent) return;
    /** @type {FormField[]} */
    const fields = [
      ["image", latent.image],
      ["ppi", String(latent.ppi)],
      ["position", latent.position],
    ];
    const { region } = this.markup.state;
    if (region) fields.push(["region", JSON.stringify(region)]);
    const problem = byId("open-problem");
    this.isComputing = true;
    this.show();
    try {
      /** @type {{ body: Api.MinutiaeOut }} */
      const { body } = await request("POST", apiPath("/latents/minutiae"), { form: formData(fields), key: newKey() });
      this.markup.suggest(body.minutiae.map(rounded), body.network);
    } catch (error) {
      showProblem(problem, asError(error));
      problem.scrollIntoView({ block: "nearest" });
    } finally {
      this.isComputing = false;
      this.show();
    }
  }

  /** Shows how many suggestions there are, and offers to accept them once a confidence is chosen. */
  show() {
    byId("suggestion-counts").textContent = this.text();
    byId("accept-shown", HTMLButtonElement).disabled = !this.hasConfidence || !this.markup.shown.length;
  }

  text() {
    const { state, shown } = this.markup;
    const all = state.suggestions.length;
    if (this.isComputing) return _("The software looks for minutiae. This takes some seconds.");
    if (!all) return _("None.");
    const count = _("Suggestions: {shown} of {count} shown", { shown: number(shown.length), count: number(all) });
    const text = state.network ? `${count}. ${networkText(state.network)}` : `${count}.`;
    return this.hasConfidence ? text : `${text} ${_("Choose a confidence before you accept them.")}`;
  }
}
