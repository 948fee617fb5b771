// The tool Draw.

export class Tool {
  // box: the section to fill; page: see tools.js.
  constructor(box, page) {
    Object.assign(this, { box, page });
  }
}
