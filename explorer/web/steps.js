// The script of an invisible component in presentation mode: the left and right arrow keys lead through the page's
// tabs, and from the first or last one to the page before or after. So do Page Up and Page Down, which a presenter's
// remote sends, also where a slider has the focus.

const BY = { ArrowLeft: -1, ArrowRight: 1, PageUp: -1, PageDown: 1 };
const WRITES = ":is(textarea, select, [contenteditable])";
const LINK = { "-1": ".st-key-previous_page a", 1: ".st-key-next_page a" }; // in the bar, which ui/present.py makes
const NEEDS_NO_ARROWS = ":is(body, main, section, a, button, [role=tab]):not([role=radio], [role=option])";

// The tabs of the page: of its first strip that is visible.
function tabs() {
  const roots = [...document.querySelectorAll("main *")].map((element) => element.shadowRoot).filter(Boolean);
  const strips = [document, ...roots].flatMap((root) => [...root.querySelectorAll("[role=tablist]")]);
  const strip = strips.find((element) => element.checkVisibility());
  return /** @type {HTMLElement[]} */ (strip ? [...strip.querySelectorAll("[role=tab]")] : []);
}

/** @param {KeyboardEvent} event */
function step(event) {
  const by = BY[event.key];
  if (!by || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (!document.querySelector(".st-key-present_bar")) return; // presentation mode was left
  const focus = /** @type {HTMLElement} */ (event.composedPath()[0]);
  if (event.key.startsWith("Page") ? focus.matches(WRITES) : !focus.matches(NEEDS_NO_ARROWS)) return;
  event.preventDefault();
  event.stopImmediatePropagation(); // a strip of tabs would lead from its last tab to its first
  const all = tabs(),
    next = all[all.findIndex((tab) => tab.ariaSelected === "true") + by];
  if (all.length && next) {
    next.click();
    if (focus.matches("[role=tab]")) next.focus();
    return;
  }
  /** @type {HTMLElement | null} */
  const link = document.querySelector(LINK[by]);
  link?.click();
}

const global = /** @type {any} */ (window);
if (!global.steps) window.addEventListener("keydown", step, { capture: true });
global.steps = true; // a browser may load this script again

export default function () {}
