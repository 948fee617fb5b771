// Elements of a page.

// The element that has the focus, in the document or shadow root of this one.
/** @param {Element} element */
export const focusedBeside = (element) => /** @type {Document | ShadowRoot} */ (element.getRootNode()).activeElement;

// Sets an element's text. An unchanged text is not written again, so that nothing is redrawn or announced twice.
/** @param {Element} element @param {string} text */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
