// A row of small pictures of images, each a button: as the decoder gives it and, where at hand, as it is in the
// dataset.

import { hasOriginal } from "../../parts/originals.js";
import { write } from "../../parts/dom.js";

export class Thumbs {
  // host: the element to fill; near: the tool's, {pictures, palette, point(hot), choose(panel, row)}.
  constructor(host, near) {
    this.host = host;
    this.near = near;
    this.buttons = [];
    this.items = [];
    host.classList.add("thumbs");
    host.setAttribute("role", "list");
    const itemOf = (event) => this.items[this.buttons.indexOf(event.target.closest?.("button"))];
    const point = (event) => {
      const item = itemOf(event);
      near.point(item ? { dataset: item.panel.model.entry.dataset, row: item.row } : null);
    };
    host.addEventListener("pointerover", point);
    host.addEventListener("focusin", point);
    host.addEventListener("pointerleave", () => near.point(null));
    host.addEventListener("focusout", () => near.point(null));
    host.addEventListener("click", (event) => {
      const item = itemOf(event);
      if (item) near.choose(item.panel, item.row);
    });
  }

  // items: [{panel, row, caption, title, shared}]. What is there already stays, with its focus.
  show(items) {
    this.items = items;
    while (this.buttons.length < items.length) this.add();
    this.buttons.forEach((button, i) => {
      button.parentElement.hidden = i >= items.length;
      if (i >= items.length) return;
      const {
        panel: { model },
        row,
        caption,
        title,
        shared,
      } = items[i];
      const [decoded, original] = button.querySelectorAll("canvas");
      this.near.pictures.drawDecoded(decoded, model, row);
      original.hidden = !hasOriginal(model.entry, row);
      if (!original.hidden) this.near.pictures.drawOriginal(original, model.entry, row);
      button.querySelector("i").style.background = this.near.palette[model.codes.label[row]];
      write(button.querySelector("span"), caption);
      button.title = title;
      button.setAttribute("aria-label", title);
      button.classList.toggle("shared", Boolean(shared));
      button.dataset.row = row;
    });
  }

  // Marks the picture of the image that is pointed at.
  mark(hot) {
    this.items.forEach(({ panel, row }, i) =>
      this.buttons[i].classList.toggle(
        "hot",
        hot !== null && hot.row === row && hot.dataset === panel.model.entry.dataset,
      ),
    );
  }

  add() {
    const item = this.host.appendChild(document.createElement("div"));
    item.setAttribute("role", "listitem");
    item.innerHTML =
      '<button type="button"><canvas width="28" height="28"></canvas><canvas width="28" height="28"></canvas>' +
      "<small><i></i><span></span></small></button>";
    this.buttons.push(item.firstChild);
  }
}
