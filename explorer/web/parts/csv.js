// Comma-separated values (RFC 4180). No DOM.

// The text of a table: a header, then a line for each row. columns: [{name, value(row): a number or a string}].
/** @template Row @param {{name: string, value: (row: Row) => number | string}[]} columns @param {Iterable<Row>} rows */
export function toCsv(columns, rows) {
  const lines = [columns.map(({ name }) => quoted(name))];
  for (const row of rows) lines.push(columns.map(({ value }) => cell(value(row))));
  return lines.map((line) => `${line.join(",")}\r\n`).join("");
}

const cell = (value) => (typeof value === "number" ? shortest(value) : quoted(String(value)));

// In quotes, if there is a comma, a quote or a line's end in it.
const quoted = (text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

// The fewest digits, at least six, that give the same single-precision number back; a whole number as it is.
function shortest(value) {
  if (Number.isInteger(value)) return String(value);
  for (let digits = 6; digits < 9; digits++) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === Math.fround(value)) return String(Number(text));
  }
  return String(Number(value.toPrecision(9)));
}
