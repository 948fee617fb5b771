// The tool Take away: pictures, codes, a link, and the view as one file that needs no server.

import { download, fileName, today } from "../../parts/download.js";
import { sample } from "../../kernel/models.js";
import { SINGLE_FILE } from "./single_file.js";
import { format, subscript, trimmed } from "../../kernel/format.js";
import { fill } from "../../kernel/text.js";
import { viewText } from "../note.js";
import { focusedBeside, write } from "../../parts/dom.js";
import { codesCsv } from "./codes.js";
import { mapSvg, picturesSvg, pngOf, resolved } from "./svg.js";

const LOOK = 400; // milliseconds between two looks at the address, which Python writes
const HERE = ["localhost", "127.0.0.1", "[::1]"];

export class Tool {
  // box: the section to fill; page: see tools.js.
  /** @param {HTMLElement} box @param {import("../tools.js").PageApi} page */
  constructor(box, page) {
    this.box = box;
    this.page = page;
    this.inFile = Boolean(page.data.in_file);
    const { words } = page;
    const sections = [
      ["maps", words.map_note],
      ["pictures", ""],
      ["codes", words.codes_note],
      ["link", ""],
      ["file", ""],
    ];
    box.innerHTML = sections
      .map(
        ([name, note]) =>
          `<section class="take-${name}" aria-label="${words[name]}"><h2>${words[name]}</h2><div class="row"></div>
            <p class="note">${note}</p></section>`,
      )
      .join("");
    this.said = box.appendChild(Object.assign(document.createElement("p"), { className: "said", hidden: true }));
    this.find = (selector) => box.querySelector(selector);
    this.rows = Object.fromEntries(sections.map(([name]) => [name, this.find(`.take-${name} .row`)]));
    this.buildLink();
    this.buildFile();
  }

  // The models changed, or it is seen again.
  open() {
    const { words, panels } = this.page,
      names = panels.map(({ name }) => name);
    const alike = panels[0].model.entry.dataset === panels[1].model.entry.dataset;
    this.rows.maps.replaceChildren(
      ...panels.flatMap((panel) => this.formats(fill(words.map, panel), (kind) => this.saveMap(panel, kind))),
    );
    const which = (this.which = named("select", words.which));
    which.append(
      ...[words.all_four, ...names.flatMap((name) => [fill(words.at_mean, { name }), fill(words.at_z, { name })])].map(
        (text, i) => new Option(text, String(i)),
      ),
    );
    this.rows.pictures.replaceChildren(
      which,
      ...this.formats(null, (kind) => this.savePictures(Number(which.value), kind), words.pictures),
    );
    this.rows.codes.replaceChildren(...panels.map((panel) => button(panel.name, () => this.saveCodes([panel]))));
    if (alike && panels[0].model !== panels[1].model)
      this.rows.codes.append(button(words.both, () => this.saveCodes(panels)));
    write(this.find(".take-codes .note"), alike ? words.codes_note : `${words.codes_note} ${words.codes_apart}`);
    const notes = [fill(words.file_note, { size: this.sizeGuess() })];
    if (this.withOriginals().length) notes.push(words.file_note_originals);
    if (!this.inFile) write(this.find(".take-file .note"), notes.join(" "));
    clearInterval(this.looking);
    this.looking = setInterval(() => this.showLink(), LOOK);
    this.showLink();
  }

  close() {
    clearInterval(this.looking);
  }

  destroy() {
    this.close();
    this.making?.abort();
  }

  // A name with its two buttons; label: of the buttons, where there is no name before them.
  formats(name, save, label = name) {
    const group = document.createElement("span");
    group.className = "formats";
    if (name) group.append(Object.assign(document.createElement("span"), { textContent: name }));
    for (const kind of ["PNG", "SVG"]) {
      const one = group.appendChild(button(kind, () => this.attempt(`${label}, ${kind}`, () => save(kind))));
      one.setAttribute("aria-label", `${label}: ${kind}`);
    }
    return [group];
  }

  // Whatever fails is one sentence.
  async attempt(what, work) {
    try {
      await work();
    } catch (error) {
      console.warn(error);
      this.say(fill(this.page.words.failed, { what, why: error.message }), true);
    }
  }

  say(text, failed = false) {
    write(this.said, text);
    this.said.classList.toggle("failure", failed);
    this.said.hidden = !text;
    if (text) this.said.scrollIntoView({ block: "nearest" });
    this.page.announce(text);
  }

  async save(picture, kind, parts, times) {
    const blob = kind === "PNG" ? await pngOf(picture, times) : new Blob([picture.svg], { type: "image/svg+xml" });
    download(fileName(parts, kind.toLowerCase()), blob);
  }

  // ---- pictures --------------------------------------------------------------------------------

  colours() {
    return Object.fromEntries(
      ["text", "background", "grid", "zero"].map((name) => [name, resolved(this.page.colours()[name])]),
    );
  }

  saveMap(panel, kind) {
    const { words } = this.page,
      state = this.page.state(),
      { entry, codes } = panel.model,
      plane = panel.isPlane(state);
    const view = panel.view(state),
      points = plane ? words[pointsOf(entry, state)] : viewText(view, words.views);
    const hidden = [...panel.map.hidden]
      .sort((a, b) => a - b)
      .map((which) => entry.classes[which])
      .filter(Boolean)
      .join(", ");
    const under = plane && words.underlays[state.underlay];
    const caption = [
      fill(words.caption_model, {
        model: entry.name,
        kind: entry.title,
        dataset: entry.dataset_label,
        seed: entry.seed,
        prior: entry.prior,
        points,
        colour: words.coloured_by[panel.map.tones && !panel.map.tones.values ? "none" : (state.colour ?? "class")],
        images: codes.label.length.toLocaleString("en"),
        hidden: hidden && fill(words.caption_hidden, { classes: hidden }),
      }),
      plane ? words[outlineOf(entry.shape)] : words.caption_views[view.kind.split("-")[0]],
      under ? fill(words.caption_underlay, { under }) : "",
      plane ? fill(words.caption_probe, this.probe(panel.dims(state))) : "",
    ];
    const axes = plane
      ? panel.dims(state).map((i) => `z${subscript(i)}`)
      : [1, 2].map((at) => `${words.view_axes[view.kind.split("-")[0]]} ${at}`);
    const text = {
      title: fill(words.map_title, { name: panel.name, dataset: entry.dataset_label, points }),
      caption: [caption.filter(Boolean).join(" "), this.stamp()],
      axes,
    };
    return this.save(mapSvg(panel.map, text, this.colours()), kind, [entry.name, "map"], 2);
  }

  // which: 0, all four; else one of them.
  savePictures(which, kind) {
    const { words, panels } = this.page,
      state = this.page.state();
    const all = panels.flatMap((panel) => [
      { title: fill(words.at_mean, panel), canvas: panel.atMean, parts: [panel.model.entry.name, "at-mean"] },
      { title: fill(words.at_z, panel), canvas: panel.atZ, parts: [panel.model.entry.name, "at-z"] },
    ]);
    const models = panels
      .map(({ model: { entry } }) => fill(words.model_seed, { model: entry.name, seed: entry.seed }))
      .join(", ");
    const caption = [
      fill(words.caption_pictures, { models, ...this.probe(state.mean.map((_, i) => i)) }),
      this.stamp(),
    ];
    const chosen = which ? [all[which - 1]] : [all[0], all[2], all[1], all[3]];
    const parts = which ? all[which - 1].parts : [...panels.map(({ model }) => model.entry.name), "decoded"];
    return this.save(picturesSvg(chosen, caption, this.colours()), kind, parts, 1);
  }

  // The probe in words, in those dimensions.
  probe(dimensions) {
    const frame = this.page.frame();
    const vector = (values) => `(${dimensions.map((i) => format(values[i], 2)).join(", ")})`;
    return { mean: vector(frame.mean), std: vector(frame.std), z: vector(frame.z), kl: format(frame.kl) };
  }

  stamp() {
    return fill(this.page.words.made_picture, { title: this.page.words.app, date: today() });
  }

  // ---- codes -----------------------------------------------------------------------------------

  saveCodes(panels) {
    const { words } = this.page,
      state = this.page.state();
    return this.attempt(words.codes, () => {
      const models = panels.map((panel) => {
        const { model } = panel,
          plane = panel.isPlane(state);
        if (plane && state.codes === "sampled" && model.codes.logVar) model.sampled ??= sample(model.codes);
        return {
          model,
          prefix: panels.length > 1 ? `${model.entry.name}:` : "",
          shown: { sampled: plane && state.codes === "sampled" ? model.sampled : null, view: panel.view(state) },
        };
      });
      const names = [...models.map(({ model }) => model.entry.name), "codes"];
      download(fileName(names, "csv"), new Blob([codesCsv(models)], { type: "text/csv;charset=utf-8" }));
    });
  }

  // ---- link ------------------------------------------------------------------------------------

  buildLink() {
    const { words } = this.page;
    this.address = Object.assign(named("input", words.address), { readOnly: true, type: "text" });
    this.address.addEventListener("focus", () => this.address.select());
    this.rows.link.append(
      this.address,
      button(words.copy, () => this.copy()),
    );
    this.note = this.find(".take-link .note");
    if (this.inFile) return write(this.note, words.in_file_link);
    write(this.note, `${words.reopens}${HERE.includes(window.location.hostname) ? ` ${words.local}` : ""} `);
    this.note.append(
      Object.assign(document.createElement("a"), {
        textContent: words.fresh,
        href: `${window.location.origin}${window.location.pathname}`,
        target: "_blank",
        rel: "noopener",
      }),
    );
  }

  // The address of the committed view, without this tool: whoever opens it has come for the view.
  link() {
    const address = new URL(window.location.href);
    if (address.searchParams.get("tool") === "take") address.searchParams.delete("tool");
    const inHash = new URLSearchParams(address.hash.slice(1)); // a static site's
    if (inHash.get("tool") === "take") {
      inHash.delete("tool");
      address.hash = String(inHash);
    }
    return address.href.replaceAll("%2C", ",").replaceAll("%3A", ":");
  }

  showLink() {
    const link = this.link();
    if (this.address.value !== link) this.address.value = link;
  }

  async copy() {
    const { words } = this.page;
    this.showLink();
    this.address.select();
    let copied;
    try {
      await navigator.clipboard.writeText(this.address.value); // not there over plain http
      copied = true;
    } catch {
      copied = document.execCommand("copy");
    }
    this.say(copied ? words.copied : words.copy_yourself);
  }

  // ---- one file --------------------------------------------------------------------------------

  buildFile() {
    const { words } = this.page,
      row = this.rows.file;
    if (this.inFile) return write(this.find(".take-file .note"), words.in_file);
    this.makeButton = row.appendChild(button(words.make, () => this.make()));
    this.progress = Object.assign(named("progress", words.make), { hidden: true });
    this.counted = Object.assign(document.createElement("span"), { hidden: true });
    this.cancelButton = Object.assign(
      button(words.cancel, () => this.making.abort()),
      { hidden: true },
    );
    row.append(this.progress, this.counted, this.cancelButton);
  }

  async make() {
    const { words, panels } = this.page,
      signal = (this.making = new AbortController()).signal;
    this.busy(true);
    this.say("");
    try {
      const { fileOf } = await import("./file.js");
      const page = { ...this.page, root: this.box.closest(".live") };
      const state = { ...this.page.state(), tool: "none" };
      delete state.revision;
      const cancelled = new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
      const blob = await Promise.race([
        cancelled,
        fileOf(page, this.fileText(), state, (done, all) => signal.aborted || this.count(done, all), signal),
      ]);
      signal.throwIfAborted();
      const name = fileName([...new Set(panels.map(({ model }) => model.entry.name)), today()], "html");
      download(name, blob);
      this.say(fill(words.saved, { file: name, size: trimmed(blob.size / 1e6) }));
    } catch (error) {
      if (signal.aborted) this.say(words.cancelled);
      else {
        console.warn(error);
        this.say(fill(words.failed, { what: words.file, why: error.message }), true);
      }
    } finally {
      this.busy(false);
    }
  }

  busy(busy) {
    const focused = focusedBeside(this.box);
    for (const element of [this.progress, this.counted, this.cancelButton]) element.hidden = !busy;
    this.makeButton.hidden = busy;
    if (focused === this.makeButton) this.cancelButton.focus();
    if (focused === this.cancelButton) this.makeButton.focus();
    if (busy) this.count(0, 1);
  }

  count(done, all) {
    Object.assign(this.progress, { value: done, max: all });
    write(this.counted, fill(this.page.words.making, { done, all }));
  }

  // Megabytes, by the sizes of the layers and codes: hardly compressed, and five characters for four bytes.
  sizeGuess() {
    const bytes = [...new Set(this.page.panels.map(({ model }) => model))].map(({ entry, decoder, codes }) => {
      // half precision; the encoder is as large
      const weights = 2 * 2 * decoder.body.layers.reduce((sum, { weight }) => sum + weight.length, 0);
      const numbers = codes.mean.length * (codes.logVar ? 2 : 1),
        each = codes.mean.length > 2 ? 2 : 4;
      return (
        weights +
        codes.label.length * numbers * each * (entry.stochastic ? 1 : 2) +
        (entry.recording ? 0.2e6 + 375 * Math.min(2000, codes.label.length) : 0)
      );
    });
    const originals = this.withOriginals().map(({ channels, image_side: side, images }) =>
      Math.min(SINGLE_FILE.room, images * channels * side ** 2),
    );
    return trimmed(Math.min(12, Math.round((2.3e6 + [...bytes, ...originals].reduce((a, b) => a + b) * 1.16) / 1e6)));
  }

  // A model of each dataset whose original pictures go into the file.
  withOriginals() {
    const entries = this.page.panels.map(({ model }) => model.entry).filter(({ originals }) => originals);
    return [...new Map(entries.map((entry) => [entry.dataset, entry])).values()];
  }

  // What is read in the file.
  fileText() {
    const { words, panels } = this.page;
    const [left, right] = panels.map(({ name, model: { entry } }) =>
      fill(words.file_model, {
        name,
        model: entry.name,
        kind: entry.title,
        dataset: entry.dataset_label,
        prior: entry.prior,
        seed: entry.seed,
      }),
    );
    const whole = (held) =>
      panels.every(({ model: { entry } }) =>
        held.some(({ dataset, rows }) => dataset === entry.dataset && rows.length === entry.images),
      );
    const titles = panels.map(({ name, model }) => `${name} · ${model.entry.dataset_label}`);
    return {
      title: fill(words.beside, { left: titles[0], right: titles[1] }),
      head: fill(words.file_made, {
        title: words.app,
        date: new Date().toLocaleDateString("en-GB", { dateStyle: "long" }),
        left,
        right,
      }),
      holds: words.file_holds,
      foot: ({ recordings, missing, errors, originals, limit }) => [
        fill(words.file_inside, { recordings: recordings ? words.file_recordings : words.file_no_recordings }),
        ...originals.map(({ dataset, rows }) => {
          const { entry } = panels.find(({ model }) => model.entry.dataset === dataset).model;
          const inside = fill(words.file_originals, { count: rows.length, dataset: entry.dataset_label });
          return `${inside} ${words.credits[dataset] ?? ""}`;
        }),
        fill(words.file_missing, {
          originals: whole(originals) ? "" : words.file_missing_originals,
          errors: errors ? "" : words.file_missing_errors,
          recordings: missing ? fill(words.file_missing_recordings, { limit }) : "",
        }),
      ],
      tooOld: words.file_too_old,
      noScripts: words.file_no_scripts,
      noRecording: words.file_no_recording,
      nothingRecorded: words.file_nothing_recorded,
      noOriginal: words.file_no_original,
      noOriginals: words.file_no_originals,
      noErrors: words.file_no_errors,
      noCompression: words.no_compression,
      noNetwork: words.no_network,
      notFetched: (what, status) => fill(words.not_fetched, { what, status }),
    };
  }
}

function named(tag, name) {
  const element = document.createElement(tag);
  element.setAttribute("aria-label", name);
  return element;
}

function button(text, onClick) {
  const element = Object.assign(document.createElement("button"), { type: "button", textContent: text });
  element.addEventListener("click", onClick);
  return element;
}

// What the points of a plane are, and what is drawn of the prior: words by these names.
function pointsOf({ stochastic }, { codes }) {
  if (!stochastic) return "points_codes";
  return codes === "means" ? "points_means" : "points_sampled";
}

function outlineOf(shape) {
  if (!shape) return "caption_rings";
  return shape.means.length > 20 ? "caption_band" : "caption_shape";
}
