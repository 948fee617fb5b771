// Codes as comma-separated values: a row for each test image. No DOM.

import { klToStandardNormal } from "../../kernel/gaussian.js";

// The columns of a panel's model: [name, row => text]. shown: what else its map shows, {sampled: z by columns, view: what panel.js gives}, each may be left out.
export function columnsOf({ entry, codes }, { sampled = null, view = null } = {}, prefix = "") {
  const { mean, logVar } = codes,
    found = [];
  const add = (name, columns) =>
    columns?.forEach((column, d) => found.push([`${prefix}${name}_${d + 1}`, (row) => shortest(column[row])]));
  add(entry.kind === "vae" ? "mean" : "code", mean);
  add("log_var", logVar);
  add("z", sampled);
  add(view?.kind.replaceAll(/[^a-z0-9]/g, "_"), view?.columns); // umap_1, pca_1, umap_50_0_5_1
  if (logVar) {
    const at = (columns, row) => columns.map((column) => column[row]);
    found.push([
      `${prefix}kl_nats`,
      (row) => shortest(klToStandardNormal(at(mean, row), at(logVar, row)).reduce((a, b) => a + b)),
    ]);
  }
  return found;
}

// The file's text. models: each {model, shown, prefix}, all of one dataset.
export function codesCsv(models) {
  const { entry, codes } = models[0].model;
  const columns = models.flatMap(({ model, shown, prefix }) => columnsOf(model, shown, prefix));
  const lines = [["image", "class", ...columns.map(([name]) => name)].map(quoted).join(",")];
  const classes = entry.classes.map(quoted);
  for (let row = 0; row < codes.label.length; row++)
    lines.push([row, classes[codes.label[row]], ...columns.map(([, text]) => text(row))].join(","));
  return `${lines.join("\r\n")}\r\n`;
}

// As RFC 4180 has it.
const quoted = (text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

// The shortest of 7, 8 and 9 digits that give the same single-precision number back.
function shortest(value) {
  for (const digits of [7, 8]) {
    const text = Number(value.toPrecision(digits));
    if (Math.fround(text) === Math.fround(value)) return String(text);
  }
  return String(Number(value.toPrecision(9)));
}
