// The pictures under a map's codes: decoded tiles, the density of the codes, and how far the decoder stretches the
// plane.
//
// Each has: aim(view), which takes the visible part of the plane; step(), a little of the work, until `left` is 0;
// paint(context, scale, ink). view: {x0, x1, y0, y1, per}, per the pixels a unit. scene: {decoder: of active.js, side:
// of its pictures, z(x, y): the latent point there, dims: the plane's two dimensions, shape: the prior's, as in
// prior.js, x, y: the codes, home: the map's ranges, bandwidth: of the density, discriminator, label: what it is told}.

import { stretch } from "../kernel/active.js";
import { drawLogits } from "../parts/pixels.js";
import { Kernel } from "../kernel/density.js";
import { logDensity } from "../kernel/prior.js";
import { sigmoid } from "../kernel/perceptron.js";
import { priorGrid } from "../kernel/quantiles.js";
import { RINGS } from "../parts/prior_outline.js";

const TILE = 28; // pixels that a tile of the plain grid wants
const COARSE = 16,
  GAP = 4; // a side of pictures up to which tiles need pixels between them to be told apart
const SMALL = 10,
  LARGE = 28; // pixels that a tile at the prior's middle wants, and the most that one has
const KEPT = 4000; // tiles
const OUTERMOST = RINGS[RINGS.length - 1].radius;
const CELL = 9,
  BLOCK = 4; // pixels of a cell of the stretch; cells that the first pass goes by
const DENSITY_CELL = 4,
  AROUND = 0.25; // pixels; how far beyond the view the density is known, of its width
const CODES_A_STEP = 250,
  ROWS_A_STEP = 8;
const HOME_CELLS = 120; // a side, where the density's scale is found

// ---- decoded tiles -----------------------------------------------------------------------------

class Tiles {
  constructor(scene) {
    this.scene = scene;
    this.before = null; // the tiles of another zoom, until the new ones are there
    this.now = null; // {key, tiles: Map of id to {x, y, room, canvas}}
    this.todo = [];
    this.total = 0;
  }

  get left() {
    return this.todo.length;
  }

  /** @returns {any} {key, points: [{id, x, y, room}]}, the tiles of a view */
  grid(_view) {
    throw new Error("a subclass says which tiles a view has");
  }

  /** @returns {number} a tile's side in pixels, where its room has so many */
  sizeOf(pixels) {
    return pixels;
  }

  aim(view) {
    const grid = this.grid(view);
    if (this.now?.key !== grid.key) {
      if (this.now?.tiles.size) this.before = this.now;
      this.now = { ...grid, tiles: new Map() };
    }
    const { tiles } = this.now,
      middle = [(view.x0 + view.x1) / 2, (view.y0 + view.y1) / 2];
    this.todo = grid.points.filter(({ id }) => !tiles.has(id));
    const away = ({ x, y }) => Math.hypot(x - middle[0], y - middle[1]);
    this.todo.sort((a, b) => away(b) - away(a)); // the last is the next
    this.total = grid.points.length;
    if (tiles.size > KEPT) {
      const seen = new Set(grid.points.map(({ id }) => id));
      for (const id of tiles.keys()) if (!seen.has(id)) tiles.delete(id);
    }
    if (!this.left) this.before = null;
  }

  step() {
    const point = this.todo.pop(),
      { decoder, side, z } = this.scene,
      canvas = document.createElement("canvas");
    drawLogits(canvas, decoder.decode(z(point.x, point.y)), side);
    this.now.tiles.set(point.id, { ...point, canvas });
    if (!this.left) this.before = null;
  }

  paint(context, scale) {
    const { area, perX: per } = scale,
      sharp = window.devicePixelRatio;
    for (const { tiles } of [this.before, this.now].filter(Boolean)) {
      for (const { x, y, room, canvas } of tiles.values()) {
        const size = this.sizeOf(room * per),
          px = scale.x(x),
          py = scale.y(y);
        if (
          px + size < area.left ||
          px - size > area.left + area.width ||
          py + size < area.top ||
          py - size > area.top + area.height
        )
          continue;
        // then pixels fall on pixels, as far from the origin's as they are
        const whole = Math.abs(size * sharp - Math.round(size * sharp)) < 0.01;
        const round = (at) => Math.round(at * sharp + 1e-3) / sharp; // halves always the same way
        const corner = (at, origin) => (whole ? round(origin - size / 2) + round(at - origin) : at - size / 2);
        context.imageSmoothingEnabled = size * sharp < canvas.width || (!whole && size * sharp < 2 * canvas.width);
        context.drawImage(canvas, corner(px, scale.x(0)), corner(py, scale.y(0)), size, size);
      }
    }
  }
}

// Tiles side by side over the visible plane, one of them at the origin.
export class PlainGrid extends Tiles {
  // A tile's pixels are whole multiples of its picture's, so that at rest they are the decoder's own.
  get size() {
    const { side } = this.scene;
    return Math.max(1, Math.round(TILE / side)) * side;
  }

  get gap() {
    return this.scene.side <= COARSE ? GAP : 0;
  }

  sizeOf(pixels) {
    const size = (pixels * this.size) / (this.size + this.gap);
    return Math.abs(size - this.size) < 0.01 ? this.size : size;
  }

  grid({ x0, x1, y0, y1, per }) {
    const room = (this.size + this.gap) / per,
      points = [];
    for (let j = Math.floor(y0 / room + 0.5); (j - 0.5) * room < y1; j++) {
      for (let i = Math.floor(x0 / room + 0.5); (i - 0.5) * room < x1; i++)
        points.push({ id: `${i} ${j}`, x: i * room, y: j * room, room });
    }
    return { key: per.toPrecision(9), points };
  }
}

// Those of them in which N(0, I) has 99 % of its mass: beyond, a decoder was hardly ever trained.
export class RingGrid extends PlainGrid {
  grid(view) {
    const { key, points } = super.grid(view);
    return { key, points: points.filter(({ x, y }) => Math.hypot(x, y) < OUTERMOST) };
  }
}

// Tiles at the prior's quantiles: see quantiles.js.
export class PriorGrid extends Tiles {
  sizeOf(pixels) {
    return Math.min(LARGE, pixels);
  }

  grid({ x0, x1, y0, y1, per }) {
    const { perSide, points } = priorGrid(this.scene.shape, SMALL / per);
    const seen = points
      .map((point, id) => ({ id, ...point }))
      .filter(({ x, y, room: r }) => x + r > x0 && x - r < x1 && y + r > y0 && y - r < y1);
    this.perSide = perSide;
    this.count = points.length;
    return { key: points.length, points: seen };
  }
}

// ---- a number for each cell of the plane ---------------------------------------------------------

const idOf = (i, j) => (i + 32768) * 65536 + (j + 32768);

class Cells {
  constructor(scene) {
    this.scene = scene;
    this.todo = [];
    this.total = 0;
    this.top = 0;
    this.before = null;
    /** @type {any} */
    this.now = null; // {key, room, values: Map of id to a value, box}
    this.picture = null; // a canvas, a pixel a cell
  }

  get left() {
    return this.todo.length;
  }

  aim({ x0, x1, y0, y1, per }) {
    const key = per.toPrecision(9),
      room = CELL / per;
    if (this.now?.key !== key) {
      if (this.now?.values.size) this.before = this.now;
      this.now = { key, room, values: new Map() };
    }
    const { values } = this.now;
    if (values.size > 4 * KEPT) values.clear();
    const [left, right, low, high] = [x0, x1, y0, y1].map((value) => Math.round(value / room));
    this.now.box = { left, right, low, high };
    this.todo = [];
    this.total = 0;
    const floor = (value) => Math.floor(value / BLOCK) * BLOCK;
    for (let j = floor(low); j <= high; j++) {
      for (let i = floor(left); i <= right; i++) {
        const pass = [BLOCK, BLOCK / 2, 1].findIndex((stride) => i % stride === 0 && j % stride === 0);
        if (pass > 0 && (i < left || j < low)) continue; // seen only as a block's corner
        this.total += 1;
        if (!values.has(idOf(i, j)))
          this.todo.push({ i, j, order: pass * 1e6 + Math.hypot(i - (left + right) / 2, j - (low + high) / 2) });
      }
    }
    this.todo.sort((a, b) => b.order - a.order); // coarse first, from the middle outwards
    if (!this.left) this.before = null;
  }

  /** @returns {number} at a point of the plane */
  valueAt(_x, _y) {
    throw new Error("a subclass says what a cell's number is");
  }

  step() {
    const { i, j } = this.todo.pop(),
      { room, values } = this.now,
      value = this.valueAt(i * room, j * room);
    values.set(idOf(i, j), value);
    this.top = Math.max(this.top, value);
    if (!this.left) this.before = null;
  }

  paint(context, scale, ink) {
    for (const pass of [this.before, this.now]) pass && this.paintOne(pass, context, scale, ink);
  }

  // A pixel a cell; where a cell is not there yet, that of its block.
  paintOne({ room, values, box: { left, right, low, high } }, context, scale, ink) {
    const [across, down] = [right - left + 1, high - low + 1],
      picture = (this.picture ??= document.createElement("canvas"));
    Object.assign(picture, { width: across, height: down });
    const on = picture.getContext("2d"),
      image = on.createImageData(across, down);
    for (let j = low; j <= high; j++) {
      for (let i = left; i <= right; i++) {
        let value;
        for (let stride = 1; value === undefined && stride <= BLOCK; stride *= 2) {
          value = values.get(idOf(Math.floor(i / stride) * stride, Math.floor(j / stride) * stride));
        }
        // pictures begin at the top
        if (value !== undefined) image.data.set(ink(value), 4 * ((high - j) * across + i - left));
      }
    }
    on.putImageData(image, 0, 0);
    context.imageSmoothingEnabled = true;
    const size = room * scale.perX;
    context.drawImage(picture, scale.x((left - 0.5) * room), scale.y((high + 0.5) * room), across * size, down * size);
  }
}

// How far the decoder stretches the plane.
export class Stretch extends Cells {
  valueAt(x, y) {
    const { decoder, dims, z } = this.scene;
    return stretch(decoder.tangents(z(x, y), dims));
  }
}

// What the discriminator takes a point for: 1, a draw of the prior; 0, a code.
export class Judgement extends Cells {
  valueAt(x, y) {
    const { discriminator, label } = this.scene;
    return sigmoid(discriminator.logits(Float64Array.of(x, y), { label })[0]);
  }
}

// ---- how dense the codes lie -------------------------------------------------------------------

export class Density {
  // compare: beside the prior? Then a value is log q(z) − log p(z), both smoothed alike.
  constructor(scene, compare) {
    this.scene = scene;
    this.compare = compare;
    this.picture = null; // a canvas, a pixel a cell
    this.top = 0;
    this.shown = null;
    this.making = null;
    this.home = null;
    this.spread = scene.bandwidth;
    if (!compare) {
      const {
          home: {
            x: [x0, x1],
            y: [y0],
          },
          x,
          y,
          bandwidth,
        } = scene,
        cell = (x1 - x0) / HOME_CELLS;
      this.home = new Kernel(x, y, Math.max(bandwidth, cell), {
        x0,
        y0,
        cell,
        across: HOME_CELLS + 1,
        down: HOME_CELLS + 1,
      });
    }
  }

  get left() {
    const { home, making } = this,
      codes = this.scene.x.length;
    const rest = (kernel) => (kernel ? Math.ceil((codes - kernel.row) / CODES_A_STEP) : 0);
    return rest(home) + (making ? rest(making.kernel) + Math.ceil((making.rows - making.row) / ROWS_A_STEP) + 1 : 0);
  }

  aim({ x0, x1, y0, y1, per }) {
    const shown = this.making ?? this.shown;
    if (shown?.per === per && x0 >= shown.x0 && x1 <= shown.x1 && y0 >= shown.y0 && y1 <= shown.y1) return;
    const cell = DENSITY_CELL / per,
      { x, y, bandwidth } = this.scene;
    const [overX, overY] = [AROUND * (x1 - x0), AROUND * (y1 - y0)],
      spread = Math.max(bandwidth, cell); // no narrower than a cell
    const grid = {
      x0: x0 - overX,
      y0: y0 - overY,
      cell,
      across: Math.ceil((x1 - x0 + 2 * overX) / cell) + 1,
      down: Math.ceil((y1 - y0 + 2 * overY) / cell) + 1,
    };
    const kernel = new Kernel(x, y, spread, grid);
    this.making = {
      per,
      x0: grid.x0,
      x1: x1 + overX,
      y0: grid.y0,
      y1: y1 + overY,
      kernel,
      row: 0,
      rows: this.compare ? grid.down : 0,
      logPrior: [],
    };
    this.total = this.left;
  }

  step() {
    const { home, making } = this;
    if (home) {
      home.step(CODES_A_STEP);
      if (!home.done) return;
      const sorted = home.atCodes();
      this.top = sorted[Math.floor(0.98 * sorted.length)] ?? 0;
      this.home = null;
    } else if (!making.kernel.done) making.kernel.step(CODES_A_STEP);
    else if (making.row < making.rows) this.stepPrior(making);
    else {
      this.shown = making;
      this.spread = making.kernel.bandwidth;
      this.making = null;
    }
  }

  // Some rows of the prior's log-density, and with it of the values.
  stepPrior(making) {
    const {
        grid: { x0, y0, cell, across },
        values,
        bandwidth,
      } = making.kernel,
      { shape, x: codes } = this.scene;
    const one = 1 / (codes.length * 2 * Math.PI * bandwidth ** 2); // the density where one code lies alone
    for (const end = Math.min(making.rows, making.row + ROWS_A_STEP); making.row < end; making.row++) {
      for (let i = 0, at = making.row * across; i < across; i++, at++) {
        const p = logDensity(shape, x0 + i * cell, y0 + making.row * cell, { smoothing: bandwidth }),
          q = values[at];
        // where neither density reaches that of one code, the ratio is unknown
        values[at] = Math.max(q, Math.exp(p)) < one ? NaN : Math.log(q) - p;
      }
    }
  }

  paint(context, scale, ink) {
    if (!this.shown) return;
    const {
      kernel: {
        grid: { x0, y0, cell, across, down },
        values,
      },
    } = this.shown;
    if (this.pictured !== this.shown || this.ink !== ink) {
      this.pictured = this.shown;
      this.ink = ink;
      this.picture ??= document.createElement("canvas");
      Object.assign(this.picture, { width: across, height: down });
      const on = this.picture.getContext("2d"),
        image = on.createImageData(across, down);
      values.forEach((value, at) =>
        image.data.set(ink(value), 4 * ((down - 1 - Math.floor(at / across)) * across + (at % across))),
      );
      on.putImageData(image, 0, 0);
    }
    context.imageSmoothingEnabled = true;
    const size = cell * scale.perX;
    context.drawImage(
      this.picture,
      scale.x(x0 - cell / 2),
      scale.y(y0 + (down - 0.5) * cell),
      across * size,
      down * size,
    );
  }
}
