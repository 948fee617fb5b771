// SVG in a few words.

const SVG = "http://www.w3.org/2000/svg";

export const svgElement = (name, attributes = {}) => set(document.createElementNS(SVG, name), attributes);

// Adds an element to `parent`.
export function add(parent, name, attributes, text) {
  const element = parent.appendChild(svgElement(name, attributes));
  if (text !== undefined) element.textContent = text;
  return element;
}

// Writes the attributes that are not so already.
export function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    const text = String(value);
    if (element.getAttribute(name) !== text) element.setAttribute(name, text);
  }
  return element;
}
