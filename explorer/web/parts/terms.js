// The glossary's terms in a page's texts: each is defined where a pointer or the focus rests on it.

/** @typedef {Record<string, {forms: string[], text: string}>} Glossary */

const ALONE = "button, a, summary, code, .term, h2"; // texts that are left as they are
const GAP = 4; // pixels between a term and its definition

// A pattern that finds the glossary's forms as whole words, the longest first, and the term of each form. Its first
// group is the sign before the word: older browsers cannot look back.
/** @param {Glossary} glossary @returns {{pattern: RegExp, names: Map<string, string>}} */
export function finder(glossary) {
  const names = new Map();
  for (const [name, { forms }] of Object.entries(glossary))
    for (const form of forms) for (const one of [form, form[0].toUpperCase() + form.slice(1)]) names.set(one, name);
  const forms = [...names.keys()].sort((a, b) => b.length - a.length);
  const written = forms.map((form) => form.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|");
  return { pattern: new RegExp(`(^|[^\\p{L}\\p{N}(‖|-])(${written})(?![\\p{L}\\p{N}(‖-])`, "gu"), names };
}

// A text in pieces: [{text, name: of the term that it is, or null}]. used: the terms that were found before, which are
// left as they are; those of this text are added.
/** @param {string} text @param {{pattern: RegExp, names: Map<string, string>}} found @param {Set<string>} used */
export function pieces(text, { pattern, names }, used) {
  const parts = [];
  let from = 0;
  for (const match of text.matchAll(pattern)) {
    const [, before, word] = match,
      name = names.get(word),
      start = match.index + before.length;
    if (used.has(name)) continue;
    used.add(name);
    if (start > from) parts.push({ text: text.slice(from, start), name: null });
    parts.push({ text: word, name });
    from = start + word.length;
  }
  if (from < text.length) parts.push({ text: text.slice(from), name: null });
  return parts;
}

export class Terms {
  /** @param {HTMLElement} root the page's @param {Glossary} glossary */
  constructor(root, glossary) {
    this.root = root;
    this.glossary = glossary;
    this.finder = finder(glossary);
    this.tip = root.appendChild(document.createElement("p"));
    this.tip.className = "definition";
    this.tip.id = "definition";
    this.tip.setAttribute("role", "tooltip");
    this.tip.hidden = true;
    for (const kind of ["pointerover", "focusin"])
      root.addEventListener(kind, (event) => {
        const term = termOf(event.target);
        if (term) this.define(term);
      });
    root.addEventListener("pointerout", (/** @type {PointerEvent} */ event) => {
      // the definition itself may be pointed at
      if (termOf(event.target) && event.relatedTarget !== this.tip) this.hide();
      if (event.target === this.tip && !termOf(event.relatedTarget)) this.hide();
    });
    root.addEventListener("focusout", () => this.hide());
    root.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => event.key === "Escape" && this.hide());
    for (const part of root.querySelectorAll(".lead, .help details")) this.mark(part);
  }

  // Marks the first of each term in an element's texts.
  /** @param {Element} element */
  mark(element) {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT),
      used = new Set(
        [...element.querySelectorAll(".term")].map((/** @type {HTMLElement} */ term) => term.dataset.term),
      ),
      texts = [];
    while (walker.nextNode()) texts.push(walker.currentNode);
    for (const text of texts.filter((one) => !one.parentElement.closest(ALONE))) {
      const parts = pieces(text.textContent, this.finder, used);
      if (parts.some(({ name }) => name)) text.replaceWith(...parts.map(nodeOf));
    }
  }

  /** @param {HTMLElement} term */
  define(term) {
    const { tip } = this;
    tip.textContent = this.glossary[term.dataset.term].text;
    tip.hidden = false;
    const { left, top, bottom } = term.getBoundingClientRect();
    const x = Math.min(left, window.innerWidth - tip.offsetWidth - GAP),
      fits = bottom + GAP + tip.offsetHeight <= window.innerHeight;
    tip.style.left = `${Math.max(GAP, x)}px`;
    tip.style.top = `${fits ? bottom + GAP : top - GAP - tip.offsetHeight}px`;
    this.hide(false);
    term.setAttribute("aria-describedby", tip.id);
    this.term = term;
  }

  hide(all = true) {
    this.term?.removeAttribute("aria-describedby");
    this.term = null;
    if (all) this.tip.hidden = true;
  }
}

/** @param {EventTarget | null} target @returns {HTMLElement | null} */
const termOf = (target) => (target instanceof Element ? target.closest(".term") : null);

/** @param {{text: string, name: string | null}} piece */
function nodeOf({ text, name }) {
  if (!name) return document.createTextNode(text);
  const term = document.createElement("dfn");
  term.className = "term";
  term.dataset.term = name;
  term.tabIndex = 0;
  term.textContent = text;
  return term;
}
