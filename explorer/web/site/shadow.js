// A live page of the app on a page of the site: its markup in a shadow root, and its module.

// Puts the markup of a live page, with the link to its styles, into a shadow root. Resolves to the live part, once it
// has its styles.
/** @param {HTMLElement} host @param {DocumentFragment} content */
export async function inShadow(host, content) {
  const inside = host.attachShadow({ mode: "open" });
  inside.append(content);
  const sheet = inside.querySelector("link");
  if (!sheet.sheet) await new Promise((resolve) => ["load", "error"].map((name) => (sheet["on" + name] = resolve)));
  return /** @type {HTMLElement} */ (inside.querySelector(".live"));
}

// The live part of this page.
export async function livePart() {
  const host = document.getElementById("mounted"),
    template = /** @type {HTMLTemplateElement} */ (host.querySelector("template"));
  return inShadow(host, template.content);
}

// The module of a live page.
/** @param {string} page @param {string | URL} assets */
export const moduleOf = (page, assets) =>
  import(new URL(`web/${page}/page.js`, new URL(assets, document.baseURI)).href);
