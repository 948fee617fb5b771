// The help of a page: a drawer at the right with short chapters, opened by the button at the title. It opens at the
// chapter of the tab or tool that is shown (the root's data-tab), and follows it.

import { focusedBeside } from "./dom.js";

/** @typedef {{tab: string, title: string, html: string}} Chapter */
/** @typedef {{label: string, title: string, close: string, chapters: Chapter[]}} HelpWords */

export class Help {
  /** @param {HTMLElement} root the page's @param {HelpWords} words */
  constructor(root, words) {
    this.root = root;
    this.button = Object.assign(document.createElement("button"), {
      type: "button",
      className: "help-button",
      textContent: "?",
      title: words.title,
    });
    this.button.setAttribute("aria-label", words.label);
    this.button.setAttribute("aria-expanded", "false");
    root.querySelector(".heading h1").after(this.button);
    this.box = document.createElement("aside");
    this.box.className = "help";
    this.box.hidden = true;
    this.box.tabIndex = -1;
    this.box.setAttribute("aria-label", words.label);
    this.box.innerHTML =
      `<header><h2>${words.title}</h2><button type="button" class="close" aria-label="${words.close}">×</button>` +
      `</header><div class="chapters"></div>`;
    const chapters = words.chapters.map(({ tab, title, html }) => {
      const chapter = document.createElement("details");
      chapter.name = "help"; // one is open at a time
      chapter.dataset.chapter = tab;
      chapter.innerHTML = `<summary>${title}</summary>${html}`;
      return chapter;
    });
    this.chapters = chapters;
    this.box.querySelector(".chapters").append(...chapters);
    root.append(this.box);
    this.button.addEventListener("click", () => (this.box.hidden ? this.open() : this.close()));
    this.box.querySelector(".close").addEventListener("click", () => this.close());
    this.onKey = (/** @type {KeyboardEvent} */ event) => event.key === "Escape" && !this.box.hidden && this.close();
    document.addEventListener("keydown", this.onKey);
    this.follower = new MutationObserver(() => this.box.hidden || this.follow());
    this.follower.observe(root, { attributeFilter: ["data-tab"] });
  }

  open() {
    this.show(true);
    this.follow();
    this.box.focus();
  }

  // The focus goes back to where the drawer was opened, if it was inside.
  close() {
    const inside = this.box.contains(focusedBeside(this.box));
    this.show(false);
    if (inside) this.button.focus();
  }

  /** @param {boolean} isOpen */
  show(isOpen) {
    this.box.hidden = !isOpen;
    this.button.setAttribute("aria-expanded", String(isOpen));
    this.root.classList.toggle("with-help", isOpen);
  }

  // Opens the chapter of what is shown.
  follow() {
    const { tab = "" } = this.root.dataset;
    const own = this.chapters.find((chapter) => chapter.dataset.chapter === tab) ?? this.chapters[0];
    own.open = true;
  }

  destroy() {
    document.removeEventListener("keydown", this.onKey);
    this.follower.disconnect();
  }
}
