// Elements of a page.

// The element that has the focus, in the document or shadow root of this one.
/** @param {Element} element */
export const focusedBeside = (element) => /** @type {Document | ShadowRoot} */ (element.getRootNode()).activeElement;

// Shows what a comparison with Python found. If they agree, only the sentence's first sign is seen; the rest is its
// tooltip, and appears where a pointer or the focus rests on it.
/** @param {HTMLElement} element @param {string} sentence @param {boolean} agrees */
export function writeAgreement(element, sentence, agrees) {
  element.classList.toggle("folded", agrees);
  element.title = agrees ? sentence : "";
  if (agrees) element.tabIndex = 0;
  else element.removeAttribute("tabindex");
  write(element, sentence);
}

// Sets an element's text. An unchanged text is not written again, so that nothing is redrawn or announced twice.
/** @param {Element} element @param {string} text */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

// Writes a table's cells, which are found by their data-is: {name: text}.
/** @param {Element} table @param {Record<string, string>} texts */
export function writeCells(table, texts) {
  for (const [name, text] of Object.entries(texts)) write(table.querySelector(`[data-is=${name}]`), text);
}
