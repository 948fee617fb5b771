// The tab strip of a lesson. The chosen tab takes the focus; the left and right arrow keys, Home and End choose
// another.

export class Tabs {
  // root: holds buttons of role "tab" and, with the same data-tab, a panel of role "tabpanel" for each; perhaps also
  // its lead, the sentence below the heading. choose(name): a person chose a tab; the page then calls show(name).
  /** @param {HTMLElement} root @param {(name: string) => void} choose */
  constructor(root, choose) {
    this.root = root;
    this.choose = choose;
    /** @param {string} role */
    const all = (role) => [.../** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll(`[role=${role}]`))];
    this.buttons = all("tab");
    this.panels = all("tabpanel");
    /** @type {NodeListOf<HTMLElement>} */
    this.leads = root.querySelectorAll(".lead[data-tab]");
    for (const button of this.buttons) {
      const { tab } = button.dataset,
        panel = this.panel(tab);
      button.id = `tab-${tab}`;
      panel.id = `panel-${tab}`;
      button.setAttribute("aria-controls", panel.id);
      panel.setAttribute("aria-labelledby", button.id);
      button.addEventListener("click", () => choose(tab));
      button.addEventListener("keydown", (event) => this.move(event));
    }
  }

  /** @param {string} name */
  panel(name) {
    return this.panels.find((panel) => panel.dataset.tab === name);
  }

  // The key's tab takes the focus and is chosen.
  /** @param {KeyboardEvent} event */
  move(event) {
    const { length } = this.buttons,
      at = this.buttons.indexOf(/** @type {HTMLElement} */ (event.currentTarget));
    const next = { ArrowLeft: at - 1 + length, ArrowRight: at + 1, Home: 0, End: length - 1 }[event.key];
    if (next === undefined || event.altKey || event.ctrlKey || event.metaKey) return; // Alt and an arrow: the browser's
    event.preventDefault();
    const button = this.buttons[next % length];
    button.focus();
    this.choose(button.dataset.tab);
  }

  // Shows one tab's panel and lead. Only its button is in the order of the Tab key.
  /** @param {string} name */
  show(name) {
    for (const button of this.buttons) {
      const chosen = button.dataset.tab === name;
      button.setAttribute("aria-selected", String(chosen));
      button.tabIndex = chosen ? 0 : -1;
    }
    for (const part of [...this.panels, ...this.leads]) part.hidden = part.dataset.tab !== name;
    this.root.dataset.tab = name;
  }
}
