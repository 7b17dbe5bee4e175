// Keeps the work on the open latent in this browser. The fragment of the page's address, which is not sent to the server,
// says which latent that is, for a reload.

import { byId, create, query } from "../lib/dom.js";
import { _, moment, number } from "../lib/messages.js";
import { pendingWrites } from "../storage/drafts.js";
import { digestOf, listUnsavedLatents, loadLatentWork, saveLatentWork } from "../storage/latent_work.js";

/** @typedef {import("../storage/latent_work.js").LatentWork} LatentWork */

const NAME = "latent"; // in the fragment

export class LatentKeeper {
  digest = "";
  /** @type {Promise<unknown> | null} */
  writing = null;
  isChanged = false; // since the writing began
  hasFailed = false;

  /**
   * @param {() => { work: LatentWork, isUnsaved: boolean }} content
   * @param {(error: unknown) => void} onProblem
   */
  constructor(content, onProblem) {
    this.content = content;
    this.onProblem = onProblem;
    pendingWrites.add(() => this.writing ?? Promise.resolve()); // before signing out
  }

  /**
   * Returns the stored work on a file that is opened.
   *
   * @param {File} file
   */
  async find(file) {
    const digest = await digestOf(file);
    return { digest, ...(await loadLatentWork(digest)) };
  }

  /** Returns the stored work on the latent that the address names. */
  async findNamed() {
    return (await loadLatentWork(new URLSearchParams(location.hash.slice(1)).get(NAME) ?? "")).work;
  }

  /**
   * Lists the latents whose marks are not saved, each with a button that continues it.
   *
   * @param {(work: LatentWork) => void} onChoice
   */
  async offerUnsaved(onChoice) {
    const items = (await listUnsavedLatents()).map(({ at, digest, name, minutiae }) => {
      const item = create("li");
      const button = create("button", _("Continue {file}", { file: name }), "small");
      Object.assign(button, { type: "button" });
      button.addEventListener("click", async () => {
        const { work } = await loadLatentWork(digest);
        if (work) onChoice(work);
      });
      const text = `${_("Minutiae: {count}.", { count: number(minutiae) })} ${moment(at)}`;
      item.append(button, " ", create("small", text));
      return item;
    });
    byId("unsaved").hidden = !items.length;
    query(byId("unsaved"), "ul").replaceChildren(...items);
  }

  /** Whether all marks are stored in this browser. */
  get isStored() {
    return Boolean(this.digest) && !this.writing && !this.hasFailed;
  }

  /** Keeps nothing until a latent is open again. */
  stop() {
    this.digest = "";
  }

  /**
   * Starts to keep the work on a latent.
   *
   * @param {string} digest
   */
  start(digest) {
    this.digest = digest;
    byId("unsaved").hidden = true;
    if (!digest) return;
    history.replaceState(null, "", `#${new URLSearchParams({ [NAME]: digest })}`);
    this.changed();
  }

  /** Stores the work as it is now; changes while it is written are written together. */
  changed() {
    if (!this.digest) return;
    this.isChanged = true;
    byId("kept").textContent = "";
    this.writing ??= this.write();
  }

  async write() {
    try {
      while (this.isChanged) {
        this.isChanged = false;
        const { work, isUnsaved } = this.content();
        await saveLatentWork(this.digest, work, isUnsaved);
        this.hasFailed = false;
      }
      byId("kept").textContent = _("Marks stored on this computer.");
    } catch (error) {
      this.hasFailed = true;
      this.onProblem(error);
    } finally {
      this.writing = null;
    }
  }
}
