// The scrubber of the tab Field: it chooses the recorded moment of training at which both models are shown.
//
// Its moments are those of the longer recording. The other model is shown at its own moment at the same share of its
// training. The last position shows the finished models with their weights.

import { percent, trimmed, whole } from "../kernel/format.js";
import { write } from "../parts/dom.js";
import { listen } from "../parts/slider.js";
import { fill } from "../kernel/text.js";

const PACE = 400; // milliseconds a moment, as the explorer's replay
export class Moment {
  // bar: the element with the scrubber; onMove(): the state has another moment; onCommit(): it was released.
  constructor(lesson, bar, { onMove, onCommit }) {
    this.lesson = lesson;
    this.bar = bar;
    this.models = lesson.shelf.models;
    this.recordings = new Map(); // by the bundle's digest
    this.range = bar.querySelector(".moment");
    this.button = bar.querySelector(".play");
    this.onCommit = onCommit;
    this.move = (place) => {
      lesson.change({ moment: place < this.last ? place : null });
      onMove();
    };
    listen(
      this.range,
      (place) => {
        this.halt();
        this.move(place);
      },
      () => this.playing || onCommit(),
    );
    this.button.addEventListener("click", () => (this.playing ? this.pause() : this.play()));
  }

  // Plays from here to the finished models, or from the beginning if they are shown.
  play() {
    if (this.place === this.last) this.move(0);
    this.playing = setInterval(() => {
      if (this.place < this.last) this.move(this.place + 1);
      if (this.place === this.last) this.pause();
    }, PACE);
    this.show();
  }

  pause() {
    this.halt();
    this.onCommit();
  }

  halt() {
    clearInterval(this.playing);
    this.playing = null;
    this.show();
  }

  // The models that the state names: [side, entry].
  get entries() {
    const { lesson } = this;
    return ["vae", "aae"]
      .map((side) => [side, lesson.catalogue.get(lesson.state.field[side])])
      .filter(([, entry]) => entry);
  }

  // The scrubber's end: that of the longest recording; −1 where there is none.
  get last() {
    return Math.max(0, ...this.entries.map(([, entry]) => entry.moments)) - 1;
  }

  // The scrubber's position. If a link names a moment that these models lack, they are shown finished.
  get place() {
    return Math.min(this.lesson.state.field.moment ?? this.last, this.last);
  }

  // Fetches the recordings once a moment is chosen; resolves when those of the state's models have arrived.
  async fetch() {
    if (this.place === this.last) return;
    await Promise.all(
      this.entries.map(async ([, entry]) => this.recordings.set(entry.digest, await this.models.recording(entry))),
    );
  }

  // A side's {recording, moment}, or null: the finished model.
  of(side) {
    const { entries, place } = this,
      all = entries.map(([, entry]) => this.recordings.get(entry.digest)).filter(Boolean);
    const own = entries.find(([name]) => name === side)?.[1],
      recording = own && this.recordings.get(own.digest);
    if (place === this.last || !recording || all.length < entries.filter(([, entry]) => entry.moments).length)
      return null;
    const main = all.reduce((a, b) => (b.moments > a.moments ? b : a));
    return { recording, moment: recording === main ? place : Math.round(recording.placeAt(main.progress(place))) };
  }

  // The beginning of a side's caption: its place in its training.
  says(side) {
    const at = this.of(side),
      { words } = this.lesson;
    if (!at) return "";
    const { recording, moment } = at,
      step = recording.steps[moment];
    if (!step) return words.untrained;
    return fill(words.trained, {
      epoch: trimmed(recording.epoch(moment)),
      epochs: recording.epochs,
      step: whole(step),
      steps: whole(recording.steps[recording.last]),
    });
  }

  // The text for screen readers.
  announcement() {
    const { words } = this.lesson,
      parts = this.entries.map(([side, entry]) => [entry, this.of(side)]).filter(([, at]) => at);
    const each = ([entry, { recording, moment }]) =>
      fill(words.announced, {
        name: entry.choice,
        epoch: trimmed(recording.epoch(moment)),
        step: whole(recording.steps[moment]),
      });
    return parts.map(each).join("; ") || words.finished;
  }

  show() {
    const { words } = this.lesson,
      { last, place, range, entries } = this,
      recorded = entries.filter(([, entry]) => entry.moments);
    range.disabled = this.button.disabled = last < 0;
    write(this.button, this.playing ? words.pause : words.play_run);
    range.max = String(Math.max(0, last));
    if (range.value !== String(Math.max(0, place))) range.value = String(Math.max(0, place));
    range.setAttribute("aria-valuetext", this.announcement());
    const at = entries.map(([side]) => this.of(side)).find((one) => one?.recording.last === last);
    write(
      this.bar.querySelector(".when"),
      place === last
        ? words.finished
        : fill(words.at_moment, {
            moment: place + 1,
            moments: last + 1,
            share: at ? percent(at.recording.progress(at.moment) ** 3) : "…",
          }),
    );
    const without = entries.filter(([, entry]) => !entry.moments),
      note = this.bar.querySelector(".unrecorded");
    note.hidden = !without.length;
    write(
      note,
      recorded.length
        ? without.map(([, entry]) => fill(words.no_recording, { name: entry.choice })).join(" ")
        : words.no_recordings,
    );
  }
}
