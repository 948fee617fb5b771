// Codes as comma-separated values: a row for each test image. No DOM.

import { toCsv } from "../../parts/csv.js";
import { klToStandardNormal } from "../../kernel/gaussian.js";

// The columns of a panel's model, as csv.js takes them. shown: what else its map shows, {sampled: z by columns, view:
// of panel.js}, each may be left out.
function columnsOf({ entry, codes }, { sampled = null, view = null } = {}, prefix = "") {
  const { mean, logVar } = codes,
    found = [];
  const add = (name, columns) =>
    columns?.forEach((column, d) => found.push({ name: `${prefix}${name}_${d + 1}`, value: (row) => column[row] }));
  add(entry.stochastic ? "mean" : "code", mean);
  add("log_var", logVar);
  add("z", sampled);
  add(view?.kind.replaceAll(/[^a-z0-9]/g, "_"), view?.columns); // umap_1, pca_1, umap_50_0_5_1
  if (logVar) {
    const at = (columns, row) => columns.map((column) => column[row]);
    const kl = (row) => klToStandardNormal(at(mean, row), at(logVar, row)).reduce((a, b) => a + b);
    found.push({ name: `${prefix}kl_nats`, value: kl });
  }
  return found;
}

// The file's text. models: each {model, shown, prefix}, all of one dataset.
export function codesCsv(models) {
  const { entry, codes } = models[0].model;
  const columns = [
    { name: "image", value: (row) => row },
    { name: "class", value: (row) => entry.classes[codes.label[row]] },
    ...models.flatMap(({ model, shown, prefix }) => columnsOf(model, shown, prefix)),
  ];
  return toCsv(columns, codes.label.keys());
}
