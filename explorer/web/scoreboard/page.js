// The scoreboard's heading, with its help. Python draws the tables and figures below it.

import { mounting, Page } from "../parts/page.js";

class Heading extends Page {
  /**
   * @param {HTMLElement} root @param {import("../kernel/types.js").PageData} data
   * @param {(state: object) => void} send
   */
  constructor(root, data, send) {
    super(root, data, send);
    this.markReady();
  }
}

export const mount = mounting(Heading);
