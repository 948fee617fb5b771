// The explorer's tools: one at a time has the room of the sliders. A tool's script is fetched when it is first opened.
//
// NAME/tool.js exports class Tool. It is built once, with a section to fill and the page; all its methods may be left out:
//   open()                     it is seen again, or the page's models changed
//   close()                    another one is: it takes down what it put on the maps
//   show(frame)                a frame is drawn: probe.js's frame; page.state() is its state, and the panels have its models
//   click(panel, point, row)   a map was clicked there (row: of the code that was hit, or null). true: the page does nothing of its own
//   destroy()                  the page is left
//
// page: {state(), change(part), set(part), commit(): as the explorer's own; panels, models, originals, catalogue (all entries), words (of this tool), allWords, symbols, base,
//   pick(panel, row, more) as a click on a code, colours(), frame(), draw(), announce(text), fail(error, what)}. What a tool draws over a map goes into panel.map.shapes.tool, a group
//   of an SVG in the pixels that panel.map.scale() gives; its classes are in NAME/tool.css.

export const NAMES = ["draw", "near", "map", "walk", "take"];

export class Tools {
  // root: the page's; page: as above, without words.
  constructor(root, page) {
    this.root = root;
    this.page = page;
    this.turn = 0;
    this.opened = new Map(); // by name: {tool, box}
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
    this.probe.setAttribute("aria-pressed", state.tool === "none" && state.moment === null);
    this.replay.setAttribute("aria-pressed", state.moment !== null);
    for (const [name, button] of this.buttons) button.setAttribute("aria-pressed", state.tool === name);
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
