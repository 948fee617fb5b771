// The tool Near: the nearest codes in both models, regions of a map, and images found by a number or a class.

import { Find } from "./find.js";
import { Marks } from "./marks.js";
import { Neighbours } from "./neighbours.js";
import { Pictures } from "./pictures.js";
import { Regions } from "./regions.js";
import { write } from "../../parts/dom.js";
import { fill } from "../../kernel/text.js";

const NEAR = 40; // pixels within which a click on a map that is no plane takes the nearest code
const VIEWS = { neighbours: Neighbours, region: Regions, find: Find };

export class Tool {
  // box: the section to fill; page: see tools.js.
  /** @param {HTMLElement} box @param {import("../tools.js").PageApi} page */
  constructor(box, page) {
    const { words } = page;
    this.box = box;
    this.page = page;
    this.hot = null;
    this.words = words;
    this.panels = page.panels;
    this.palette = page.symbols.classes;
    this.pictures = new Pictures(page.originals);
    box.innerHTML =
      '<div class="top"><span class="views" role="group"></span>' +
      '<label class="side"><span></span> <select></select></label></div>' +
      '<p class="left-out" hidden></p>';
    const bar = box.querySelector(".views");
    bar.setAttribute("aria-label", words.views);
    this.buttons = new Map(
      Object.keys(VIEWS).map((name) => {
        const button = Object.assign(document.createElement("button"), {
          type: "button",
          textContent: words[name].name,
          title: words[name].title,
        });
        button.addEventListener("click", () => page.set({ near: name }));
        bar.append(button);
        return [name, button];
      }),
    );
    /** @type {HTMLSelectElement} */
    this.side = box.querySelector(".side select");
    write(box.querySelector(".side span"), words.side);
    this.side.title = words.side_title;
    this.side.addEventListener("change", () =>
      page.set({ near_side: /** @type {"left" | "right"} */ (this.side.value), near_at: null }),
    );
    /** @type {Map<string, any>} */
    this.views = new Map(
      Object.entries(VIEWS).map(([name, View]) => {
        const host = box.appendChild(document.createElement("div"));
        host.className = `view ${name}`;
        return [name, new View(host, this)];
      }),
    );
    this.onKey = (event) => this.hearKey(event);
  }

  open() {
    this.close();
    const { page } = this,
      { near_at: at } = page.state();
    // it belonged to another model
    if (at && at.length !== this.panel().model.entry.latent_dim) page.change({ near_at: null });
    this.marks = new Map(this.panels.map((panel) => [panel, new Marks(panel, this.palette)]));
    this.side.replaceChildren(...this.panels.map((panel) => new Option(panel.name, panel.side)));
    for (const { host } of this.panels.map((panel) => panel.map)) {
      host.tabIndex = 0;
      host.setAttribute("aria-description", this.words.map);
    }
    for (const view of this.views.values()) view.reset?.();
    window.addEventListener("keydown", this.onKey);
    this.isOpen = true;
  }

  close() {
    if (!this.isOpen) return;
    this.isOpen = false;
    window.removeEventListener("keydown", this.onKey);
    this.views.get("region").disarm();
    for (const view of this.views.values()) view.leave?.();
    for (const [panel, marks] of this.marks) {
      marks.remove();
      panel.map.host.removeAttribute("tabindex");
      panel.map.host.removeAttribute("aria-description");
    }
    this.hot = null;
  }

  destroy() {
    this.close();
  }

  // ---- what the views ask ------------------------------------------------------------------------------------

  // The panel whose model is asked, and the other one.
  panel(state = this.page.state()) {
    return this.panels.find((panel) => panel.side === state.near_side);
  }

  other(panel) {
    return this.panels.find((one) => one !== panel);
  }

  // Have both models seen the same images, so that a row is the same image in both?
  comparable() {
    const [a, b] = this.panels.map((panel) => panel.model);
    return a.entry.dataset === b.entry.dataset && a.codes.label.length === b.codes.label.length;
  }

  // The classes that the legend has switched off.
  hidden() {
    return this.panels[0].map.hidden;
  }

  // Which rows of a model count: null for all.
  allowed({ codes: { label } }) {
    const hidden = this.hidden();
    return hidden.size ? (row) => !hidden.has(label[row]) : null;
  }

  className({ entry, codes }, row) {
    return entry.classes[codes.label[row]];
  }

  // An image is pointed at: it is marked on the maps and among the pictures. {dataset, row} or null.
  point(hot) {
    if (this.hot?.row === hot?.row && this.hot?.dataset === hot?.dataset) return;
    this.hot = hot;
    this.page.draw();
  }

  // An image is chosen: as a click on its code.
  choose(panel, row) {
    const view = this.views.get(this.page.state().near);
    this.page.pick(panel, row, { near_at: view.keeps?.(this.page.state()) ?? null });
  }

  // Fetches images' originals. Resolves to a sentence where one cannot be had, else to "".
  async fetchOriginals(entry, rows) {
    try {
      await this.page.originals.fetch(entry, rows);
      return "";
    } catch (error) {
      return fill(this.words.no_originals, { why: error.message.replace(/\.$/, "") });
    }
  }

  fail(error) {
    this.page.fail(error, this.words.failed);
  }

  // ---- the page's calls ------------------------------------------------------------------------------------

  show() {
    const state = this.page.state();
    if (!this.isOpen) return;
    for (const [name, button] of this.buttons) button.setAttribute("aria-pressed", String(name === state.near));
    for (const [name, view] of this.views) view.host.hidden = name !== state.near;
    this.side.value = state.near_side;
    const { classes } = this.panels[0].model.entry,
      hidden = [...this.hidden()].sort().map((which) => classes[which] ?? which);
    /** @type {HTMLElement} */
    const note = this.box.querySelector(".left-out");
    note.hidden = !hidden.length;
    if (hidden.length)
      write(
        note,
        fill(hidden.length === 1 ? this.words.left_out_one : this.words.left_out, { classes: hidden.join(", ") }),
      );
    if (state.near !== "region") this.views.get("region").disarm();
    const view = this.views.get(state.near);
    view.show(state);
    for (const [panel, marks] of this.marks) {
      const rowCount = panel.model.codes.label.length;
      const hot =
        this.hot && this.hot.dataset === panel.model.entry.dataset && this.hot.row < rowCount ? this.hot.row : null;
      marks.place(state, { ...view.marksOn(panel, state), hot });
    }
    for (const thumbs of view.thumbs ?? []) thumbs.mark(this.hot);
  }

  // A click on a map asks that map's model there: it moves the probe, as always, and the neighbours go with it.
  click(panel, point, row) {
    const state = this.page.state();
    const hit = row ?? (panel.isPlane(state) ? null : panel.map.nearest(...point, NEAR));
    const part = { near_side: panel.side, near_at: null };
    if (hit !== null) this.page.pick(panel, hit, part);
    else if (panel.isPlane(state)) this.page.set({ ...part, mean: panel.meanWith(state, point) });
    return true;
  }

  hearKey(event) {
    const target = event.composedPath()[0];
    if (
      event.ctrlKey ||
      event.metaKey ||
      event.altKey ||
      /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName ?? "") ||
      target.isContentEditable
    )
      return;
    const regions = this.views.get("region");
    if (event.key === "l" || event.key === "L") {
      event.preventDefault();
      this.page.state().near === "region" || this.page.set({ near: "region" });
      regions.toggle();
    } else if (event.key === "Escape") regions.disarm();
    const panel = this.panels.find(({ map }) => target === map.host || target === map.shapes.handle);
    if (panel && (event.key === "Enter" || event.key === " ")) {
      event.preventDefault();
      this.page.set({ near_side: panel.side, near_at: null });
    } else if (panel && "+-".includes(event.key) && this.page.state().near === "region") {
      event.preventDefault();
      regions.grow(event.key === "+" ? 1 : -1, panel);
    }
  }
}
