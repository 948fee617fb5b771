// The tool Map: what lies under the codes, what they are coloured by (both drawn by surface.js, which stays), and many
// samples at once.

import { ManySamples } from "./samples.js";
import { hasValue } from "../../kernel/values.js";
import { ramp, VIRIDIS } from "../../kernel/ramps.js";
import { format, percent, trimmed } from "../../kernel/format.js";
import { write } from "../../parts/dom.js";
import { listen } from "../../parts/slider.js";
import { Layers } from "../layers.js";
import { COLOURS } from "../surface.js";
import { fill } from "../../kernel/text.js";

const BAR = 160; // colours that a bar shows
const MORE = ["quantiles", "grid", "stretch"]; // layers that have no button above the maps

export class Tool {
  // box: the section to fill; page: see tools.js.
  /** @param {HTMLElement} box @param {import("../tools.js").PageApi} page */
  constructor(box, page) {
    this.box = box;
    this.page = page;
    const { words } = page,
      options = (names, texts) => names.map((name) => `<option value="${name}">${texts[name]}</option>`).join("");
    box.innerHTML = `
      <section class="choice" aria-label="${words.choices}">
        <span>${words.more}</span><div class="more-layers" role="group" aria-label="${words.more}"></div>
        <span class="slide" aria-hidden="true">${words.underlay_opacity}</span><input type="range" min="0" max="1"
          step="0.05" aria-label="${words.underlay_opacity_name}">
        <label for="map-colour">${words.colour}</label><select
          id="map-colour">${options(COLOURS, words.colours)}</select>
        <span class="slide" aria-hidden="true">${words.codes_opacity}</span><input type="range" min="0" max="1"
          step="0.05" aria-label="${words.codes_opacity_name}">
      </section>
      <section class="key under-key" hidden>
        <div class="bar" role="img"><canvas width="${BAR}" height="1"></canvas><span class="marks"></span></div>
        <p class="says"></p><p class="work" role="status" aria-live="off"></p>
      </section>
      <section class="key colour-key" hidden>
        <div class="bar" role="img"><canvas width="${BAR}" height="1"></canvas><span class="marks"></span></div>
        <p class="says"></p>
      </section>
      <section class="samples" aria-label="${words.samples}">
        <header><b>${words.samples}</b><input type="range" class="draws" min="4" max="64" step="4"
          aria-label="${words.draws_name}"><output></output>
          <button type="button" title="${words.fresh_title}">${words.fresh}</button></header>
        <div class="both"></div>
        <p class="std-key"><span>0</span><canvas width="${BAR}" height="1"
          aria-hidden="true"></canvas><span>½</span><span>${words.std_scale}</span></p>
      </section>`;
    this.find = (selector) => box.querySelector(selector);
    this.colour = this.find("#map-colour");
    this.colour.addEventListener("change", () => page.set({ colour: this.colour.value }));
    const isPlane = () => page.panels.some((panel) => panel.model && panel.isPlane(page.state()));
    this.more = new Layers(this.find(".more-layers"), MORE, words.layers, page, () =>
      isPlane() ? "" : words.no_underlay,
    );
    /** @type {NodeListOf<HTMLInputElement>} */
    this.sliders = box.querySelectorAll(".choice input");
    for (const [at, slider] of this.sliders.entries()) {
      listen(
        slider,
        (value) => page.change({ opacity: page.state().opacity.map((before, i) => (i === at ? value : before)) }),
        () => page.commit(),
      );
    }
    const viridis = ramp(VIRIDIS);
    paintBar(this.find(".std-key canvas"), (t) => [...viridis(t), 255]);
    this.samples = new ManySamples(box.querySelector(".samples"), page);
  }

  async open() {
    this.offer();
    this.surface = await this.page.surface();
    if (!this.surface) return; // the page has said why
    this.surface.onChange = () => this.describe();
    this.surface.sync();
    this.samples.open();
  }

  close() {
    this.samples.close();
  }

  show(frame) {
    const state = this.page.state();
    if (this.colour.value !== state.colour) this.colour.value = state.colour;
    this.more.show();
    this.sliders.forEach((slider, i) => {
      if (Number(slider.value) !== state.opacity[i]) slider.value = String(state.opacity[i]);
      slider.setAttribute("aria-valuetext", percent(state.opacity[i]));
    });
    this.sliders[0].disabled = state.underlay === "none";
    this.samples.show(frame);
  }

  // Codes can be coloured by what at least one of the models has. Otherwise all would be grey.
  offer() {
    const entries = this.page.panels.map(({ model }) => model.entry);
    for (const option of this.find("#map-colour").options) {
      option.disabled = !entries.some((entry) => hasValue(option.value, entry));
      option.title = option.disabled ? this.page.words.not_known : "";
    }
  }

  // The scales, and what they mean.
  describe() {
    const {
        surface,
        page: { words },
      } = this,
      { underlay, colour } = this.page.state();
    const under = this.find(".under-key"),
      share = surface.progress();
    under.hidden = underlay === "none";
    showScale(under, surface.scaleOf(underlay), words.underlay_scale);
    if (!under.hidden) {
      const texts = { counts: this.counts(), bandwidth: format(surface.bandwidth() ?? 0, 2) };
      html(
        under.querySelector(".says"),
        fill(words.says[underlay], texts) + (surface.scaleOf(underlay) ? ` ${words.same_scale}` : ""),
      );
      write(under.querySelector(".work"), share === null ? "" : fill(words.working, { share: percent(share) }));
    }
    const colours = this.find(".colour-key"),
      scale = colour === "class" ? null : surface.colourScale();
    colours.hidden = colour === "class";
    showScale(colours, scale, words.colour_scale);
    if (colours.hidden) return;
    const parts = surface.waiting ? [words.waiting] : [words.colour_says[colour]];
    if (scale && colour !== "judgement" && !surface.waiting) parts.push(words.clipped);
    if (scale && !surface.waiting && surface.known() > 1) parts.push(words.same_scale);
    html(colours.querySelector(".says"), parts.join(" "));
  }

  // How many tiles follow each model's prior.
  counts() {
    const { words } = this.page;
    return this.surface
      .grids()
      .map(({ panel, layer }) => {
        const { entry } = panel.model,
          name = panel.name;
        const ofShape = entry.shape?.means.length > 20 ? "string" : "mixture";
        const text = fill(words.counts[entry.shape ? ofShape : "normal"], {
          name,
          n: layer.perSide,
          count: layer.count,
        });
        return entry.penalised ? text : `${text} ${fill(words.counts.nothing_holds, { name })}`;
      })
      .join(" ");
  }

  destroy() {
    this.samples.close();
  }
}

function showScale(key, scale, name) {
  const bar = key.querySelector(".bar");
  bar.hidden = !scale;
  if (!scale) return;
  paintBar(bar.querySelector("canvas"), scale.at);
  const last = scale.marks.length - 1;
  const texts = scale.marks.map(([, value], i) => {
    const number = trimmed(value);
    if (i === 0 && (scale.open === "start" || scale.open === "both")) return `≤ ${number}`;
    return i === last && (scale.open === "end" || scale.open === "both") ? `≥ ${number}` : number;
  });
  const text = texts.map((one) => `<span>${one}</span>`).join("");
  html(bar.querySelector(".marks"), text);
  bar.setAttribute("aria-label", `${name}: ${texts.join(", ")}`);
}

function paintBar(canvas, at) {
  const context = canvas.getContext("2d"),
    image = context.createImageData(BAR, 1);
  for (let i = 0; i < BAR; i++) image.data.set(at(i / (BAR - 1)), 4 * i);
  context.putImageData(image, 0, 0);
}

function html(element, text) {
  if (element.dataset.text === text) return;
  element.dataset.text = text;
  element.innerHTML = text;
}
