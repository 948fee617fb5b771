// "Try this": one card at a time, with a button that brings the page into the card's state. In presentation mode, the
// keys N and P step through the cards and try each.

import { cardOf, KINDS } from "./cards.js";
import { fill } from "../kernel/text.js";
import { write } from "../parts/dom.js";
import { idle } from "../parts/page.js";
import { add, set } from "../parts/svg.js";

const TYPED_INTO = "select, textarea, input:not([type=range])";

export class TryThis {
  // box: the element to fill; page: its parts' view of it, see tools.js; play(): the training plays.
  /** @param {HTMLElement} box @param {import("./tools.js").PageApi} page @param {() => void} play */
  constructor(box, page, play) {
    this.page = page;
    this.play = play;
    this.at = 0; // the number of the card
    this.panels = []; // of the models that the cards were found for
    this.cards = new Map(); // by kind, as far as they were shown
    /** @type {{map: import("./latent_map.js").LatentMap, at: number[], radius: number, element: Element} | null} */
    this.mark = null;
    const find = (name) => /** @type {any} */ (box.querySelector(`.${name}`));
    this.box = box;
    this.which = find("which");
    this.title = find("title");
    this.text = find("text");
    this.button = find("try-it");
    this.other = find("other");
    find("previous").addEventListener("click", () => this.step(-1));
    find("next").addEventListener("click", () => this.step(1));
    this.button.addEventListener("click", () => this.go());
    this.other.addEventListener("click", () => this.enter(this.card().other));
    this.root = box.closest(".explorer");
    this.hear = (event) => this.press(event);
    window.addEventListener("keydown", this.hear);
  }

  destroy() {
    window.removeEventListener("keydown", this.hear);
  }

  // N and P lead from no card through all of them to no card.
  /** @param {KeyboardEvent} event */
  press(event) {
    const by = { n: 1, p: -1 }[event.key.toLowerCase()],
      focus = /** @type {HTMLElement} */ (event.composedPath()[0]);
    if (!by || event.altKey || event.ctrlKey || event.metaKey) return;
    if (!this.root.classList.contains("presenting") || focus.matches(TYPED_INTO)) return;
    const from = this.root.classList.contains("on-card") ? this.at + 1 : 0,
      to = (from + by + KINDS.length + 1) % (KINDS.length + 1);
    this.root.classList.toggle("on-card", to > 0);
    if (to === 0) return this.erase();
    this.at = to - 1;
    this.show();
    if (this.card().part) this.go();
    else this.erase();
  }

  // The models have changed. When nothing else waits: to find a place between ten thousand codes takes longer than a
  // frame.
  async describe(panels) {
    this.erase();
    this.cards.clear();
    this.panels = panels;
    await idle();
    if (this.box.isConnected && this.panels === panels) this.show();
  }

  step(by) {
    this.at = (this.at + by + KINDS.length) % KINDS.length;
    this.show();
  }

  card() {
    const kind = KINDS[this.at];
    if (!this.cards.has(kind)) {
      const { words, state } = this.page;
      this.cards.set(kind, cardOf(kind, this.panels, state().mean.length, words.cards));
    }
    return this.cards.get(kind);
  }

  show() {
    if (!this.panels.length || !this.panels.every(({ model }) => model)) return;
    const { title, text, part, other } = this.card(),
      { words } = this.page;
    write(this.which, fill(words.which_card, { n: this.at + 1, all: KINDS.length }));
    write(this.title, title);
    write(this.text, text);
    this.button.disabled = part === null;
    this.other.hidden = !other;
    this.box.dataset.card = KINDS[this.at];
  }

  async go() {
    const { part, mark, watch } = this.card();
    this.enter(mark ? { ...part, shown: mark.panel.side } : part);
    if (watch) await this.play();
    else if (mark) this.zoomTo(mark);
    else this.panels.forEach(({ map }) => map.goHome());
    this.panels[0].map.host.scrollIntoView({ block: "nearest" }); // a phone may show the card alone
  }

  zoomTo(mark) {
    const [x, y] = mark.at; // the other map follows
    mark.panel.map.choose({ x: [x - mark.around, x + mark.around], y: [y - mark.around, y + mark.around] });
    this.draw(mark);
  }

  enter(part) {
    this.erase();
    this.page.set(part);
  }

  // A circle in a map, until another card is tried.
  draw({ panel, at, radius }) {
    const element = add(panel.map.shapes.group, "g", { class: "mark" });
    for (const name of ["halo", "line"]) add(element, "circle", { class: name });
    this.mark = { map: panel.map, at, radius, element };
    this.page.draw();
  }

  erase() {
    this.mark?.element.remove();
    this.mark = null;
  }

  // One frame.
  place() {
    if (!this.mark) return;
    const { map, at, radius, element } = this.mark,
      { x, y, perX } = map.scale();
    for (const circle of element.children) set(circle, { cx: x(at[0]), cy: y(at[1]), r: radius * perX });
  }
}
