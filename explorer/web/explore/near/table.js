// What is known of each image, as the columns of a table and as CSV. No DOM.

// panels: [{name, model, values: {kl, error}: arrays or null}], whose models are of one dataset. The words name the columns with their units.
// Returns [{name, value(row): a number or a string}].
export function columnsOf(panels, words) {
  const [{ model: first }] = panels;
  const columns = [
    { name: fillIn(words.image, { dataset: first.entry.dataset }), value: (row) => row },
    { name: words.class, value: (row) => first.entry.classes[first.codes.label[row]] },
  ];
  for (const {
    name,
    model: { codes },
    values,
  } of panels) {
    const each = (text, of) =>
      of.forEach((column, d) =>
        columns.push({ name: fillIn(text, { name, dimension: d + 1 }), value: (row) => column[row] }),
      );
    each(codes.logVar ? words.mean : words.code, codes.mean);
    if (codes.logVar) each(words.log_var, codes.logVar);
    if (values.kl) columns.push({ name: fillIn(words.kl, { name }), value: (row) => values.kl[row] });
    if (values.error) columns.push({ name: fillIn(words.error, { name }), value: (row) => values.error[row] });
  }
  return columns;
}

// The columns' cells of these rows as CSV (RFC 4180), a header first.
export function toCsv(columns, rows) {
  const lines = [
    columns.map(({ name }) => quoted(name)),
    ...rows.map((row) => columns.map(({ value }) => cell(value(row)))),
  ];
  return lines.map((line) => `${line.join(",")}\r\n`).join("");
}

// What a table of cells needs to be read back as it is: quotes where there is a comma, a quote or an end of line in it.
export const quoted = (text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

const cell = (value) => (typeof value === "number" ? shortest(value) : quoted(String(value)));

// The fewest digits that give the same float32 back.
export function shortest(value) {
  if (Number.isInteger(value)) return String(value);
  for (let digits = 6; digits < 9; digits++) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === Math.fround(value)) return String(Number(text));
  }
  return String(Number(value.toPrecision(9)));
}

const fillIn = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
