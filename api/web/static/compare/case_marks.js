// The features that an examiner marks on both images of a comparison, with undo. A feature has one number in both: its
// place in the list. Positions are in pixels of each image.

import { UndoableList } from "./undoable_list.js";

/** @typedef {import("./image_source.js").Side} Side */
/** @typedef {import("../viewer/affine.js").Point} Point */
/** @typedef {Api.CaseMark} CaseMark */

/** @type {CaseMark["kind"][]} */
const KINDS = ["ending", "bifurcation", "core", "delta", "other"];

/** @extends {UndoableList<CaseMark>} */
export class CaseMarks extends UndoableList {
  isChosen = false; // whether the selected one was chosen, not just marked
  /** @type {CaseMark["kind"]} */
  nextKind = "ending"; // of the next minutia that is marked

  /** The number of marks on both images, and on one only. */
  get counts() {
    const paired = this.list.filter(({ probe, candidate }) => probe && candidate).length;
    return { paired, single: this.list.length - paired };
  }

  /**
   * Marks a place: the counterpart of a minutia that the other image has and this one lacks, else a new minutia. Of several
   * it is the one that was chosen, else the first.
   *
   * @param {Side} side
   * @param {Point} point
   * @param {boolean} isAlone whether there is only one image, so that no mark has a counterpart
   */
  place(side, point, isAlone) {
    if (this.isReadOnly) return;
    const other = side === "probe" ? "candidate" : "probe";
    const lacks = (/** @type {CaseMark | undefined} */ mark) => !isAlone && mark && mark[other] && !mark[side];
    const selected = this.isChosen ? (this.selected ?? -1) : -1;
    const index = lacks(this.list[selected]) ? selected : this.list.findIndex(lacks);
    if (index >= 0) this.change(this.list.with(index, { ...this.list[index], [side]: point }), index);
    else {
      const nowhere = { probe: null, candidate: null, probe_direction: null, candidate_direction: null };
      const mark = { kind: this.nextKind, ...nowhere, [side]: point };
      this.change([...this.list, mark], this.list.length);
    }
  }

  /**
   * Moves the selected minutia on one image.
   *
   * @param {Side} side
   * @param {Point} point
   * @param {boolean} continues whether it is part of the change before, as in a drag
   */
  move(side, point, continues) {
    if (this.selected !== null) this.replace({ ...this.list[this.selected], [side]: point }, continues);
  }

  /**
   * Sets the direction of the selected feature on one image.
   *
   * @param {Side} side
   * @param {number} degrees counter-clockwise from the x axis
   * @param {boolean} continues whether it is part of the change before, as in a drag
   */
  direct(side, degrees, continues) {
    const mark = this.list[this.selected ?? -1];
    if (!mark?.[side]) return;
    const direction = ((Math.round(degrees) % 360) + 360) % 360;
    this.replace({ ...mark, [`${side}_direction`]: direction }, continues);
  }

  /**
   * Turns the direction of the selected feature on one image; one without a direction points to the right first.
   *
   * @param {Side} side
   * @param {number} degrees counter-clockwise
   */
  turn(side, degrees) {
    const direction = this.list[this.selected ?? -1]?.[`${side}_direction`] ?? null;
    this.direct(side, direction === null ? 0 : direction + degrees, false);
  }

  /** Changes the kind of the selected minutia, and of those marked next. */
  changeKind() {
    const mark = this.list[this.selected ?? -1];
    this.nextKind = KINDS[(KINDS.indexOf(mark?.kind ?? this.nextKind) + 1) % KINDS.length];
    if (mark) this.replace({ ...mark, kind: this.nextKind });
  }

  /** @param {number | null} index */
  select(index) {
    this.isChosen = true;
    super.select(index);
  }

  /**
   * @param {CaseMark[]} list
   * @param {number | null} selected
   */
  change(list, selected) {
    if (!this.isReadOnly) this.isChosen = false;
    super.change(list, selected);
  }
}
