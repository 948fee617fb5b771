// Elements of a page.

// Sets an element's text. An unchanged text is not written again, so that nothing is redrawn or announced twice.
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
