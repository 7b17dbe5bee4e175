// Finding and making elements, with their types.

/**
 * Returns the element with an id. Throws an Error if the page has none of this type.
 *
 * @template {Element} T
 * @overload
 * @param {string} id
 * @param {new () => T} type
 * @returns {T}
 */
/**
 * @overload
 * @param {string} id
 * @returns {HTMLElement}
 */
/**
 * @param {string} id
 * @param {new () => Element} type
 */
export function byId(id, type = HTMLElement) {
  return checked(document.getElementById(id), type, `#${id}`);
}

/**
 * Returns the first element that matches a selector. Throws an Error if there is none of this type.
 *
 * @template {Element} T
 * @overload
 * @param {ParentNode} root
 * @param {string} selector
 * @param {new () => T} type
 * @returns {T}
 */
/**
 * @overload
 * @param {ParentNode} root
 * @param {string} selector
 * @returns {HTMLElement}
 */
/**
 * @param {ParentNode} root
 * @param {string} selector
 * @param {new () => Element} type
 */
export function query(root, selector, type = HTMLElement) {
  return checked(root.querySelector(selector), type, selector);
}

/**
 * Returns all elements that match a selector and have a type.
 *
 * @template {Element} T
 * @overload
 * @param {ParentNode} root
 * @param {string} selector
 * @param {new () => T} type
 * @returns {T[]}
 */
/**
 * @overload
 * @param {ParentNode} root
 * @param {string} selector
 * @returns {HTMLElement[]}
 */
/**
 * @param {ParentNode} root
 * @param {string} selector
 * @param {new () => Element} type
 */
export function queryAll(root, selector, type = HTMLElement) {
  return [...root.querySelectorAll(selector)].filter((element) => element instanceof type);
}

/**
 * Makes an element with a text and a class.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string | number} text
 * @param {string} className
 */
export function create(tag, text = "", className = "") {
  const element = document.createElement(tag);
  element.textContent = String(text);
  if (className) element.className = className;
  return element;
}

/**
 * Makes a link.
 *
 * @param {string} href
 * @param {string} text
 */
export const link = (href, text) => Object.assign(create("a", text), { href });

/**
 * Returns a copy of the first element of a template.
 *
 * @param {HTMLTemplateElement} template
 */
export function clone(template) {
  const copy = document.importNode(template.content, true).firstElementChild;
  return checked(copy, HTMLElement, "template > *");
}

/**
 * @template {Element} T
 * @param {Element | null} element
 * @param {new () => T} type
 * @param {string} selector
 */
function checked(element, type, selector) {
  if (!(element instanceof type)) throw new Error(`The page has no ${type.name} "${selector}".`);
  return element;
}

/**
 * Returns the nearest ancestor of an event's target that matches a selector, in whichever window it is.
 *
 * @param {EventTarget | null} target
 * @param {string} selector
 */
export function closest(target, selector) {
  const found = target && "closest" in target ? /** @type {Element} */ (target).closest(selector) : null;
  return /** @type {HTMLElement | null} */ (found);
}
