// The trainings that the page shows: of each side the one on the server or the one in this browser.

import { Feed } from "./feed.js";

const BEGIN = ["prepare", "start", "step", "epoch", "reset"];
const HELD = ["waiting", "running", "saving", "paused"]; // a run that a command to begin does not replace, but reset
const hasBegun = (run) => Boolean(run && (run.status.taken > 0 || HELD.includes(run.status.state)));
const isHeld = (run) => Boolean(run && HELD.includes(run.status.state));

export class Runs {
  // browser: browserRuns; hasServer: can a server train? on: {wanted(side): "browser" or "server", what is chosen;
  // name(side): what a run with the choices is called; onNews(runs), onTrouble(problem or null), onGone(status): as in
  // feed.js; onFailure(sentence): the browser cannot train}.
  constructor(browser, data, base, hasServer, on) {
    this.browser = browser;
    this.on = on;
    this.homes = { a: null, b: null }; // where the run of a side is, once a command has begun one
    this.answered = !hasServer;
    this.server = hasServer
      ? new Feed({ onNews: () => this.take(), onTrouble: on.onTrouble, onGone: on.onGone })
      : null;
    this.page = { data, base, onNews: () => this.tell(), onTrouble: on.onFailure };
    browser.attach(this.page);
  }

  get address() {
    return this.server?.address;
  }

  // As in feed.js.
  move(address, ready) {
    this.server.move(address, ready);
  }

  knownAt(home, side) {
    return (home === "browser" ? this.browser.known : this.server?.known)?.[side] ?? null;
  }

  // Where the run is that a side shows: where the last one began. Before that, where a training has begun or is chosen.
  homeOf(side) {
    if (this.homes[side]) return this.homes[side];
    const wanted = this.on.wanted(side),
      other = wanted === "browser" ? "server" : "browser";
    return hasBegun(this.knownAt(other, side)) && !hasBegun(this.knownAt(wanted, side)) ? other : wanted;
  }

  get shown() {
    return Object.fromEntries(["a", "b"].map((side) => [side, this.knownAt(this.homeOf(side), side)]));
  }

  // body: {action, chosen, pace, name}. Resolves to a sentence if it was refused, else to null.
  command(side, body) {
    const { action } = body,
      home = this.homeOf(side),
      wanted = this.on.wanted(side);
    if (action === "pace") {
      this.send("browser", side, body);
      return this.server ? this.send("server", side, body) : Promise.resolve(null);
    }
    const isHere = isHeld(this.knownAt(home, side));
    if (!BEGIN.includes(action) || (isHere && action !== "reset")) return this.send(home, side, body);
    this.homes[side] = wanted;
    if (isHere && home !== wanted) this.send(home, side, { action: "stop" });
    return this.send(wanted, side, body);
  }

  send(home, side, body) {
    if (home === "server") return this.server.command(side, body);
    return this.browser.command(side, body, this.on.name(side));
  }

  take() {
    this.answered = true;
    this.tell();
  }

  tell() {
    if (this.answered) this.on.onNews(this.shown);
  }

  stop() {
    this.server?.stop();
    this.browser.detach(this.page);
  }
}
