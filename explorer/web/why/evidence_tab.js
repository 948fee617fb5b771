// The model p(x) = ∫ p(x|z) p(z) dz, one image's log p(x), and the ELBO of a Gaussian q that can be moved.

import { bound } from "./elbo.js";
import { ImageField } from "../parts/models/image_field.js";
import { ImageWork } from "./image_work.js";
import { format } from "../kernel/format.js";
import { fill } from "../kernel/text.js";
import { write, writeCells } from "../parts/dom.js";
import { drawLogits } from "../parts/pixels.js";
import { growing, Plane } from "../parts/plane.js";
import { Slider } from "../parts/slider.js";
import { set, svgElement } from "../parts/svg.js";

const NATS = 120; // below the largest log p(x|z), where its colour ends
const CLOSE = 6, // standard deviations of p(z|x) on the close map
  FULL = 1; // the share of the largest density that has the full colour
const SIGNS = ["₁", "₂"];

export class EvidenceTab {
  /** @param {import("./page.js").Lesson} lesson @param {any} root */
  constructor(lesson, root) {
    this.lesson = lesson;
    this.root = root;
    const { words } = lesson;
    this.list = lesson.modelList(this.find("select.vae"), "vae");
    this.image = new ImageField(lesson, this.find(".image"), () => ({ mean: null, log_var: null }));
    this.work = new ImageWork(lesson, root, true);
    this.planes = {};
    for (const [name, reach] of [
      ["whole", 4.8],
      ["close", 1],
    ]) {
      const plane = new Plane(this.find(`.${name} .host`), { name: words[`map_${name}`], reach });
      plane.addHandle("mean", {
        symbol: "mean",
        at: [0, 0],
        name: words[`handle_${name}`],
        onMove: (mean) => this.move({ mean }),
        onCommit: () => lesson.finish(),
      });
      const rings = [1, 2].map(() => svgElement("ellipse", { class: "q-ring" }));
      plane.beneath.after(...rings);
      plane.after = ({ x, y, unit }) => {
        if (!this.q) return;
        const { mean, log_var: logVar } = this.q,
          [rx, ry] = logVar.map((value) => Math.exp(0.5 * value) * unit);
        rings.forEach((ring, i) => set(ring, { cx: x(mean[0]), cy: y(mean[1]), rx: (i + 1) * rx, ry: (i + 1) * ry }));
      };
      this.planes[name] = plane;
    }
    this.sliders = [0, 1].flatMap((d) => [this.slider("mean", d), this.slider("log_var", d)]);
    this.find(".encoders").addEventListener("click", () => lesson.set({ mean: null, log_var: null }));
    this.find(".priors").addEventListener("click", () => lesson.set({ mean: [0, 0], log_var: [0, 0] }));
    this.find(".moments").addEventListener("click", () => {
      const { mean, std } = this.work.found;
      lesson.set({ mean, log_var: std.map((value) => Math.max(-10, 2 * Math.log(value))) });
    });
  }

  find(selector) {
    return this.root.querySelector(selector);
  }

  slider(symbol, d) {
    const isMean = symbol === "mean";
    const slider = new Slider(this.find(".sliders"), {
      symbol,
      range: isMean ? [-4, 4] : [-9, 1],
      limit: isMean ? 8 : 10,
      onMove: (value) => {
        if (!this.q) return; // the model is not there yet
        const values = [...this.q[symbol]];
        values[d] = isMean ? value : Math.min(1, value);
        this.move({ [symbol]: values });
      },
      onCommit: () => this.lesson.finish(),
    });
    slider.name(`${isMean ? "μ" : "log σ²"}${SIGNS[d]}`);
    return { symbol, d, slider };
  }

  // A part of q, while it moves. The address then has all of q.
  move(part) {
    if (this.q) this.lesson.change({ ...this.q, ...part });
  }

  refresh() {
    const { lesson } = this,
      entry = lesson.entry("vae");
    this.list.show(entry?.name);
    this.image.show(entry);
    this.root.classList.toggle("none", !entry);
    this.find(".absent").hidden = Boolean(entry);
    write(this.find(".why-not"), (entry && lesson.shelf.showMissing(entry)) ?? "");
    if (entry) this.work.begin(entry, lesson.state.image).catch((error) => lesson.fail(error));
  }

  // q, of the state or the encoder's.
  get q() {
    const { codes } = this.work.model ?? {},
      { mean, log_var: logVar, image } = this.lesson.state;
    if (!codes) return null;
    const own = (columns) => columns.map((column) => column[image]);
    return { mean: mean ?? own(codes.mean), log_var: logVar ?? own(codes.logVar) };
  }

  draw() {
    const { work, q, planes } = this,
      { colours } = this.lesson;
    if (!work.model || !q) return;
    const { grid, values, found } = work;
    for (const plane of Object.values(planes)) plane.moveHandle("mean", q.mean);
    if (found && this.looked !== found) {
      this.looked = found;
      planes.close.look(found.mean, CLOSE * Math.max(...found.std));
      planes.whole.look([0, 0], grid.reach);
    }
    planes.whole.show({
      heat: values && {
        values: work.shades(NATS),
        colour: growing(colours.likelihood, NATS),
        side: grid.side,
        reach: grid.reach,
      },
      shape: null,
    });
    planes.close.show({ cells: found && { all: found.cells, colour: growing(colours.posterior, FULL) } });
    for (const { symbol, d, slider } of this.sliders) slider.show(q[symbol][d], this.committed(symbol, d));
    drawLogits(this.find(".at-mean"), work.model.active.decode(q.mean), work.model.entry.image_side);
    this.showNumbers(q);
  }

  committed(symbol, d) {
    return (this.lesson.probe.committed[symbol] ?? this.q[symbol])[d];
  }

  showNumbers(q) {
    const { work } = this,
      table = this.find(".numbers"),
      isKnown = Boolean(work.found);
    this.find(".moments").disabled = !isKnown;
    write(this.find(".progress"), work.progress);
    this.find(".bars").hidden = !isKnown;
    if (!isKnown) {
      writeCells(table, { log: "…", elbo: "…", gap: "…", likelihood: "…", kl: "…", sum: "…" });
      delete table.dataset.of;
      return;
    }
    const { likelihood, kl, elbo, gap } = bound(work.evidence, work.found.log, q.mean, q.log_var),
      { log } = work.found;
    writeCells(table, {
      log: format(log, 2),
      likelihood: format(likelihood, 2),
      kl: format(kl, 2),
      elbo: format(elbo, 2),
      gap: format(gap, 2),
      sum: format(elbo + gap, 2),
    });
    const { vae, image } = this.lesson.state;
    Object.assign(table.dataset, { log, likelihood, kl, elbo, gap, of: `${vae}:${image}` });
    this.showBars({ "-log": -log, gap, loss: -likelihood, kl });
    this.said = fill(this.lesson.words.said_gap, { elbo: format(elbo, 1), gap: format(gap, 1) });
  }

  // Two bars of one length: −log p(x) and the gap; reconstruction and KL.
  showBars(parts) {
    const total = parts["-log"] + parts.gap;
    let full = 1.35 * parts["-log"];
    while (full < total) full *= 1.5;
    for (const [name, value] of Object.entries(parts)) {
      const bar = this.find(`.bars [data-part="${name}"]`);
      bar.style.width = `${(100 * Math.max(0, value)) / full}%`;
      write(bar.querySelector("b"), format(value, 1));
    }
  }

  spoken() {
    return this.said ?? "";
  }

  stop() {
    this.work.stop();
  }

  destroy() {
    this.stop();
    for (const plane of Object.values(this.planes)) plane.destroy();
  }
}
