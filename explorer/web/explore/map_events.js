// The page's answers when one of its maps is hovered, clicked, dragged, panned or zoomed.

const NEAR = 40; // pixels within which a map that is no plane shows the nearest code

export class MapEvents {
  // explorer: the page.
  constructor(explorer) {
    this.explorer = explorer;
    this.hovered = null; // {map, point}: where the pointer is over a map
    this.leader = null; // the map that was panned or zoomed last
  }

  // The answers of a panel's map: see LatentMap.
  answers(panel) {
    const { explorer } = this,
      state = () => explorer.probe.state;
    return {
      view: (map) => this.follow(map),
      hover: (map, point) => this.hover(panel, map, point),
      leave: () => this.leave(),
      click: (map, point, row) => this.click(panel, point, row),
      held: () => panel.dims(state()).map((i) => state().mean[i]),
      move: (map, point) => explorer.change({ mean: panel.meanWith(state(), point) }),
      release: (map, cancelled) => {
        explorer.probe.preview = null;
        if (cancelled) explorer.probe.revert();
        explorer.draw();
        explorer.commit();
      },
    };
  }

  hover(panel, map, point) {
    this.hovered = { map, point };
    this.explorer.probe.preview = this.explorer.decodes(panel) ? this.meanUnder(panel, map, point) : null;
    this.explorer.draw();
  }

  leave() {
    if (!this.hovered) return;
    this.hovered = null;
    this.explorer.probe.preview = null;
    this.explorer.draw();
  }

  // The mean that the probe would have at a point of a map: there, or at the nearest code of a map that is no plane, or
  // null.
  meanUnder(panel, map, point) {
    const { state } = this.explorer.probe;
    if (panel.isPlane(state)) return panel.meanWith(state, point);
    const row = map.nearest(...point, NEAR);
    return row === null ? null : panel.meanAt(state, row);
  }

  click(panel, point, row) {
    const { explorer } = this,
      { state } = explorer.probe;
    if (explorer.tools.click(panel, point, row)) return;
    if (row !== null && explorer.replay?.of(panel))
      explorer.set({ pick: `${panel.model.entry.dataset}:${explorer.replay.rowOf(panel, row)}` });
    else if (row !== null) this.pick(panel, row);
    else if (panel.isPlane(state) && explorer.decodes(panel)) explorer.set({ mean: panel.meanWith(state, point) });
  }

  // An image was clicked: the probe becomes its posterior, or goes to its code. more: what else changes with it.
  pick(panel, row, more = {}) {
    const { logVar } = panel.model.codes,
      { state } = this.explorer.probe;
    const spread = logVar && { log_var: state.log_var.map((value, i) => (i < logVar.length ? logVar[i][row] : value)) };
    this.explorer.set({
      ...more,
      mean: panel.meanAt(state, row),
      pick: `${panel.model.entry.dataset}:${row}`,
      ...spread,
    });
  }

  // Two planes keep the same axes, unless each has its own scale: the other one follows, once a frame.
  follow(map) {
    this.leader = map;
    this.explorer.draw();
    this.scheduled ??= requestAnimationFrame(() => {
      this.scheduled = null;
      this.bringOther();
    });
  }

  async bringOther() {
    const { explorer, leader } = this,
      { panels, probe } = explorer;
    if (explorer.destroyed || probe.state.scale === "own") return;
    if (!panels.every((panel) => panel.model && panel.isPlane(probe.state))) return;
    await panels.find((panel) => panel.map !== leader).map.setBox(leader.box);
    explorer.draw();
  }

  // The row of the code that is nearest to the pointer over a panel's map, or null.
  rowUnder(panel) {
    const near = panel.map.nearest(...this.hovered.point, panel.isPlane(this.explorer.probe.state) ? undefined : NEAR);
    return near !== null && this.explorer.replay?.of(panel) ? this.explorer.replay.rowOf(panel, near) : near;
  }
}
