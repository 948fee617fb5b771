// The choice of a panel's map, for a model of more than two dimensions, and the progress of a map that is being made.

import { isMade } from "./made_maps.js";
import { percent } from "../kernel/format.js";
import { write } from "../parts/dom.js";
import { fill } from "../kernel/text.js";
import { fieldOf } from "../kernel/address.js";

const { neighbours: NEIGHBOURS, distance: DISTANCE } = fieldOf("explore", "map");
const START = { neighbours: "15", distance: "0.1" }; // UMAP's own
const KINDS = ["umap", "pca", "plane", "again", "pixels"];

// The option of a map that is written in an address.
const kindOf = (written) => (/^umap-/.test(written) ? "again" : written.split("-")[0]);

export class MapChoice {
  // box: the element to fill; side: "left" or "right"; words; on: {choose(written), retry(), cancel()}.
  constructor(box, side, words, on) {
    this.box = box;
    this.words = words;
    this.on = on;
    this.drafted = null;
    this.settings = START;
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", fill(words.group, { side }));
    const options = KINDS.map((kind) => `<option value="${kind}">${words.kinds[kind]}</option>`).join("");
    box.innerHTML = `<label>${words.map}
      <select aria-label="${fill(words.choice, { side })}">${options}</select></label>
      <span class="settings"><label title="${words.neighbours_title}">${words.neighbours} <input type="number"
        class="neighbours" min="${NEIGHBOURS[0]}" max="${NEIGHBOURS[1]}" step="1"
        aria-label="${fill(words.neighbours_of, { side })}"></label>
      <label title="${words.distance_title}">${words.distance} <input type="number" class="distance"
        min="${DISTANCE[0]}" max="${DISTANCE[1]}" step="0.01" aria-label="${fill(words.distance_of, { side })}"></label>
      <button type="button" class="make">${words.make}</button></span>
      <span class="making"><progress max="1" aria-label="${fill(words.progress, { side })}"></progress>
        <span class="says" role="status"></span> <button type="button" class="cancel">${words.cancel}</button></span>`;
    const find = (selector) => box.querySelector(selector);
    this.select = find("select");
    this.settingsBox = find(".settings");
    this.making = find(".making");
    this.bar = find("progress");
    this.says = find(".says");
    this.stop = find(".cancel");
    this.fields = { neighbours: find(".neighbours"), distance: find(".distance") };
    this.select.addEventListener("change", () => this.chosen(this.select.value));
    find(".make").addEventListener("click", () => this.make());
    for (const field of Object.values(this.fields))
      field.addEventListener("keydown", (event) => event.key === "Enter" && this.make());
    this.stop.addEventListener("click", () => on.cancel());
  }

  // A map that must be made waits for its settings.
  chosen(kind) {
    this.drafted = kind === "again" || kind === "pixels" ? kind : null;
    if (!this.drafted) return this.on.choose(kind);
    this.settingsBox.hidden = false;
    this.tell(this.status);
    this.fields.neighbours.focus();
  }

  make() {
    const { neighbours, distance } = this.fields;
    if (![neighbours, distance].every((field) => field.value !== "" && field.reportValidity())) return;
    const kind = this.select.value === "pixels" ? "pixels" : "umap";
    const written = `${kind}-${Number(neighbours.value)}-${Number(distance.value)}`;
    this.drafted = null;
    if (written === this.written) this.on.retry();
    else this.on.choose(written);
  }

  // written: the map, as in the address; status: of made_maps.js.
  // offered: {stored: is there a stored UMAP?, made: does a server make any?, noPixels: why there are no images, or
  // null}.
  show(written, offered, status) {
    if (written !== this.written) this.drafted = null;
    this.written = written;
    const [, ...settings] = written.split("-");
    if (isMade(written)) this.settings = { neighbours: settings[0], distance: settings[1] };
    const shown = this.drafted ?? kindOf(written);
    const possible = { umap: offered.stored, again: offered.made, pixels: offered.made && !offered.noPixels };
    for (const option of this.select.options)
      option.disabled = possible[option.value] === false && option.value !== shown;
    this.select.querySelector("[value=pixels]").title = offered.noPixels ?? "";
    this.select.value = shown;
    this.settingsBox.hidden = shown !== "again" && shown !== "pixels";
    if (this.shownSettings !== this.settings)
      for (const [name, field] of Object.entries(this.fields)) field.value = this.settings[name];
    this.shownSettings = this.settings;
    this.tell(status);
  }

  // Says how far a map is, or that the one that was chosen waits for its settings.
  tell(status) {
    this.status = status;
    const { state, place, share, problem } = status,
      { words } = this,
      busy = ["compiling", "waiting", "running"].includes(state);
    this.making.hidden = !busy && !this.drafted && state !== "failed" && state !== "cancelled";
    this.stop.hidden = this.bar.hidden = !busy;
    if (busy && state !== "running")
      this.bar.removeAttribute("value"); // the remaining time is unknown
    else this.bar.value = share;
    let which = place > 1 ? "queue" : state;
    if (state === "running" && share === 0) which = "neighbours_sought";
    const text = this.drafted && !busy ? words.drafted : (words.says[which] ?? "");
    write(
      this.says,
      fill(text, { place: place - 1, share: percent(share), problem, shown: words.kinds[kindOf(this.written)] }),
    );
  }
}
