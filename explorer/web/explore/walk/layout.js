// The tool Walk's HTML.

import { fill } from "../../kernel/text.js";
import { MOST_DIMENSIONS } from "../holes.js";
import { FRAMES, WAYS } from "./path.js";

const SECONDS = [0.1, 0.2, 0.4, 0.8]; // of each frame, to choose from

const option = (value, text) => `<option value="${value}">${text}</option>`;

// w: the tool's words.
export const layout = (w) => `
  <div class="top"><span class="parts" role="group" aria-label="${w.parts}"><button type="button"
      class="walk-part">${w.walk_part}</button><button type="button" class="sum-part">${w.sum_part}</button></span>
    <span class="walk-only kinds" role="radiogroup" aria-label="${w.kind}"><label title="${w.points_title}"><input
      type="radio" name="walk-kind" value="points">${w.points}</label>
    <label title="${w.images_title}"><input type="radio" name="walk-kind" value="images">${w.images}</label></span>
    <select class="walk-only examples" aria-label="${w.examples}"></select></div>
  <div class="walking">
    <p class="message" hidden></p>
    <div class="films"></div>
    <div class="player"><button type="button" class="play">${w.play}</button>
      <span class="track"><input type="range" class="seek" min="0" step="any" aria-label="${w.cursor}"></span>
      <output class="frame" aria-live="off"></output><span class="big"><canvas role="img" width="28"
        height="28"></canvas><canvas role="img" width="28" height="28"></canvas></span></div>
    <p class="legend-row"><span>${w.legend}</span> <span class="key q">${w.legend_q}</span>
      <span class="key p">${w.legend_p}</span> <span class="key hole">${w.legend_hole}</span>
      <span class="unmarked">${fill(w.unmarked, { most: MOST_DIMENSIONS })}</span></p>
    <p class="options"><select class="way"
      aria-label="${w.way}">${WAYS.map((way) => option(way, w.ways[way])).join("")}</select>
      <label>${w.frames} <input type="number" class="frames" min="${FRAMES.least}" max="${FRAMES.most}"
        step="1"></label>
      <label title="${w.seconds}"><select class="seconds"
        aria-label="${w.seconds}">${SECONDS.map((value) => option(value, `${value} s`)).join("")}</select></label>
      <button type="button" class="gif" title="${w.gif_title}">${w.gif}</button><span class="saved"
        role="status"></span></p>
    <p class="means"></p>
    <p class="adding"><button type="button" class="add-probe"
      title="${w.add_probe_title}">${w.add_probe}</button><button type="button" class="add-pick"
      title="${w.add_pick_title}">${w.add_pick}</button>
      <span class="by-number"><button type="button" class="add-number">${w.add_number}</button><input type="number"
        min="0" step="1" value="0" aria-label="${w.add_number_label}"></span>
      <button type="button" class="clear">${w.clear}</button><button type="button" class="bring-back"
        title="${w.bring_back_title}" hidden>${w.bring_back}</button></p>
    <details class="exact"><summary>${w.exact}</summary><ol></ol></details>
    <p class="many-note"></p>
    <details><summary>${w.how}</summary>${w.about.map((text) => `<p>${text}</p>`).join("")}</details>
  </div><div class="summing"></div>`;
