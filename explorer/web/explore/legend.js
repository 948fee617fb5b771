// The classes: their colours and names, each a button that shows or hides it.

import { escaped } from "../kernel/text.js";

export class Legend {
  // host: the element to fill; palette: the classes' colours; onChange(): `hidden` changed.
  constructor(host, palette, onChange) {
    this.host = host;
    this.palette = palette;
    this.onChange = onChange;
    this.hidden = new Set(); // indices of classes
    this.isolated = null; // the class that is shown alone
  }

  // entries: the two panels' models, the second may be missing.
  build(a, b) {
    const all = [a.classes, b?.classes ?? []],
      count = Math.max(...all.map(({ length }) => length));
    const classes = Array.from({ length: count }, (_, i) => {
      const names = all.filter(({ length }) => i < length).map((one) => one[i]);
      return [...new Set(names)].join(" / ");
    });
    const text = classes.join("|");
    if (this.text === text) return;
    this.text = text;
    this.host.replaceChildren(
      ...classes.map((name, which) => {
        const button = document.createElement("button");
        button.type = "button";
        button.innerHTML = `<i style="background:${this.palette[which]}"></i>${escaped(name)}`;
        button.title = "Click: show or hide this class. Double click: this class alone, or all.";
        button.setAttribute("aria-pressed", String(!this.hidden.has(which)));
        button.addEventListener("click", (event) => this.toggle(which, event.detail > 1, classes.length));
        return button;
      }),
    );
    if (new Set(this.palette.slice(0, classes.length)).size < classes.length)
      this.host.append("(the colours come again)");
  }

  toggle(which, alone, count) {
    if (alone) {
      const others = Array.from({ length: count }, (_, i) => i).filter((i) => i !== which);
      const isAlone = this.isolated === which;
      this.isolated = isAlone ? null : which;
      this.hidden = new Set(isAlone ? [] : others);
    } else if (!this.hidden.delete(which)) this.hidden.add(which);
    this.host
      .querySelectorAll("button")
      .forEach((button, i) => button.setAttribute("aria-pressed", String(!this.hidden.has(i))));
    this.onChange();
  }
}
