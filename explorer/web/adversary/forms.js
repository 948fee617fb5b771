// Small things that tables and lists need.

import { write } from "../parts/dom.js";

// Fills a table's cells: {name: text}.
export function fill(table, texts) {
  for (const [name, text] of Object.entries(texts)) write(table.querySelector(`[data-is=${name}]`), text);
}

// Sets a list to a value, and adds the value where the list has it not.
export function choose(select, value) {
  if (![...select.options].some((option) => Number(option.value) === Number(value) || option.value === value))
    select.add(new Option(String(value), value));
  select.value = [...select.options].find(
    (option) => option.value === String(value) || Number(option.value) === Number(value),
  ).value;
}
