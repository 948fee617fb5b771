// SVG in a few words.

const SVG = "http://www.w3.org/2000/svg";

/** @param {string} name @param {Record<string, any>} [attributes] @returns {SVGElement} */
export const svgElement = (name, attributes = {}) =>
  set(/** @type {SVGElement} */ (document.createElementNS(SVG, name)), attributes);

// Adds an element to `parent`.
/** @param {Element} parent @param {string} name @param {Record<string, any>} [attributes] @param {string} [text] */
export function add(parent, name, attributes, text) {
  const element = parent.appendChild(svgElement(name, attributes));
  if (text !== undefined) element.textContent = text;
  return element;
}

// Writes the attributes that are not so already.
/** @template {Element} E @param {E} element @param {Record<string, any>} attributes @returns {E} */
export function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    const text = String(value);
    if (element.getAttribute(name) !== text) element.setAttribute(name, text);
  }
  return element;
}
