// Comparing by eye: one image, or two side by side that move together, and what the machine found to agree on demand.

import { turnOf } from "./affine.js";
import { Laid } from "./overlay.js";
import { Look } from "./display_settings.js";
import { drawLines } from "./annotations.js";
import { cleared, Pane } from "./pane.js";
import { CaseSource, SearchSource } from "./image_source.js";
import { _, number } from "../lib/messages.js";
import { showProblem } from "../lib/problems.js";
import { isMeasured, measure, pixelsPerMillimetre } from "./screen_calibration.js";

const INCH = 25.4; // millimetres
const UNITS = 500; // an inch, of prints
const TURN = (5 * Math.PI) / 180;
const STEP = 1.25;
const KEYS = {
  "+": "closer",
  "=": "closer",
  "-": "further",
  "[": "left",
  "]": "right",
  "0": "fit",
  "1": "life",
  "n": "next",
  "p": "before",
  "b": "blink",
  "i": "invert",
};

class Comparison {
  constructor(root) {
    this.root = root;
    this.source = root.dataset.case ? new CaseSource(root.dataset.case) : new SearchSource(root.dataset.search);
    this.look = new Look(root);
    this.panes = [...root.querySelectorAll("[data-pane]")].map(
      (figure) => new Pane(figure, this.look, (pane, what, ...how) => this.move(pane, what, how)),
    );
    this.laid = this.find("[data-laid]") && new Laid(this.find("[data-laid]"), this.look, this.panes);
    this.active = this.panes[0];
    this.missing = document.querySelector("[data-missing]"); // asks for the file of a search
    this.chart = null;
    this.pair = null;
    this.listen();
  }

  find(what) {
    return this.root.querySelector(what);
  }

  /** Does something to an image, and to the other one where both move together. */
  move(pane, what, how) {
    for (const one of this.look.linked ? this.panes : [pane]) one[what](...how);
    this.tellSizes();
  }

  all(what, ...how) {
    this.move(this.active, what, how);
  }

  /** Shows the chosen image of a side. */
  async load(pane) {
    const { value: name, selectedOptions } = pane.choice;
    this.forget();
    this.find("[data-problem]").textContent = "";
    if (!name) return;
    const { type, kind } = selectedOptions[0].dataset;
    try {
      const file = await this.source.image(pane.side, name, type);
      const bitmap = file && (await createImageBitmap(file));
      const marked = kind === "fingerprint" || !bitmap ? await this.marks(pane, name) : null;
      if (pane.choice.value === name) pane.show(bitmap, marked);
      if (pane.side === "probe" && this.missing) this.missing.hidden = file !== null;
    } catch (problem) {
      showProblem(this.find("[data-problem]"), problem);
    }
    this.tellSizes();
  }

  /** Returns what was extracted from an image; null, and said why, where that cannot be told. */
  async marks(pane, name) {
    try {
      return await this.source.marks(pane.side, name);
    } catch (problem) {
      showProblem(this.find("[data-problem]"), problem);
      return null;
    }
  }

  /** Asks for the points of photos, which takes the service a while, when somebody wants to see them. */
  async loadMarks() {
    for (const pane of this.panes) {
      if (!pane.marked || pane.marked.marks.length) continue;
      const known = await this.marks(pane, pane.choice.value);
      if (!known || pane.marked.marks.length) continue;
      pane.marked.marks = known.marks;
      pane.draw();
    }
  }

  async loadAll() {
    await Promise.all(this.panes.map((pane) => this.load(pane)));
    this.sameSize();
    this.follow();
    if (!this.root.dataset.case) await this.hint(); // there is nothing to be kept from whoever has seen the scores
    this.root.dataset.ready = "";
  }

  /** Names the pair that is shown as the one that an opinion rests on. */
  follow() {
    for (const pane of this.panes) {
      const named = document.querySelector(`[data-follows=${pane.side}]`);
      if (named) named.value = pane.choice.value;
    }
  }

  /** Takes the file of the chosen probe from whoever has it; another one is refused by the service. */
  async give(file) {
    const [pane] = this.panes;
    this.source.given.set(pane.choice.value, file);
    await this.loadAll();
    if (this.chart) return;
    this.source.given.delete(pane.choice.value);
    pane.show(null, null);
    pane.draw();
    this.missing.hidden = false;
  }

  /** Shows prints side by side at one scale: the larger one fits. */
  sameSize() {
    if (this.panes.length < 2 || !this.panes.every((pane) => pane.isPrint)) return;
    const zoom = Math.min(...this.panes.map((pane) => pane.zoom));
    for (const pane of this.panes) pane.zoom = zoom;
    this.draw();
  }

  /** Takes back what the machine found: it was of other images. */
  forget() {
    this.chart = null;
    this.pair = null;
    for (const pane of this.panes) Object.assign(pane, { pairs: [], chosen: null });
    this.laid?.show(null);
    const hinted = this.find("[data-hinted]");
    if (!hinted) return;
    hinted.hidden = true;
    this.find("[data-do=hint]").hidden = false;
    this.tell("");
  }

  /** Asks for what the machine found to agree, and shows it. */
  async hint() {
    const names = this.panes.map((pane) => pane.choice.value);
    const button = this.find("[data-do=hint]");
    button.classList.add("working");
    try {
      const chart = await this.source.comparison(...names);
      if (names.some((name, at) => this.panes[at].choice.value !== name)) return;
      this.take(chart, names);
    } catch (problem) {
      showProblem(this.find("[data-told]"), problem);
    } finally {
      button.classList.remove("working");
    }
  }

  take(chart, names) {
    this.chart = chart;
    for (const [at, pane] of this.panes.entries()) {
      const known = chart[pane.side];
      if (!pane.isPrint || !pane.bitmap) {
        pane.know(known);
        pane.fit();
      }
      pane.marked = known;
      pane.pairs = chart.pairs.map((pair) => pair[at]);
      const motion = chart.frame[pane.side];
      if (!chart.frame.ppi && motion) pane.frame(motion, chart.frame.width, chart.frame.height);
    }
    this.sameSize();
    const hinted = this.find("[data-hinted]");
    hinted.hidden = false;
    this.find("[data-do=hint]").hidden = true;
    const link = this.find("[data-chart]");
    if (link) link.href = this.source.chart(...names);
    this.tell(
      chart.pairs.length
        ? _("{count} pairs", { count: number(chart.pairs.length) })
        : _("The machine found nothing to agree."),
    );
    this.laid.show(chart.frame);
    this.find("[data-do=laid]").hidden = !chart.frame.ppi; // faces lie the same way already
    this.draw();
  }

  /** Goes to another pair, and brings both its points to the middle. */
  go(by) {
    const count = this.chart?.pairs.length;
    if (!count) return;
    this.pair = this.pair === null ? (by > 0 ? 0 : count - 1) : (this.pair + by + count) % count;
    for (const pane of this.panes) {
      pane.chosen = this.pair;
      const mark = pane.marked.marks[pane.pairs[this.pair]];
      pane.centre(mark.x, mark.y);
    }
    this.tell(_("Pair {at} of {count}", { at: number(this.pair + 1), count: number(count) }));
  }

  /** Turns what asks as it lies on the candidate. */
  layAlike() {
    const frame = this.chart?.frame;
    if (!frame?.probe || !frame.ppi) return;
    const [probe, candidate] = this.panes;
    probe.turn = candidate.turn + turnOf(frame.probe);
    probe.zoom = candidate.zoom;
    this.go(this.pair === null ? 1 : 0);
    this.draw();
  }

  draw() {
    for (const pane of this.panes) pane.draw();
    this.laid?.draw();
    this.tellSizes();
  }

  lines() {
    const canvas = this.find("[data-lines]");
    if (!canvas) return;
    const pen = cleared(canvas);
    if (!pen || !this.chart || !this.look.pairs) return;
    const corner = canvas.getBoundingClientRect();
    const [from, to] = this.panes.map((pane) => {
      const box = pane.canvas.getBoundingClientRect();
      const inside = ([x, y]) => [Math.min(box.width, Math.max(0, x)), Math.min(box.height, Math.max(0, y))];
      return pane.points.map(inside).map(([x, y]) => [x + box.left - corner.left, y + box.top - corner.top]);
    });
    drawLines(pen, from, to, this.pair, this.look.lines);
  }

  life() {
    const zoom = (pixelsPerMillimetre() * INCH) / UNITS;
    for (const pane of this.look.linked ? this.panes : [this.active]) {
      if (pane.isPrint) pane.zoom = zoom;
    }
    this.draw();
    if (!isMeasured()) this.tell(_("This screen is not measured yet; life size is a guess."));
  }

  tellSizes() {
    for (const pane of this.panes) {
      const life = (pane.zoom * UNITS) / INCH / pixelsPerMillimetre();
      const times = pane.isPrint
        ? _("{times} times life size", { times: number(life, 1) })
        : pane.marked
          ? _("{percent} % of the image", { percent: number(100 * pane.zoom) })
          : "";
      const ppi = pane.isPrint ? ` · ${number(pane.marked.ppi)} ppi` : "";
      pane.figure.querySelector("[data-size]").textContent = times + ppi;
    }
  }

  tell(text) {
    const told = this.find("[data-told]");
    if (told) told.textContent = text;
  }

  /** Chooses, for a finger that asks, the same finger of the candidate. */
  chooseAlike() {
    if (this.panes.length < 2) return;
    const asked = this.panes[0].choice.selectedOptions[0]?.dataset;
    const found = [...this.panes[1].choice.options].find(
      (one) => one.dataset.kind === asked?.kind && (one.dataset.finger === asked.finger || !Number(asked.finger)),
    );
    if (found) this.panes[1].choice.value = found.value;
  }

  /** Returns what buttons and keys do, by its name. */
  get deeds() {
    return {
      closer: () => this.all("enlarge", STEP),
      further: () => this.all("enlarge", 1 / STEP),
      left: () => this.all("rotate", -TURN),
      right: () => this.all("rotate", TURN),
      fit: () => this.all("fit"),
      life: () => this.life(),
      hint: async () => (await this.hint(), this.chart && this.find("[data-set=pairs]").focus()),
      next: () => this.go(1),
      before: () => this.go(-1),
      laid: () => this.layAlike(),
      blink: () => this.laid?.blink(),
      calibrate: async () => (await measure(), this.tellSizes()),
      invert: () => this.find("[data-set=invert]").click(),
    };
  }

  listen() {
    const done = this.deeds;
    this.root.addEventListener("click", (event) => done[event.target.closest("[data-do]")?.dataset.do]?.());
    this.root.addEventListener("keydown", (event) => {
      if (!(event.target instanceof HTMLCanvasElement) || event.ctrlKey || event.altKey || event.metaKey) return;
      const what = KEYS[event.key.toLowerCase()];
      if (!what) return;
      event.preventDefault();
      done[what]();
    });
    this.root.addEventListener("input", (event) => {
      if (!event.target.dataset.set) return;
      this.look.read();
      this.draw();
      if (event.target.dataset.set === "marks" && this.look.marks) this.loadMarks();
    });
    this.root.addEventListener("drawn", () => this.lines());
    this.missing?.addEventListener("change", (event) => this.give(event.target.files[0]));
    for (const pane of this.panes) {
      pane.canvas.addEventListener("focus", () => (this.active = pane));
      pane.choice.addEventListener("change", async () => {
        if (pane === this.panes[0]) this.chooseAlike();
        await this.loadAll();
      });
    }
  }
}

for (const root of document.querySelectorAll("[data-compare]")) {
  const comparison = new Comparison(root);
  comparison.chooseAlike();
  await comparison.loadAll();
}
