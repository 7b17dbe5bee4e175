// What is marked on a latent, with all that can be undone. Places are whole pixels of the image, directions even
// degrees, as the file holds them: { x, y, direction, type, quality }.

const NEAR = 8; // pixels within which a suggestion is the minutia that is marked already

export const TYPES = ["ending", "bifurcation", "other"];

const EMPTY = { minutiae: [], ghosts: [], region: null };

/** Returns a direction as it is kept. */
export const evenDegrees = (degrees) => (((2 * Math.round(degrees / 2)) % 360) + 360) % 360;

export class Marks {
  constructor(changed) {
    this.changed = changed;
    this.start(EMPTY);
  }

  /** Begins anew with what a file tells; nothing before can be undone. */
  start(state) {
    this.state = { ...EMPTY, ...state };
    this.past = [];
    this.future = [];
    this.selected = -1;
    this.type = "ending"; // of the next one that is placed
    this.changed();
  }

  get minutiae() {
    return this.state.minutiae;
  }

  get chosen() {
    return this.minutiae[this.selected];
  }

  change(part) {
    this.past.push(this.state);
    this.future = [];
    this.amend(part);
  }

  /** Goes on with the last change, as a drag does: it stays one that is undone at once. */
  amend(part) {
    this.state = { ...this.state, ...part };
    if (this.selected >= this.minutiae.length) this.selected = -1;
    this.changed();
  }

  undo() {
    this.step(this.past, this.future);
  }

  redo() {
    this.step(this.future, this.past);
  }

  step(from, to) {
    if (!from.length) return;
    to.push(this.state);
    this.state = from.pop();
    this.selected = Math.min(this.selected, this.minutiae.length - 1);
    this.changed();
  }

  select(place) {
    this.selected = place;
    if (this.chosen) this.type = this.chosen.type;
    this.changed();
  }

  place(x, y) {
    const made = { x: Math.round(x), y: Math.round(y), direction: 0, type: this.type, quality: 100 };
    this.selected = this.minutiae.length;
    this.change({ minutiae: [...this.minutiae, made] });
  }

  /** Changes values of the chosen minutia; `goesOn` where it is part of the change before. */
  set(values, goesOn = false) {
    if (!this.chosen) return;
    if (values.type) this.type = values.type;
    const minutiae = this.minutiae.map((one, place) => (place === this.selected ? { ...one, ...values } : one));
    if (goesOn) this.amend({ minutiae });
    else this.change({ minutiae });
  }

  turn(degrees) {
    if (this.chosen) this.set({ direction: evenDegrees(this.chosen.direction + degrees) });
  }

  nextType() {
    if (this.chosen) this.set({ type: TYPES[(TYPES.indexOf(this.chosen.type) + 1) % TYPES.length] });
  }

  remove() {
    if (!this.chosen) return;
    const minutiae = this.minutiae.filter((_one, place) => place !== this.selected);
    this.selected = Math.min(this.selected, minutiae.length - 1);
    this.change({ minutiae });
  }

  /** Shows suggestions in place of those before, without those that are marked already. */
  suggest(found) {
    const known = (one) => this.minutiae.some((mark) => Math.hypot(mark.x - one.x, mark.y - one.y) <= NEAR);
    this.change({ ghosts: found.filter((one) => !known(one)) });
  }

  take(place) {
    const { ghosts } = this.state;
    this.selected = this.minutiae.length;
    this.change({ minutiae: [...this.minutiae, ghosts[place]], ghosts: ghosts.filter((_one, each) => each !== place) });
  }

  takeAll() {
    if (this.state.ghosts.length) this.change({ minutiae: [...this.minutiae, ...this.state.ghosts], ghosts: [] });
  }

  dismiss() {
    if (this.state.ghosts.length) this.change({ ghosts: [] });
  }

  setRegion(region) {
    this.change({ region });
  }
}

/** Returns a minutia of the service's as it is kept here. */
export const kept = ({ x, y, direction, type, quality }) => ({
  x: Math.round(x),
  y: Math.round(y),
  direction: evenDegrees(direction),
  type,
  quality: Math.max(1, quality),
});
