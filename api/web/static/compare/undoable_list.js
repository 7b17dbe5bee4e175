// A list that an examiner changes on the page, with the selected item and undo.

/** @template T */
export class UndoableList {
  /** @type {T[]} */
  list = [];
  /** @type {number | null} */
  selected = null; // an index
  isReadOnly = false;
  /** @type {T[][]} */
  past = [];

  /** @param {() => void} onChange called after each change */
  constructor(onChange) {
    this.onChange = onChange;
  }

  /**
   * Shows items in place of those before; nothing before can be undone.
   *
   * @param {T[]} list
   */
  start(list, isReadOnly = false) {
    this.list = list;
    this.selected = null;
    this.past = [];
    this.isReadOnly = isReadOnly;
    this.onChange();
  }

  /** Removes the selected item. */
  remove() {
    if (this.selected !== null) this.change(this.list.toSpliced(this.selected, 1), null);
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
    this.onChange();
  }

  /**
   * Puts an item in the place of the selected one.
   *
   * @param {T} item
   * @param {boolean} continues whether it is part of the change before, as in a drag
   */
  replace(item, continues = false) {
    if (this.isReadOnly || this.selected === null) return;
    const list = this.list.with(this.selected, item);
    if (continues) {
      this.list = list;
      this.onChange();
    } else this.change(list, this.selected);
  }

  /**
   * @param {T[]} list
   * @param {number | null} selected
   */
  change(list, selected) {
    if (this.isReadOnly) return;
    this.past.push(this.list);
    this.list = list;
    this.selected = selected;
    this.onChange();
  }
}
