// The columns of the table of images: the class, the code, its KL and error. No DOM.

import { fill } from "../../kernel/text.js";

// panels: [{name, model, values: {kl, error}: arrays or null}], whose models are of one dataset. words: the names of
// the columns, with their units. Returns columns as csv.js takes them.
export function columnsOf(panels, words) {
  const [{ model: first }] = panels;
  const columns = [
    { name: fill(words.image, { dataset: first.entry.dataset }), value: (row) => row },
    { name: words.class, value: (row) => first.entry.classes[first.codes.label[row]] },
  ];
  for (const {
    name,
    model: { codes },
    values,
  } of panels) {
    const each = (text, of) =>
      of.forEach((column, d) =>
        columns.push({ name: fill(text, { name, dimension: d + 1 }), value: (row) => column[row] }),
      );
    each(codes.logVar ? words.mean : words.code, codes.mean);
    if (codes.logVar) each(words.log_var, codes.logVar);
    if (values.kl) columns.push({ name: fill(words.kl, { name }), value: (row) => values.kl[row] });
    if (values.error) columns.push({ name: fill(words.error, { name }), value: (row) => values.error[row] });
  }
  return columns;
}
