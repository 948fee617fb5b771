// What a person reads, with values in it. No DOM.

// "a {name} b" with the named values in it; a name without a value stays as it is.
/** @param {string} text @param {Record<string, any>} values */
export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);

// The HTML that shows a text as it stands, also within an attribute's double quotes: names of files may hold any sign.
/** @param {string} text */
export const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
