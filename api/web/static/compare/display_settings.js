// The display settings of a comparison.

import { queryAll } from "../lib/dom.js";

/** The settings for all images; each has a control with `data-set`. */
export class DisplaySettings {
  isInverted = false;
  contrast = 100; // percent
  brightness = 100; // percent
  isLinked = false; // whether both images move together
  showsPoints = false;
  showsPairs = false;
  showsLines = false;
  showsGrid = false;
  showsLoupe = false;
  showsClarity = false;
  isTinted = false;
  share = 50; // percent of the candidate in the overlay

  /** @param {HTMLElement} root */
  constructor(root) {
    this.controls = queryAll(root, "[data-set]", HTMLInputElement);
    this.read();
  }

  /** Reads the settings from the controls. */
  read() {
    this.isInverted = this.isOn("invert");
    this.contrast = this.number("contrast", this.contrast);
    this.brightness = this.number("brightness", this.brightness);
    this.isLinked = this.isOn("linked");
    this.showsPoints = this.isOn("marks");
    this.showsPairs = this.isOn("pairs");
    this.showsLines = this.isOn("lines");
    this.showsGrid = this.isOn("grid");
    this.showsLoupe = this.isOn("loupe");
    this.showsClarity = this.isOn("clarity");
    this.isTinted = this.isOn("tinted");
    this.share = this.number("share", this.share);
  }

  /**
   * Displays images as they were displayed before.
   *
   * @param {{ brightness: number, contrast: number, inversion: number }} values
   */
  restore({ brightness, contrast, inversion }) {
    for (const [name, value] of Object.entries({ brightness, contrast })) {
      const control = this.control(name);
      if (control) control.value = String(value);
    }
    const invert = this.control("invert");
    if (invert) invert.checked = Boolean(inversion);
    this.read();
  }

  /** @param {string} name */
  control(name) {
    return this.controls.find((control) => control.dataset.set === name);
  }

  /** @param {string} name */
  isOn(name) {
    return this.control(name)?.checked ?? false;
  }

  /**
   * @param {string} name
   * @param {number} other if there is no control
   */
  number(name, other) {
    return Number(this.control(name)?.value ?? other);
  }

  /** The filter of a canvas. */
  get filter() {
    return `invert(${Number(this.isInverted)}) contrast(${this.contrast}%) brightness(${this.brightness}%)`;
  }
}
