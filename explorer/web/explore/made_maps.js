// UMAPs that the server makes for the panels. The page asks until one is done, and cancels one that no panel shows any
// more. The result is kept with the model. An exported file holds those that were made before, a static site none.

const ASK_AGAIN = 300; // ms
const NOTHING = { state: "idle", place: 0, share: 0, problem: null };

export const isMade = (written) => /^(umap|pixels)-/.test(written);

// Where the maps come from, by a page's data: "server", "file" or "nowhere".
/** @param {Record<string, any>} data */
export function makerOf({ in_file, on_site }) {
  if (in_file) return "file";
  return on_site ? "nowhere" : "server";
}

export class MadeMaps {
  // models: of models.js; maker: of `makerOf`; on: {change(panel): its status changed, made(panel): its map has
  // arrived}; silent: why there is no map if the maker does not answer, a clause.
  constructor(models, maker, silent, on) {
    this.models = models;
    this.maker = maker;
    this.silent = silent;
    this.on = on;
    this.page = Math.random().toString(36).slice(2);
    this.jobs = new Map();
  }

  // The status of a panel's map: {state: idle, compiling, waiting, running, done, failed or cancelled, place,
  // share, problem: a clause or null}.
  status(panel) {
    return this.jobs.get(panel)?.status ?? NOTHING;
  }

  // A model of many dimensions is shown: the server may prepare.
  warm() {
    if (this.warmed || this.maker !== "server") return;
    this.warmed = true;
    this.post("umaps", { action: "warm" }).catch(() => (this.warmed = false)); // a later request reports the error
  }

  // Starts or cancels the server's work, as a panel's map needs. written: the map, as in the address.
  sync(panel, written) {
    const { model } = panel,
      job = this.jobs.get(panel);
    if (job && (job.model !== model || job.written !== written)) this.drop(panel);
    if (!isMade(written) || model.made?.has(written) || this.jobs.has(panel)) return;
    const begun = {
      model,
      written,
      address: `umaps/${model.entry.digest}/${written}`,
      status: { ...NOTHING, state: "waiting" },
    };
    this.jobs.set(panel, begun);
    this.follow(panel, begun, "want");
  }

  // Tries a failed map again.
  retry(panel, written) {
    this.drop(panel);
    this.sync(panel, written);
  }

  // The panel shows another map now.
  drop(panel) {
    const job = this.jobs.get(panel);
    if (!job) return;
    this.jobs.delete(panel);
    clearTimeout(job.timer);
    if (["compiling", "waiting", "running"].includes(job.status.state))
      this.post(job.address, { action: "cancel", page: this.page }).catch(() => {}); // the job ends by itself
  }

  async follow(panel, job, action) {
    try {
      const status = await this.ask(job, action);
      if (this.jobs.get(panel) !== job) return;
      job.status = { ...NOTHING, ...status };
      if (status.state === "done") {
        const { map } = await this.models.tensors("umaps", job.model.entry, job.written);
        this.keep(job, map);
        if (this.jobs.get(panel) !== job) return;
        this.jobs.delete(panel);
        return this.on.made(panel);
      }
      if (!["failed", "cancelled"].includes(status.state))
        job.timer = setTimeout(() => this.follow(panel, job, "ask"), ASK_AGAIN);
    } catch (error) {
      if (this.jobs.get(panel) !== job) return;
      job.status = { ...NOTHING, state: "failed", problem: error.said ?? this.silent };
    }
    this.on.change(panel);
  }

  // The status of a job, from whatever makes the maps.
  async ask(job, action) {
    if (this.maker === "server") return this.post(job.address, { action, page: this.page });
    if (this.maker === "nowhere") return { state: "failed", problem: this.silent };
    await this.models.tensors("umaps", job.model.entry, job.written);
    return { state: "done" };
  }

  keep({ model, written }, { shape: [n], values }) {
    model.made ??= new Map();
    model.made.set(
      written,
      [0, 1].map((at) => Float32Array.from({ length: n }, (_, row) => values[2 * row + at])),
    );
  }

  async post(address, command) {
    const response = await fetch(new URL(address, this.models.base), {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(command),
      cache: "no-store",
      keepalive: true,
    });
    if (!response.ok) throw Object.assign(new Error(), { said: (await response.text()).replace(/\.$/, "") });
    return response.json();
  }

  destroy() {
    for (const panel of [...this.jobs.keys()]) this.drop(panel);
  }
}
