// What stands around each page of the site: its place in the address, the links to the other pages, the theme,
// presentation mode, the tour, and the worker that keeps the site for use without a network.

import { inTabStorage } from "../parts/tab_storage.js";
import { Strip } from "./strip.js";
import { write } from "../parts/dom.js";
import { fill } from "../kernel/text.js";

const ON = "on"; // presentation mode

// Parameters that stay in the address from page to page: presentation mode, and the step of the tour.
const CARRIED = ["present", "tour"];

export class Frame {
  // page: its name; words: those of texts/en/site.py; root: the address of the site's folder; assets: that of the
  // folder of its assets; on: {state(params): the address was changed, look(): theme or presentation mode changed}.
  /**
   * @param {{page: string, words: Record<string, any>, root: string, assets: string}} given
   * @param {{state: (params: Record<string, string>) => void, look: () => void}} on
   */
  constructor({ page, words, root, assets }, on) {
    this.page = page;
    this.words = words;
    this.root = new URL(root, document.baseURI);
    this.on = on;
    this.strip = new Strip(this, assets);
    this.takeQuestion();
    this.buildLinks();
    this.buildTheme();
    this.buildPresent();
    this.strip.show();
    window.addEventListener("popstate", () => {
      this.takeQuestion();
      this.showPresent();
      this.strip.show();
      on.state(this.params());
    });
  }

  // Once the page is drawn: registers the site's worker, and gives it what this visit fetched before the worker was
  // there. Earlier, its own fetches would hold up the page's.
  async keepForLater() {
    if (!navigator.serviceWorker) return; // as on a page without https
    try {
      await navigator.serviceWorker.register(new URL("worker.js", this.root));
      const { active } = await navigator.serviceWorker.ready;
      active.postMessage(performance.getEntriesByType("resource").map(({ name }) => name));
    } catch (error) {
      console.warn(error); // the site works without it
    }
  }

  // A link of the app's, with ?, means the same as with #.
  takeQuestion() {
    if (window.location.search)
      window.history.replaceState(null, "", `${window.location.pathname}#${this.text(window.location.search)}`);
    this.keep();
  }

  // Parameters as an address holds them: commas and the like as they are.
  text(params) {
    return String(new URLSearchParams(params)).replaceAll("%2C", ",").replaceAll("%3A", ":").replaceAll("%3B", ";");
  }

  // The address's parameters of the page.
  params() {
    return split(window.location.hash.slice(1)).own;
  }

  // Those that stay from page to page.
  get carried() {
    return split(window.location.hash.slice(1)).carried;
  }

  get isPresenting() {
    return this.carried.present === ON;
  }

  // A finished change: a new entry in the browser's history, unless the address says it already.
  /** @param {Record<string, string>} params @param {Record<string, string>} carried */
  write(params, carried = this.carried) {
    const hash = `#${this.text({ ...params, ...carried })}`;
    if (hash !== (window.location.hash || "#")) window.history.pushState(null, "", hash);
    this.keep();
  }

  // Changes parameters that stay from page to page; null: takes one away.
  /** @param {Record<string, string | null>} part */
  carry(part) {
    const next = Object.entries({ ...this.carried, ...part }).filter(([, value]) => value !== null);
    this.write(this.params(), Object.fromEntries(next));
  }

  // The tab remembers each page's view, for the links at the top.
  keep() {
    inTabStorage((storage) => storage.setItem(`view of ${this.page}`, this.text(this.params())));
  }

  // Shows why parameters of the address are ignored.
  /** @param {string[]} problems */
  say(problems) {
    const boxes = problems.map((problem) => {
      const box = document.createElement("p");
      write(box, fill(this.words.problem, { problem }));
      return box;
    });
    document.querySelector(".notices").replaceChildren(...boxes);
  }

  // ---- the parts

  // Links to pages of the site, also those inside a page, take along what stays from page to page. Those at the top
  // lead to the view that the tab remembers.
  buildLinks() {
    /** @param {Event} event */
    const lead = (event) => {
      const link = event.composedPath().find((element) => element instanceof HTMLAnchorElement && element.href);
      if (link) this.lead(/** @type {HTMLAnchorElement} */ (link));
    };
    const strip = document.querySelector(".pages"), // a phone shows a part of it: that with the current page
      here = /** @type {HTMLElement} */ (strip.querySelector("[aria-current]"));
    strip.scrollLeft = here.offsetLeft - strip.clientWidth / 2;
    for (const name of ["pointerdown", "focusin", "click"]) window.addEventListener(name, lead, { capture: true });
  }

  /** @param {HTMLAnchorElement} link */
  lead(link) {
    const { page } = link.dataset,
      address = this.addressOf(link.href);
    if (!address) return;
    const isOther = page && page !== this.page,
      kept = isOther ? (inTabStorage((storage) => storage.getItem(`view of ${page}`)) ?? "") : null;
    const { own, carried } = split(kept ?? (address.search || address.hash).slice(1)),
      text = this.text({ ...own, ...this.carried, ...(page ? {} : carried) });
    address.search = "";
    address.hash = text && `#${text}`;
    if (address.href !== link.href) link.href = address.href;
  }

  // The address of a page of the site, with the slash of its folder; null: it is another address.
  /** @param {string} href */
  addressOf(href) {
    const address = new URL(href, this.root);
    if (!address.href.startsWith(this.root.href)) return null;
    const name = address.pathname.slice(this.root.pathname.length).replace(/\/$/, "");
    if (name && !document.querySelector(`.pages a[data-page="${CSS.escape(name)}"]`)) return null;
    if (name) address.pathname = `${this.root.pathname}${name}/`;
    return address;
  }

  // Opens a view of a page of the site.
  /** @param {string} page @param {Record<string, string>} params */
  open(page, params) {
    if (page === this.page) {
      this.write(params);
      this.on.state(this.params());
      return;
    }
    const link = /** @type {HTMLAnchorElement} */ (document.querySelector(`.pages a[data-page="${page}"]`)),
      address = this.addressOf(link.href.replace(/[?#].*/, ""));
    address.hash = this.text({ ...params, ...this.carried });
    window.location.assign(address.href);
  }

  buildTheme() {
    const select = /** @type {HTMLSelectElement} */ (document.querySelector(".theme select"));
    select.value = localOf("theme") ?? "system";
    select.addEventListener("change", () => {
      try {
        if (select.value === "system") localStorage.removeItem("theme");
        else localStorage.setItem("theme", select.value);
      } catch {
        document.documentElement.dataset.theme = select.value; // for this page alone
      }
      window.dispatchEvent(new Event("theme-chosen"));
    });
    window.addEventListener("theme", () => this.on.look());
  }

  buildPresent() {
    this.button = /** @type {HTMLButtonElement} */ (document.querySelector(".present"));
    const turn = (isOn) => {
      this.carry({ present: isOn ? ON : null });
      this.showPresent();
    };
    this.button.addEventListener("click", () => turn(!this.isPresenting));
    window.addEventListener("keydown", (event) => event.key === "Escape" && this.isPresenting && turn(false));
    this.showPresent(false);
  }

  showPresent(isNews = true) {
    const { words, isPresenting } = this;
    document.documentElement.classList.toggle("presenting", isPresenting);
    document.querySelector(".bar").classList.toggle("st-key-present_bar", isPresenting); // for web/steps.js
    write(this.button, isPresenting ? words.leave : words.present);
    this.button.title = isPresenting ? "" : words.present_help;
    if (isNews) this.on.look();
  }
}

// The parameters of an address's text: the page's own, and those that stay from page to page.
/** @param {string} text @returns {{own: Record<string, string>, carried: Record<string, string>}} */
function split(text) {
  const all = [...new URLSearchParams(text)];
  const those = (isCarried) => Object.fromEntries(all.filter(([name]) => CARRIED.includes(name) === isCarried));
  return { own: those(false), carried: those(true) };
}

function localOf(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}
