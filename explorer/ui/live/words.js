// What a person reads, with values in it. No DOM.

// "a {name} b" with the named values in it; a name without a value stays as it is.
export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);
