// The minutiae that are marked on a latent, with undo and redo. Positions are whole pixels of the image, directions even
// degrees, as in the file.

const SAME_DISTANCE = 8; // pixels within which a suggestion is a minutia that is marked already

/** @typedef {Api.MinutiaOut} Minutia */
/** @typedef {[x: number, y: number]} Corner */

/**
 * @typedef {object} MarkupState
 * @property {Minutia[]} minutiae
 * @property {Minutia[]} suggestions
 * @property {Corner[] | null} region
 * @property {string} network SHA-256 of the network that made the suggestions
 */

/** @type {Minutia["type"][]} */
const TYPES = ["ending", "bifurcation", "other"];

/** @type {MarkupState} */
const EMPTY = { minutiae: [], suggestions: [], region: null, network: "" };

/**
 * Returns a direction as even degrees from 0 to 358.
 *
 * @param {number} degrees
 */
export const evenDegrees = (degrees) => (((2 * Math.round(degrees / 2)) % 360) + 360) % 360;

/**
 * Returns a minutia of the service with a whole position and an even direction.
 *
 * @param {Minutia} minutia
 */
export const rounded = ({ x, y, direction, type, quality, placed_by }) => ({
  x: Math.round(x),
  y: Math.round(y),
  direction: evenDegrees(direction),
  type,
  quality: Math.max(1, quality),
  placed_by,
});

export class Markup {
  /** @param {() => void} onChange called after each change */
  constructor(onChange) {
    this.onChange = onChange;
    this.state = EMPTY;
    /** @type {MarkupState[]} */
    this.past = [];
    /** @type {MarkupState[]} */
    this.future = [];
    this.selectedIndex = -1;
    /** @type {Minutia["type"]} */
    this.nextType = "ending"; // of the next minutia that is placed
    this.leastQuality = 0; // of the suggestions that are shown
  }

  /** The suggestions that are shown: those that are sure enough. */
  get shown() {
    return this.state.suggestions.filter(({ quality }) => quality >= this.leastQuality);
  }

  /**
   * Starts with the content of a file; nothing before can be undone.
   *
   * @param {Partial<MarkupState>} state
   */
  start(state) {
    this.state = { ...EMPTY, ...state };
    this.past = [];
    this.future = [];
    this.selectedIndex = -1;
    this.nextType = "ending";
    this.onChange();
  }

  get minutiae() {
    return this.state.minutiae;
  }

  /** @returns {Minutia | undefined} */
  get selected() {
    return this.minutiae[this.selectedIndex];
  }

  /** @param {Partial<MarkupState>} part */
  change(part) {
    this.past.push(this.state);
    this.future = [];
    this.amend(part);
  }

  /**
   * Continues the last change, as a drag does: both are undone together.
   *
   * @param {Partial<MarkupState>} part
   */
  amend(part) {
    this.state = { ...this.state, ...part };
    if (this.selectedIndex >= this.minutiae.length) this.selectedIndex = -1;
    this.onChange();
  }

  undo() {
    this.step(this.past, this.future);
  }

  redo() {
    this.step(this.future, this.past);
  }

  /**
   * @param {MarkupState[]} from
   * @param {MarkupState[]} to
   */
  step(from, to) {
    const state = from.pop();
    if (!state) return;
    to.push(this.state);
    this.state = state;
    this.selectedIndex = Math.min(this.selectedIndex, this.minutiae.length - 1);
    this.onChange();
  }

  /** @param {number} index */
  select(index) {
    this.selectedIndex = index;
    if (this.selected) this.nextType = this.selected.type;
    this.onChange();
  }

  /**
   * @param {number} x
   * @param {number} y
   */
  place(x, y) {
    const place = { x: Math.round(x), y: Math.round(y), direction: 0 };
    this.selectedIndex = this.minutiae.length;
    this.change({
      minutiae: [...this.minutiae, { ...place, type: this.nextType, quality: 100, placed_by: "examiner" }],
    });
  }

  /**
   * Changes values of the selected minutia; `continues` if it is part of the change before.
   *
   * @param {Partial<Minutia>} values
   */
  set(values, continues = false) {
    if (!this.selected) return;
    if (values.type) this.nextType = values.type;
    const minutiae = this.minutiae.map((minutia, index) =>
      index === this.selectedIndex ? { ...minutia, ...values } : minutia,
    );
    if (continues) this.amend({ minutiae });
    else this.change({ minutiae });
  }

  /** @param {number} degrees */
  turn(degrees) {
    if (this.selected) this.set({ direction: evenDegrees(this.selected.direction + degrees) });
  }

  changeType() {
    if (this.selected) this.set({ type: TYPES[(TYPES.indexOf(this.selected.type) + 1) % TYPES.length] });
  }

  remove() {
    if (!this.selected) return;
    const minutiae = this.minutiae.filter((_minutia, index) => index !== this.selectedIndex);
    this.selectedIndex = Math.min(this.selectedIndex, minutiae.length - 1);
    this.change({ minutiae });
  }

  /**
   * Shows suggestions in place of those before, without those that are marked already.
   *
   * @param {Minutia[]} suggestions
   * @param {string} network that found them
   */
  suggest(suggestions, network) {
    /** @param {Minutia} suggestion */
    const isMarked = ({ x, y }) =>
      this.minutiae.some((minutia) => Math.hypot(minutia.x - x, minutia.y - y) <= SAME_DISTANCE);
    this.change({ suggestions: suggestions.filter((suggestion) => !isMarked(suggestion)), network });
  }

  /**
   * Takes over one of the suggestions that are shown.
   *
   * @param {number} index
   */
  accept(index) {
    this.selectedIndex = this.minutiae.length;
    this.takeOver([this.shown[index]]);
  }

  /** Takes over all suggestions that are shown. */
  acceptShown() {
    if (this.shown.length) this.takeOver(this.shown);
  }

  /** @param {Minutia[]} taken */
  takeOver(taken) {
    this.change({
      minutiae: [...this.minutiae, ...taken],
      suggestions: this.state.suggestions.filter((suggestion) => !taken.includes(suggestion)),
    });
  }

  dismissAll() {
    if (this.state.suggestions.length) this.change({ suggestions: [] });
  }

  /** @param {Corner[] | null} region */
  setRegion(region) {
    this.change({ region });
  }
}
