// The features that an examiner marks on both images of a comparison, with undo. A feature has one number in both: its
// place in the list. Positions are in pixels of each image.

/** @typedef {import("./image_source.js").Side} Side */
/** @typedef {import("../viewer/affine.js").Point} Point */
/** @typedef {Api.CaseMarkOut} CaseMark */

/** @type {CaseMark["kind"][]} */
const KINDS = ["ending", "bifurcation", "core", "delta", "other"];

export class CaseMarks {
  /** @type {CaseMark[]} */
  list = [];
  /** @type {number | null} */
  selected = null; // an index
  isChosen = false; // whether the selected one was chosen, not just marked
  isReadOnly = false;
  /** @type {CaseMark[][]} */
  past = [];
  /** @type {CaseMark["kind"]} */
  nextKind = "ending"; // of the next minutia that is marked

  /** @param {() => void} onChange called after each change */
  constructor(onChange) {
    this.onChange = onChange;
  }

  /**
   * Shows marks in place of those before; nothing before can be undone.
   *
   * @param {CaseMark[]} list
   */
  start(list, isReadOnly = false) {
    this.list = list;
    this.selected = null;
    this.past = [];
    this.isReadOnly = isReadOnly;
    this.onChange();
  }

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
    if (this.isReadOnly || this.selected === null) return;
    const list = this.list.with(this.selected, { ...this.list[this.selected], [side]: point });
    if (continues) {
      this.list = list;
      this.onChange();
    } else this.change(list, this.selected);
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
    if (this.isReadOnly || !mark?.[side]) return;
    const direction = ((Math.round(degrees) % 360) + 360) % 360;
    const list = this.list.with(this.selected ?? 0, { ...mark, [`${side}_direction`]: direction });
    if (continues) {
      this.list = list;
      this.onChange();
    } else this.change(list, this.selected);
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
    if (mark && !this.isReadOnly)
      this.change(this.list.with(this.selected ?? 0, { ...mark, kind: this.nextKind }), this.selected);
  }

  /** Removes the selected minutia from both images. */
  remove() {
    if (this.isReadOnly || this.selected === null) return;
    this.change(this.list.toSpliced(this.selected, 1), null);
  }

  undo() {
    const list = this.past.pop();
    if (!list || this.isReadOnly) return;
    this.list = list;
    if (this.selected !== null && this.selected >= list.length) this.selected = null;
    this.onChange();
  }

  /** @param {number | null} index */
  select(index) {
    this.selected = index;
    this.isChosen = true;
    this.onChange();
  }

  /**
   * @param {CaseMark[]} list
   * @param {number | null} selected
   */
  change(list, selected) {
    this.past.push(this.list);
    this.list = list;
    this.selected = selected;
    this.isChosen = false;
    this.onChange();
  }
}
