// Elements of a page.

// Sets an element's text. Text that stays the same is not written again, so nothing is drawn or announced anew.
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
