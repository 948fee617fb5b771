// The explorer's tools: one at a time is shown in the place of the sliders. A tool's script is fetched when it is first
// opened.
//
// NAME/tool.js exports class Tool. It is built once, with a section to fill and the page; all its methods may be left
// out:
//   open()                     the tool is shown again, or the page's models changed
//   close()                    another tool is shown: it removes what it put on the maps
//   show(frame)                a frame is drawn, of page.state(); the panels have its models
//   click(panel, point, row)   a map was clicked there; row: of the code that was hit, or null. If the tool returns
//                              true, the page does nothing of its own
//   destroy()                  the page is left
//
// What a tool draws over a map goes into panel.map.shapes.tool, a group of an SVG in the pixels that panel.map.scale()
// gives; its classes are in NAME/tool.css.

/** @import { Frame, State, Theme } from "../kernel/types.js" */

/**
 * What the page's parts and tools see of it.
 * @typedef {object} PageApi
 * @property {() => State} state  the state as it stands: see kernel/probe.js
 * @property {() => Frame} frame  what one frame shows of it: see kernel/probe.js
 * @property {(part: Partial<State>) => void} change  changes the state while something moves
 * @property {() => void} commit  ends a change: Python and the address follow
 * @property {(part: Partial<State>) => void} set  changes the state at once
 * @property {(panel: Panel, row: number, more?: object) => void} pick  what a click on a code does; more: what else
 *   changes
 * @property {() => void} draw  draws a frame soon
 * @property {(text: string) => void} announce  for screen readers
 * @property {(error: Error, what?: string) => void} fail  shows an error; what: what did not work
 * @property {() => Theme} colours  of the theme
 * @property {() => {prior: string, codes: string}} fieldColours  of a discriminator's field
 * @property {(panel: Panel) => boolean} replayed  is a replay shown there?
 * @property {() => Promise<import("./surface.js").Surface | null>} surface  what lies under the codes, once its script
 *   is there
 * @property {Panel[]} panels  the left one and the right one
 * @property {import("../kernel/models.js").Models} models
 * @property {import("../parts/originals.js").Originals} originals
 * @property {import("../kernel/catalogue.js").Catalogue} catalogue  all entries
 * @property {Record<string, any>} words  the page's texts; a tool has its own here
 * @property {Record<string, any>} [allWords]  the page's texts, for a tool
 * @property {Record<string, any>} symbols  kernel/symbols.json
 * @property {URL} base  the address that those of the data are relative to
 * @property {Record<string, any>} data  what the page was mounted with
 * @property {string} html  the page's HTML before anything was filled in
 *
 * @typedef {import("./panel.js").Panel} Panel
 */

export const NAMES = ["draw", "near", "map", "walk", "take"];

// What is shown: a tool's name, "training" or "probe".
/** @param {State} state */
function shownOf({ tool, moment }) {
  if (moment !== null) return "training";
  return tool === "none" ? "probe" : tool;
}

export class Tools {
  /** @param {HTMLElement} root the page's @param {PageApi} page */
  constructor(root, page) {
    this.root = root;
    this.page = page;
    this.turn = 0;
    this.opened = new Map(); // by name: {tool, box}
    /** @type {HTMLElement} */
    this.room = root.querySelector(".tool");
    const bar = root.querySelector(".tools");
    this.probe = bar.querySelector(".open-probe");
    this.replay = bar.querySelector(".open-replay");
    this.probe.addEventListener("click", () => page.set({ tool: "none", moment: null }));
    this.buttons = new Map(
      NAMES.map((name) => {
        const button = Object.assign(document.createElement("button"), {
          type: "button",
          textContent: page.words[name].name,
          title: page.words[name].title,
        });
        button.addEventListener("click", () => page.set({ tool: name, moment: null }));
        bar.append(button);
        return [name, button];
      }),
    );
  }

  // Opens and closes tools as the state says. again: the models changed.
  async sync(state, again = false) {
    this.probe.setAttribute("aria-pressed", String(state.tool === "none" && state.moment === null));
    this.replay.setAttribute("aria-pressed", String(state.moment !== null));
    for (const [name, button] of this.buttons) button.setAttribute("aria-pressed", String(state.tool === name));
    this.root.dataset.tab = shownOf(state); // the help opens there
    if (this.wanted === state.tool && !again) return;
    this.wanted = state.tool;
    const turn = (this.turn += 1),
      isOver = () => turn !== this.turn || this.destroyed; // another tool, or other models, were chosen meanwhile
    if (this.current && this.current.name !== state.tool) this.close();
    this.room.hidden = state.tool === "none";
    this.root.classList.toggle("with-tool", state.tool !== "none");
    if (state.moment === null) this.root.classList.toggle("compact", state.tool !== "none");
    if (state.tool === "none" || !this.page.panels.every((panel) => panel.model)) return;
    this.opening = true;
    if (this.room.dataset.ready !== state.tool) this.room.inert = true;
    try {
      const opened = await this.fetch(state.tool);
      if (isOver()) return;
      for (const { box } of this.opened.values()) box.hidden = box !== opened.box;
      this.current = opened;
      await opened.tool.open?.();
      if (isOver()) return;
      this.opening = false;
      this.page.draw();
    } catch (error) {
      this.page.fail(error, `${this.page.words[state.tool].name} could not be opened`);
    }
  }

  async fetch(name) {
    if (!this.opened.has(name)) {
      const { Tool } = await import(`./${name}/tool.js`);
      if (!this.opened.has(name)) {
        const box = this.room.appendChild(document.createElement("div"));
        box.className = name;
        box.hidden = true; // another one may have been chosen meanwhile
        const { words } = this.page;
        this.opened.set(name, {
          name,
          box,
          tool: new Tool(box, { ...this.page, words: words[name], allWords: words }),
        });
      }
    }
    return this.opened.get(name);
  }

  close() {
    this.current.tool.close?.();
    for (const panel of this.page.panels) panel.map?.shapes.tool.replaceChildren();
    this.current = null;
    delete this.room.dataset.ready;
  }

  // A tool shows frames, and can be used, while it is open and both panels have the models that the state names.
  show(frame) {
    if (!this.current) return;
    const state = this.page.state(),
      isThere = this.page.panels.every((panel) => panel.model?.entry.name === state[panel.side]);
    if (!isThere) this.opening = this.room.inert = true; // it is opened anew when they arrive
    if (this.opening) return;
    this.current.tool.show?.(frame);
    this.room.dataset.ready = this.current.name;
    this.room.inert = false;
  }

  click(panel, point, row) {
    return this.current?.tool.click?.(panel, point, row) ?? false;
  }

  destroy() {
    this.destroyed = true;
    for (const { tool } of this.opened.values()) tool.destroy?.();
  }
}
