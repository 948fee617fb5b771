// The buttons for what both maps show: the dots of the codes, and one layer beneath them. A layer dims the dots, so
// that it can be seen. The address contains the dots' opacity, which the tool Layers can change.

const DIMMED = { pictures: 0.15, quantiles: 0.15, grid: 0.15, density: 0.2, ratio: 0.2, stretch: 0.2 };
const WITHOUT_ELLIPSES = ["density", "ratio"];

// Does the probe leave out its ellipses, because a layer is to be read where they are?
/** @param {import("../kernel/types.js").State} state */
export const isBare = ({ underlay, opacity: [, codes] }) => WITHOUT_ELLIPSES.includes(underlay) && codes < 1;

export class Layers {
  // group: the element to fill; names: of the layers, as the address has them, and "dots"; words: of its buttons;
  // page: a PageApi (tools.js); reason(name): why a layer is out of use, or "". keys: elements, one on each map, that
  // say what the colours of a layer mean.
  /** @param {HTMLElement} group @param {string[]} names @param {import("./tools.js").PageApi} page */
  constructor(group, names, words, page, reason, keys = []) {
    this.keys = keys;
    this.page = page;
    this.words = words;
    this.reason = reason;
    this.buttons = new Map(
      names.map((name) => {
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = words[name].name;
        button.addEventListener("click", () => this.toggle(name));
        group.append(button);
        return [name, button];
      }),
    );
  }

  isOn(name) {
    const { underlay, opacity, moment, field } = this.page.state();
    if (name === "dots") return opacity[1] > 0 || moment !== null;
    return moment === null ? underlay === name : name === "D" && field === "D";
  }

  toggle(name) {
    if (this.reason(name)) return;
    const { underlay, opacity, moment } = this.page.state(),
      isOn = this.isOn(name);
    if (moment !== null) return this.page.set({ field: isOn ? "none" : "D" }); // of the replayed moment
    if (name === "dots") return this.page.set({ opacity: [opacity[0], isOn ? 0 : (DIMMED[underlay] ?? 1)] });
    const next = isOn ? "none" : name,
      dots = opacity[1] === 0 ? 0 : (DIMMED[next] ?? 1);
    this.page.set({ underlay: next, opacity: [1, dots] });
  }

  show() {
    for (const [name, button] of this.buttons) {
      const reason = this.reason(name);
      button.setAttribute("aria-pressed", String(this.isOn(name) && !reason));
      button.setAttribute("aria-disabled", String(Boolean(reason)));
      button.title = reason || this.words[name].title;
    }
    const shown = [...this.buttons.keys()].find(
        (name) => this.words[name].key && this.isOn(name) && !this.reason(name),
      ),
      key = shown ? this.words[shown].key : null;
    for (const element of this.keys) {
      element.hidden = !key;
      if (!key || element.dataset.of === shown) continue;
      element.dataset.of = shown;
      element.innerHTML = ["codes", "prior"].map((side) => `<i class="${side}"></i>${key[side]}`).join(" ");
    }
  }
}

// Why a layer of the explorer is out of use, or "". words: the page's, of its layers.
export function reasonAgainst(name, explorer, words) {
  const panels = explorer.panels.filter((panel) => panel.model),
    { state } = explorer.probe;
  const judges = panels.filter(({ model: { entry } }) => entry.discriminator && entry.latent_dim === 2);
  if (state.moment !== null && name !== "D") return words.in_replay;
  if (name === "dots" || !panels.length) return "";
  if (name === "D" && !judges.length) return words.no_discriminator;
  if (state.moment !== null) return "";
  return panels.some((panel) => panel.isPlane(state)) ? "" : words.no_plane;
}
