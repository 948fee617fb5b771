// What every page of the site does before it is drawn: it takes the theme that was chosen. Opened from a disk, it says
// why it stays empty. A classic script: browsers refuse modules there.

(() => {
  const root = document.documentElement,
    dark = window.matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => {
    try {
      return localStorage.getItem("theme");
    } catch {
      return null; // a browser may forbid it
    }
  };
  const show = () => {
    const system = dark.matches ? "dark" : "light";
    root.dataset.theme = chosen() ?? system;
    window.dispatchEvent(new Event("theme"));
  };
  show();
  dark.addEventListener("change", show);
  window.addEventListener("storage", show); // chosen in another tab
  window.addEventListener("theme-chosen", show);
  document.addEventListener("DOMContentLoaded", () => {
    document.getElementById("from-file").hidden = location.protocol !== "file:";
  });
})();
