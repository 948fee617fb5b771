// Plotly as a module: the classic script out of the installed plotly package.

const NAME = "plotly.min.js";

function loaded() {
  if (window.Plotly) return Promise.resolve(window.Plotly);
  const script =
    document.querySelector(`script[src$="${NAME}"]`) ??
    document.head.appendChild(
      Object.assign(document.createElement("script"), { src: new URL(NAME, import.meta.url).href, async: true }),
    );
  return new Promise((resolve, reject) => {
    script.addEventListener("load", () => resolve(window.Plotly));
    script.addEventListener("error", () => {
      script.remove(); // so that a reload of the module tries again
      reject(new Error(`${NAME} could not be loaded`));
    });
  });
}

export default await loaded();
