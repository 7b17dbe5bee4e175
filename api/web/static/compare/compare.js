// The examiner's workbench: one image, or two side by side that move together; the minutiae that the examiner marks on both,
// and on demand those that the software paired.

import { asError } from "../lib/api.js";
import { closest, query, queryAll } from "../lib/dom.js";
import { _, number } from "../lib/messages.js";
import { showProblem } from "../lib/problems.js";
import { angleOf } from "../viewer/affine.js";
import { lengthText } from "../viewer/layers.js";
import { actionsOf } from "./actions.js";
import { drawLines, pairName } from "./annotations.js";
import { CaseMarks } from "./case_marks.js";
import { evidenceOf } from "./confirmation.js";
import { DetachedWindow } from "./detached_window.js";
import { DisplaySettings } from "./display_settings.js";
import { Drawings } from "./drawings.js";
import { CaseSource, SearchSource } from "./image_source.js";
import { KEYS } from "./keys.js";
import { MarksKeeper } from "./marks_keeper.js";
import { Overlay } from "./overlay.js";
import { clearCanvas, Pane } from "./pane.js";
import { PaneInput } from "./pane_input.js";
import { listenToRegions } from "./regions.js";
import { RidgeTools } from "./ridge_tools.js";
import { isCalibrated, pixelsPerMillimetre } from "./screen_calibration.js";
import { countText, countsText, markText, pairsText, sizeText } from "./texts.js";

/** @typedef {import("../viewer/affine.js").Point} Point */

const INCH = 25.4; // millimetres
const UNITS = 500; // an inch, of prints

export class Comparison {
  /** @type {Api.Chart | null} */
  result = null; // of the chosen images, once it was requested
  /** @type {number | null} */
  selectedPair = null;
  /** @type {import("./pane_input.js").Tool} */
  tool = "move";

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    const { case: caseId, search = "" } = root.dataset;
    this.isCase = Boolean(caseId);
    this.source = caseId ? new CaseSource(caseId) : new SearchSource(search);
    this.settings = new DisplaySettings(root);
    this.marks = new CaseMarks(() => this.marksChanged());
    this.drawings = new Drawings(() => this.drawingsChanged());
    this.ridgeTools = new RidgeTools(this.drawings, (text) => this.say(text));
    this.panes = queryAll(root, "[data-pane]").map(
      (figure) => new Pane(figure, this.settings, this.marks, this.drawings),
    );
    this.isSingle = this.panes.length < 2;
    this.inputs = this.panes.map((pane) => new PaneInput(pane, this));
    this.window = new DetachedWindow(
      root,
      (host) => this.listenTo(host),
      () => this.fitAll(),
    );
    this.keeper = new MarksKeeper(root, this.marks, this.drawings, caseId ?? "");
    this.keeper.loaded.then(() => this.showAsBefore());
    addEventListener("resize", () => this.refit());
    const overlay = this.find("[data-laid]");
    this.overlay = overlay && new Overlay(overlay, query(root, "[data-do=overlay]"), this.settings, this.panes);
    this.active = this.panes[0]; // the one that buttons act on
    this.fileRequest = queryAll(document, "[data-missing]").at(0); // asks for the file of a search
    this.actions = actionsOf(this);
    this.listen();
  }

  /**
   * Returns a part of the workbench, null if it has none.
   *
   * @param {string} selector
   */
  find(selector) {
    return this.window.hosts.flatMap((host) => queryAll(host, selector)).at(0) ?? null;
  }

  /** @param {import("./pane_input.js").Tool} tool */
  choose(tool) {
    this.tool = tool;
    this.ridgeTools.cancel();
    for (const name of ["move", "mark", "measure", "count", "trace"])
      this.find(`[data-do=${name}]`)?.setAttribute("aria-pressed", String(name === tool));
    for (const input of this.inputs) input.showCross();
    this.loadLayers();
  }

  /** What the chosen tool changes. */
  get tooled() {
    return this.tool === "count" || this.tool === "trace" ? this.drawings : this.marks;
  }

  /** Removes the selected mark or drawing. */
  remove() {
    this.tooled.remove();
  }

  drawingsChanged() {
    this.keeper?.changedDrawings();
    this.draw();
    const { current } = this.drawings;
    const field = this.find("[data-ridge-count]");
    if (!field) return;
    const isCount = current?.kind === "ridge_count";
    field.hidden = !isCount || this.drawings.isReadOnly;
    if (isCount) query(field, "input", HTMLInputElement).value = String(current.counted ?? "");
  }

  marksChanged() {
    this.keeper?.changed();
    this.draw();
    this.showCounts();
  }

  /** Shows how many minutiae are marked on both images, and on one. */
  showCounts() {
    const text = this.find("[data-counts]");
    if (text) text.textContent = countsText(this.marks.counts, this.isSingle);
  }

  /** Shows which minutia is selected, or the measured distance. */
  showSelection() {
    const measured = this.panes.find(({ ruler }) => ruler);
    if (this.tool === "measure" && measured?.ruler && measured.content)
      this.say(lengthText(measured.ruler, measured.content.ppi));
    const mark = this.marks.list[this.marks.selected ?? -1];
    if (this.tool === "mark" && mark)
      this.say(
        _("Minutia {number}: {kind}", {
          number: number((this.marks.selected ?? 0) + 1),
          kind: markText(mark, this.active.side),
        }),
      );
  }

  /**
   * Turns the direction of the selected feature on the active image.
   *
   * @param {number} degrees counter-clockwise
   */
  turnMark(degrees) {
    this.marks.turn(this.active.side, degrees);
    this.showSelection();
  }

  /** Loads the clarity maps and drawn ridges that are not there yet, when they are to be shown. */
  async loadLayers() {
    if (!this.settings.showsClarity && !this.settings.showsRidges && this.tooled !== this.drawings) return;
    try {
      await Promise.all(this.panes.map((pane) => pane.loadLayers()));
    } catch (error) {
      this.say("");
      showProblem(query(this.root, "[data-problem]"), asError(error));
    }
    this.draw();
  }

  /** Displays the images of a case as they were displayed when it was left. */
  showAsBefore() {
    const { keeper } = this;
    if (!keeper.keeps) return;
    this.settings.restore((setting) => keeper.valueOf(setting));
  }

  fitAll() {
    for (const pane of this.panes) pane.fit();
    this.equaliseZoom();
  }

  /** Fits the images to the resized window, unless they were moved. */
  refit() {
    if (this.panes.every((pane) => pane.isFitted)) this.fitAll();
  }

  /**
   * Moves an image, and the other one if both move together.
   *
   * @param {Pane} pane
   * @param {(pane: Pane) => void} movement
   */
  move(pane, movement) {
    for (const moved of this.settings.isLinked ? this.panes : [pane]) movement(moved);
    this.noteRotation();
    this.showSizes();
  }

  /** Notes how far the images are turned. */
  noteRotation() {
    for (const { content, angle, choice } of this.panes) {
      const degrees = Math.round((angle * 180) / Math.PI) % 360;
      if (content) this.keeper.adjusted("rotation", degrees, choice.value);
    }
  }

  /** Notes how both images are displayed. */
  noteDisplay() {
    for (const [setting, value] of this.settings.noted) this.keeper.adjusted(setting, value);
  }

  /**
   * Loads and shows the chosen image of a pane.
   *
   * @param {Pane} pane
   */
  async load(pane) {
    const { value: name, selectedOptions } = pane.choice;
    this.clearResult();
    const problem = query(this.root, "[data-problem]");
    problem.textContent = "";
    if (!name) return;
    const { type = "", finger } = selectedOptions[0].dataset;
    try {
      const file = await this.source.image(pane.side, name, type);
      const bitmap = file && (await createImageBitmap(file));
      const content = finger || !bitmap ? await this.loadMarks(pane, name) : null;
      if (pane.choice.value === name) pane.show(bitmap, content, file);
      if (pane.side === "probe" && this.fileRequest)
        this.fileRequest.hidden = file !== null || selectedOptions[0].dataset.file !== undefined;
    } catch (error) {
      showProblem(problem, asError(error));
    }
    this.showSizes();
  }

  /**
   * Returns what was extracted from an image; if that fails, shows the problem and returns null.
   *
   * @param {Pane} pane
   * @param {string} name
   */
  async loadMarks(pane, name) {
    try {
      return await this.source.marks(pane.side, name);
    } catch (error) {
      showProblem(query(this.root, "[data-problem]"), asError(error));
      return null;
    }
  }

  /** Loads the points of photos, which takes the service a while, when they are to be shown. */
  async loadMissingMarks() {
    for (const pane of this.panes) {
      if (!pane.content || pane.content.marks.length) continue;
      const content = await this.loadMarks(pane, pane.choice.value);
      if (!content || pane.content.marks.length) continue;
      pane.content.marks = content.marks;
      pane.draw();
    }
  }

  async loadAll() {
    await Promise.all(this.panes.map((pane) => this.load(pane)));
    this.equaliseZoom();
    this.updateOpinionForm();
    const [probe, candidate] = this.panes.map(({ choice }) => choice.value);
    await this.keeper.open(probe, candidate);
    if (this.drawings.isReadOnly) this.keeper.showDrawings();
    this.noteRotation();
    await this.loadLayers();
    this.markStrip();
    if (!this.isCase) await this.compare(); // nothing is hidden from a person who has seen the scores
    this.root.dataset.ready = "";
  }

  /** Enters the images that are shown into the form of an opinion. */
  updateOpinionForm() {
    for (const pane of this.panes) {
      const field = document.querySelector(`[data-follows=${pane.side}]`);
      if (field instanceof HTMLSelectElement) field.value = pane.choice.value;
    }
  }

  /**
   * Takes the file of the chosen probe from the user; the service refuses a different one.
   *
   * @param {SearchSource} source
   * @param {File} file
   */
  async takeFile(source, file) {
    const [pane] = this.panes;
    source.chosen.set(pane.choice.value, file);
    await this.loadAll();
    if (this.result) return;
    source.chosen.delete(pane.choice.value);
    pane.show(null, null, null);
    pane.draw();
    if (this.fileRequest) this.fileRequest.hidden = false;
  }

  /** Shows prints side by side at one scale: the larger one fits. */
  equaliseZoom() {
    if (this.panes.length < 2 || !this.panes.every((pane) => pane.isPrint)) return;
    const zoom = Math.min(...this.panes.map((pane) => pane.zoom));
    for (const pane of this.panes) {
      if (pane.zoom === pane.fittedZoom) pane.fittedZoom = zoom;
      pane.zoom = zoom;
    }
    this.draw();
  }

  /** Removes the result of a comparison: it was of other images. */
  clearResult() {
    this.result = null;
    this.selectedPair = null;
    for (const pane of this.panes) pane.clearPairs();
    this.overlay?.show(null);
    this.showTools(false);
    this.say("");
  }

  /**
   * Shows the tools for the result of a comparison, or the button that requests it.
   *
   * @param {boolean} hasResult
   */
  showTools(hasResult) {
    const button = this.find("[data-do=hint]");
    for (const tools of queryAll(this.root, "[data-hinted]")) tools.hidden = !hasResult;
    if (button) button.hidden = hasResult;
  }

  /** Requests the comparison of the chosen images, and shows its result. */
  async compare() {
    const names = this.panes.map((pane) => pane.choice.value);
    const [probe, candidate] = names;
    const button = query(this.root, "[data-do=hint]");
    button.classList.add("working");
    try {
      const result = await this.source.comparison(probe, candidate);
      if (this.panes.every((pane, index) => pane.choice.value === names[index])) this.showResult(result);
    } catch (error) {
      showProblem(query(this.root, "[data-status]"), asError(error));
    } finally {
      button.classList.remove("working");
    }
  }

  /** @param {Api.Chart} result */
  showResult(result) {
    this.result = result;
    const { frame, pairs } = result;
    for (const [index, pane] of this.panes.entries()) {
      const content = result[pane.side];
      if (!pane.isPrint || !pane.bitmap) {
        pane.setContent(content);
        pane.fit();
      }
      pane.content = content;
      pane.pairs = pairs.map((pair) => pair[index]);
      const toFrame = frame[pane.side];
      if (!frame.ppi && toFrame) pane.align(toFrame, frame.width, frame.height);
    }
    this.equaliseZoom();
    this.showTools(true);
    this.say(pairs.length ? pairsText(pairs.length, frame) : _("No corresponding minutiae were found."));
    this.overlay?.show(frame);
    query(this.root, "[data-do=laid]").hidden = !frame.ppi; // faces are aligned already
    this.draw();
  }

  /**
   * Selects the next or the previous pair, and moves both its points to the centre.
   *
   * @param {number} step
   */
  selectPair(step) {
    if (this.tooled === this.drawings) {
      this.drawings.selectNext(this.tool === "count" ? "ridge_count" : "tracing", step);
      this.showDrawing();
      return;
    }
    const count = this.result?.pairs.length;
    if (!count || !this.settings.showsPairs) {
      this.selectMark(step);
      return;
    }
    if (this.selectedPair === null) this.selectedPair = step > 0 ? 0 : count - 1;
    else this.selectedPair = (this.selectedPair + step + count) % count;
    for (const pane of this.panes) {
      pane.selectedPair = this.selectedPair;
      const point = pane.content?.marks[pane.pairs[this.selectedPair]];
      if (point) pane.centre(point.x, point.y);
    }
    this.say(_("Pair {at} of {count}", { at: pairName(this.selectedPair), count: number(count) }));
  }

  /** Moves the selected drawing to the centre of its image, and says what it is. */
  showDrawing() {
    const { current } = this.drawings;
    if (!current) return;
    for (const pane of this.panes)
      if (pane.choice.value === current.image) pane.centre(...current.path[Math.floor(current.path.length / 2)]);
    if (current.kind === "ridge_count") this.say(countText(current));
  }

  /**
   * Selects the next or the previous minutia that the examiner marked, and moves it to the centre of both images.
   *
   * @param {number} step
   */
  selectMark(step) {
    const { list, selected } = this.marks;
    if (!list.length) return;
    const index = selected === null ? (step > 0 ? 0 : list.length - 1) : (selected + step + list.length) % list.length;
    this.marks.select(index);
    for (const pane of this.panes) {
      const place = list[index][pane.side];
      if (place) pane.centre(...place);
    }
    const values = {
      number: number(index + 1),
      count: number(list.length),
      kind: markText(list[index], this.active.side),
    };
    this.say(_("Minutia {number} of {count}: {kind}", values));
    this.drawLines();
  }

  /** Rotates the probe as the candidate lies. */
  alignProbe() {
    const frame = this.result?.frame;
    if (!frame?.probe || !frame.ppi) return;
    const [probe, candidate] = this.panes;
    probe.angle = candidate.angle + angleOf(frame.probe);
    probe.zoom = candidate.zoom;
    this.selectPair(this.selectedPair === null ? 1 : 0);
    this.noteRotation();
    this.draw();
  }

  draw() {
    for (const pane of this.panes) pane.draw();
    this.overlay?.draw();
    this.showSizes();
  }

  drawLines() {
    const canvas = this.find("[data-lines]");
    if (!(canvas instanceof HTMLCanvasElement)) return;
    const context = clearCanvas(canvas);
    if (!context || !this.result || !this.settings.showsPairs) return;
    const origin = canvas.getBoundingClientRect();
    const [from, to] = this.panes.map((pane) => {
      const box = pane.canvas.getBoundingClientRect();
      return pane.pairedPoints.map(([x, y]) => {
        const [insideX, insideY] = [Math.min(box.width, Math.max(0, x)), Math.min(box.height, Math.max(0, y))];
        return /** @type {Point} */ ([insideX + box.left - origin.left, insideY + box.top - origin.top]);
      });
    });
    drawLines(context, from, to, this.selectedPair, this.settings.showsLines);
  }

  showLifeSize() {
    const zoom = (pixelsPerMillimetre() * INCH) / UNITS;
    for (const pane of this.settings.isLinked ? this.panes : [this.active]) {
      if (pane.isPrint) pane.zoom = zoom;
    }
    this.draw();
    if (!isCalibrated()) this.say(_("This screen is not measured yet, so life size is an estimate."));
  }

  showSizes() {
    for (const pane of this.panes) query(pane.figure, "[data-size]").textContent = sizeText(pane);
  }

  /** @param {string} text */
  say(text) {
    const status = this.find("[data-status]");
    if (status) status.textContent = text;
  }

  /**
   * Chooses, for the finger of one pane, the same finger in the other one.
   *
   * @param {Pane} from
   * @param {Pane | undefined} to
   */
  chooseSameFinger(from = this.panes[0], to = this.panes[1]) {
    const { kind, finger } = from.choice.selectedOptions[0]?.dataset ?? {};
    const option = [...(to?.choice.options ?? [])].find(
      ({ dataset }) => dataset.kind === kind && (dataset.finger === finger || !Number(finger)),
    );
    if (to && option) to.choice.value = option.value;
  }

  /**
   * Chooses an image of the candidate, and the same finger of the probe.
   *
   * @param {string} name
   */
  chooseCandidate(name) {
    const [probe, candidate] = this.panes;
    if (![...(candidate?.choice.options ?? [])].some(({ value }) => value === name)) return false;
    candidate.choice.value = name;
    this.chooseSameFinger(candidate, probe);
    return true;
  }

  /** Marks in the strip of the candidate's images which one is shown, and that it was opened. */
  markStrip() {
    const shown = this.panes[1]?.choice.value;
    for (const button of queryAll(this.root, "[data-image]")) {
      const isShown = button.dataset.image === shown;
      button.setAttribute("aria-pressed", String(isShown));
      if (isShown) query(button, "[data-opened]").hidden = false;
    }
  }

  /**
   * Turns a setting on or off, if the comparison has it.
   *
   * @param {string} setting
   */
  toggle(setting) {
    this.find(`[data-set=${setting}]`)?.click();
  }

  listen() {
    this.listenTo(this.root);
    this.fileRequest?.addEventListener("change", ({ target }) => {
      const file = target instanceof HTMLInputElement && target.files?.[0];
      if (file && this.source instanceof SearchSource) this.takeFile(this.source, file);
    });
    for (const pane of this.panes) {
      pane.canvas.addEventListener("focus", () => (this.active = pane));
      pane.choice.addEventListener("change", async () => {
        if (pane === this.panes[0]) this.chooseSameFinger();
        await this.loadAll();
      });
    }
  }

  /**
   * Handles the events of a part of the workbench: of the page, or of the second window.
   *
   * @param {HTMLElement} host
   */
  listenTo(host) {
    listenToRegions(host);
    host.addEventListener("click", ({ target }) => {
      const button = closest(target, "[data-do]");
      if (button) this.actions[button.dataset.do ?? ""]?.();
      const image = closest(target, "[data-image]");
      if (image && this.chooseCandidate(image.dataset.image ?? "")) this.loadAll();
      const shown = closest(target, "[data-marks]");
      if (shown) this.showMarksOf(shown);
    });
    host.addEventListener("keydown", (event) => {
      const isUndo = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z";
      if (!closest(event.target, "canvas") || event.altKey || ((event.ctrlKey || event.metaKey) && !isUndo)) return;
      const action = isUndo ? "undo" : KEYS[event.key.toLowerCase()];
      if (!action) return;
      event.preventDefault();
      this.actions[action]();
    });
    host.addEventListener("input", ({ target }) => {
      if (closest(target, "[data-ridge-count]") && target instanceof HTMLInputElement && target.validity.valid) {
        this.ridgeTools.correct(target.value === "" ? null : target.valueAsNumber);
        const { current } = this.drawings;
        if (current) this.say(countText(current));
      }
      const setting = closest(target, "[data-set]")?.dataset.set;
      if (!setting) return;
      this.settings.read();
      this.noteDisplay();
      this.draw();
      if (setting === "marks" && this.settings.showsPoints) this.loadMissingMarks();
      if (setting === "clarity" || setting === "ridges") this.loadLayers();
    });
    host.addEventListener("drawn", () => this.drawLines());
    host.addEventListener("confirming", (event) => {
      if (event instanceof CustomEvent && event.target instanceof HTMLFormElement)
        event.detail.push(...evidenceOf(event.target, this));
    });
  }

  /**
   * Shows the minutiae that the author of an opinion marked, on the pair of images that they are on.
   *
   * @param {HTMLElement} button with the marks
   */
  async showMarksOf({ dataset }) {
    const [probe, candidate] = this.panes;
    if (dataset.probe) probe.choice.value = dataset.probe;
    if (candidate && dataset.candidate) candidate.choice.value = dataset.candidate;
    await this.loadAll();
    this.marks.start(JSON.parse(dataset.marks ?? "[]"), true);
    this.drawings.start(JSON.parse(dataset.drawings ?? "[]"), true);
  }
}

for (const root of queryAll(document, "[data-compare]")) {
  const comparison = new Comparison(root);
  // Keys act on the image with the focus: at first that is the probe, unless a form was just sent.
  if (document.activeElement === document.body) comparison.active.canvas.focus({ preventScroll: true });
  if (!comparison.chooseCandidate(root.dataset.first ?? "")) comparison.chooseSameFinger();
  await comparison.loadAll();
}
