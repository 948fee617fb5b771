// The pages of the site that Python has written whole: the scoreboard, whose tables can be sorted and whose plots are
// drawn when they come into sight; and pages of text.

import { Frame } from "./frame.js";
import { livePart, moduleOf } from "./shadow.js";
import { readTheme } from "../parts/theme.js";
import { Address } from "../kernel/address.js";

const given = JSON.parse(document.getElementById("given").textContent);
const CONFIG = { modeBarButtons: [["toImage"]], displaylogo: false, responsive: true };

const frame = new Frame(given, { state: (params) => board?.read(params), look: () => look() });
/** @type {Board | null} */
let board = null;
let root = null, // the live part: the heading, with its help
  heading = null; // what its module returns

function look() {
  root?.classList.toggle("presenting", frame.isPresenting);
  heading?.update({ ...given.data, state: {} });
  board?.look();
}

async function openHeading() {
  root = await livePart();
  heading = (await moduleOf(given.page, given.data.assets)).mount(root, { ...given.data, state: {} }, () => {});
}

class Board {
  constructor() {
    this.root = /** @type {HTMLElement} */ (document.querySelector(".tables"));
    this.address = new Address("scoreboard", given.known);
    this.watch = new IntersectionObserver((seen) => {
      for (const { isIntersecting, target } of seen) if (isIntersecting) this.draw(/** @type {HTMLElement} */ (target));
    });
    for (const button of this.all("button[data-dataset]"))
      button.addEventListener("click", () => this.set({ dataset: button.dataset.dataset, model: null }));
    for (const select of /** @type {HTMLSelectElement[]} */ (this.all("select.models")))
      select.addEventListener("change", () => this.set({ model: select.value }));
    for (const table of /** @type {HTMLTableElement[]} */ (this.all("table.figures"))) sortable(table);
    for (const plot of this.all(".plot")) this.watch.observe(plot);
    this.read(frame.params());
  }

  /** @param {string} selector @returns {HTMLElement[]} */
  all(selector) {
    return [...this.root.querySelectorAll(selector)].map((element) => /** @type {HTMLElement} */ (element));
  }

  // An address that names a model alone opens its dataset.
  read(params) {
    const named = Object.keys(given.known).find((dataset) => given.known[dataset].includes(params.model));
    const dataset = given.known[params.dataset] ? params.dataset : (named ?? given.plain.dataset);
    const start = { ...given.plain, dataset, model: given.known[dataset][0] };
    const { state, problems } = this.address.read(params, start);
    frame.say(problems);
    this.state = state;
    this.show();
  }

  set(part) {
    this.state = { ...this.state, ...part };
    this.state.model ??= given.known[this.state.dataset][0];
    frame.write(this.address.write(this.state));
    this.show();
  }

  show() {
    const { dataset, model } = this.state;
    for (const button of this.all("button[data-dataset]"))
      button.setAttribute("aria-pressed", String(button.dataset.dataset === dataset));
    for (const section of this.all("section[data-dataset]")) section.hidden = section.dataset.dataset !== dataset;
    for (const section of this.all("section[data-model]")) section.hidden = section.dataset.model !== model;
    for (const select of /** @type {HTMLSelectElement[]} */ (this.all("select.models")))
      if ([...select.options].some(({ value }) => value === model)) select.value = model;
    document.documentElement.dataset.ready = "true";
  }

  // Theme or presentation mode changed.
  look() {
    for (const plot of this.all(".plot[data-drawn]")) this.draw(plot, true);
  }

  /** @param {HTMLElement} plot */
  async draw(plot, again = false) {
    if (plot.dataset.drawn && !again) return;
    plot.dataset.drawn = "begun";
    const { isPresenting } = frame;
    const [{ default: Plotly }, response] = await Promise.all([
      import("../parts/plotly.js"),
      fetch(new URL(isPresenting ? plot.dataset.presented : plot.dataset.plot, document.baseURI)),
    ]);
    const { data, layout } = JSON.parse(inTheme(await response.text()));
    await Plotly.react(plot, data, { ...layout, template: templateOf(plot), autosize: true }, CONFIG);
    plot.dataset.drawn = "true";
  }
}

// A figure's JSON with the models' colours in the theme: Python wrote the light ones.
function inTheme(text) {
  if (document.documentElement.dataset.theme !== "dark") return text;
  const models = Object.values(given.data.symbols.models);
  return models.reduce((found, { light, dark }) => found.replaceAll(light, dark), text);
}

// The theme as a template of Plotly's: the figures name no colour of text and axes.
function templateOf(plot) {
  const { text, grid, zero } = readTheme(plot, {});
  const axis = { gridcolor: grid, zerolinecolor: zero, linecolor: grid, automargin: true };
  const font = { color: text, family: getComputedStyle(plot).fontFamily };
  const clear = "rgba(0,0,0,0)";
  return { layout: { paper_bgcolor: clear, plot_bgcolor: clear, font, xaxis: axis, yaxis: axis } };
}

// Sorts a table's rows by the column whose heading is pressed; again: the other way round.
/** @param {HTMLTableElement} table */
function sortable(table) {
  const headings = [...table.tHead.rows[0].cells];
  headings.forEach((heading, column) => {
    if (!heading.textContent.trim()) return;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => {
      const isRising = heading.getAttribute("aria-sort") !== "ascending";
      for (const one of headings) one.removeAttribute("aria-sort");
      heading.setAttribute("aria-sort", isRising ? "ascending" : "descending");
      const rows = [...table.tBodies[0].rows];
      rows.sort((a, b) => (isRising ? 1 : -1) * compared(a.cells[column].textContent, b.cells[column].textContent));
      table.tBodies[0].append(...rows);
    });
  });
}

// What is no figure stands last in a rising order.
function compared(a, b) {
  const [one, other] = [a, b].map(figureIn);
  if (Number.isNaN(one) && Number.isNaN(other)) return a < b ? -1 : Number(a > b);
  if (Number.isNaN(one) || Number.isNaN(other)) return Number.isNaN(one) ? 1 : -1;
  return one - other;
}

const figureIn = (text) =>
  Number.parseFloat(
    text
      .replace(/^[≤≥] /, "")
      .replaceAll(",", "")
      .replace("−", "-"),
  );

if (document.querySelector(".tables")) {
  board = new Board();
  openHeading();
}
frame.keepForLater();
