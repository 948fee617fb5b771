// Helpers for the tabs' tables and lists.

// Shows a value in a list. A value that the list does not have is added to it.
export function writeSelect(select, value) {
  const isValue = (option) => option.value === String(value) || Number(option.value) === Number(value);
  if (![...select.options].some(isValue)) select.add(new Option(String(value), value));
  select.value = [...select.options].find(isValue).value;
}

// The columns {x, y} of an array of points, two numbers each.
export const columns = (points) => ({
  x: points.filter((_, i) => i % 2 === 0),
  y: points.filter((_, i) => i % 2 === 1),
});
