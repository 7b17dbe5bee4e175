// The display settings of a comparison.

import { queryAll } from "../lib/dom.js";

/**
 * The settings that a case keeps, each with its control.
 *
 * @type {[Api.ImageSetting, string][]}
 */
const NOTED = [
  ["brightness", "brightness"],
  ["contrast", "contrast"],
  ["gamma", "gamma"],
  ["sharpness", "sharpness"],
  ["ridges", "ridges"],
  ["inversion", "invert"],
];

/** The settings for all images; each has a control with `data-set`. */
export class DisplaySettings {
  isInverted = false;
  contrast = 100; // percent
  brightness = 100; // percent
  gamma = 100; // percent
  sharpness = 0; // percent
  showsRidges = false; // as the software draws them, in place of the image
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
    this.gamma = this.number("gamma", this.gamma);
    this.sharpness = this.number("sharpness", this.sharpness);
    this.showsRidges = this.isOn("ridges");
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
   * @param {(setting: Api.ImageSetting) => number} valueOf returns the value of a setting
   */
  restore(valueOf) {
    for (const [setting, name] of NOTED) {
      const control = this.control(name);
      if (control?.type === "checkbox") control.checked = Boolean(valueOf(setting));
      else if (control) control.value = String(valueOf(setting));
    }
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

  /**
   * Returns the value of each setting that a case keeps.
   *
   * @returns {[Api.ImageSetting, number][]}
   */
  get noted() {
    return [
      ["brightness", this.brightness],
      ["contrast", this.contrast],
      ["gamma", this.gamma],
      ["sharpness", this.sharpness],
      ["ridges", Number(this.showsRidges)],
      ["inversion", Number(this.isInverted)],
    ];
  }

  /** The filter of a canvas. */
  get filter() {
    return `invert(${Number(this.isInverted)}) contrast(${this.contrast}%) brightness(${this.brightness}%)`;
  }
}
