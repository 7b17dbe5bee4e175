// The images and their tools in a window of their own, for a second monitor; the page keeps the analysis and the decision.

import { query, queryAll } from "../lib/dom.js";

const MOVED = ".rail, .view"; // the parts of the workbench that move

export class DetachedWindow {
  /** @type {Window | null} */
  opened = null;

  /**
   * @param {HTMLElement} root the workbench
   * @param {(host: HTMLElement) => void} onOpen called with the element that holds the parts in the new window
   * @param {() => void} onMove called after the parts have moved
   */
  constructor(root, onOpen, onMove) {
    this.root = root;
    this.onOpen = onOpen;
    this.onMove = onMove;
    addEventListener("pagehide", () => this.opened?.close());
  }

  /**
   * Where to find the parts of the workbench: on the page, and in the second window.
   *
   * @returns {HTMLElement[]}
   */
  get hosts() {
    return this.opened ? [this.root, this.opened.document.body] : [this.root];
  }

  /** Opens the window, or closes it. Returns false if the browser blocked it. */
  toggle() {
    if (this.opened) {
      this.opened.close();
      return true;
    }
    const opened = window.open("", "", "popup,width=1600,height=1000");
    if (!opened) return false;
    this.opened = opened;
    const { document: target } = opened;
    const { lang, dataset } = document.documentElement;
    target.documentElement.lang = lang;
    Object.assign(target.documentElement.dataset, dataset);
    target.title = document.title;
    for (const sheet of queryAll(document, "link[rel=stylesheet]", HTMLLinkElement)) {
      const copy = target.createElement("link");
      Object.assign(copy, { rel: "stylesheet", href: sheet.href });
      copy.addEventListener("load", () => this.onMove());
      target.head.append(copy);
    }
    target.body.className = "bench detached";
    target.body.append(...queryAll(this.root, MOVED));
    this.root.classList.add("is-detached");
    this.onOpen(target.body);
    opened.addEventListener("resize", () => this.onMove());
    opened.addEventListener("pagehide", () => this.takeBack());
    this.onMove();
    return true;
  }

  takeBack() {
    if (!this.opened) return;
    const parts = queryAll(this.opened.document.body, MOVED);
    this.opened = null;
    query(this.root, ".bench-head").after(...parts);
    this.root.classList.remove("is-detached");
    this.onMove();
  }
}
