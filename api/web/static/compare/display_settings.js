// How all images of a comparison are shown.

/** What is set for all images; the controls have `data-set`. */
export class Look {
  constructor(root) {
    this.controls = [...root.querySelectorAll("[data-set]")];
    this.read();
  }

  read() {
    for (const one of this.controls) this[one.dataset.set] = one.type === "checkbox" ? one.checked : Number(one.value);
  }

  get filter() {
    return `invert(${Number(this.invert)}) contrast(${this.contrast}%) brightness(${this.brightness}%)`;
  }
}
