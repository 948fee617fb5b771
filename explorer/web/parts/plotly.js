// Plotly as a module: the classic script out of the installed plotly package.
//
// All that leans on what Plotly does not document stands here: that the script sets `window.Plotly`, and that the
// element of its style rules has an id that begins with "plotly.js-style".

const NAME = "plotly.min.js";
const global = /** @type {any} */ (window);

function loaded() {
  if (global.Plotly) return Promise.resolve(global.Plotly);
  const script =
    document.querySelector(`script[src$="${NAME}"]`) ??
    document.head.appendChild(
      Object.assign(document.createElement("script"), { src: new URL(NAME, import.meta.url).href, async: true }),
    );
  return new Promise((resolve, reject) => {
    script.addEventListener("load", () => resolve(global.Plotly));
    script.addEventListener("error", () => {
      script.remove(); // so that a reload of the module tries again
      reject(new Error(`${NAME} could not be loaded`));
    });
  });
}

// Plotly puts its style rules into the document's head, which a shadow root does not see: copies them there.
/** @param {Document | ShadowRoot} root */
export function adoptStyles(root) {
  if (root === document) return;
  const rules = [...document.styleSheets]
    .filter(({ ownerNode }) => ownerNode instanceof Element && ownerNode.id.startsWith("plotly.js-style"))
    .flatMap((sheet) => [...sheet.cssRules].map((rule) => rule.cssText));
  root.append(Object.assign(document.createElement("style"), { textContent: rules.join("\n") }));
}

export default await loaded();
