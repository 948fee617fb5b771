// The script of a live page's component: it imports the page's module, mounts it, and hands it what is new.
//
// Streamlit loads a component's script from a blob, so the modules are imported by address. It runs the default export
// again whenever data or theme change: the page is mounted once for each parent. If two updates arrive together,
// Streamlit calls the first run's cleanup although the page is still shown. So clean up only once the element has left
// the document. components.py puts the page's folder in the place of NAME.

const mounted = new WeakMap();
export default function ({ data, parentElement, setStateValue }) {
  let page = mounted.get(parentElement);
  const root = parentElement.querySelector(".live");
  root.classList.toggle("presenting", data.presenting);
  if (!page) {
    page = { data, instance: null, gone: false };
    mounted.set(parentElement, page);
    import(new URL("web/NAME/page.js", new URL(data.assets, document.baseURI)).href)
      .then((module) => {
        if (page.gone) return;
        page.instance = module.mount(root, page.data, (state) => page.gone || setStateValue("state", state));
      })
      .catch((error) => {
        const box = root.querySelector(".failure");
        box.hidden = false;
        const { failed, not_loaded: what } = page.data.words.page;
        box.textContent = failed.replace("{what}", () => what).replace("{why}", () => error.message);
      });
  } else if (page.instance) page.instance.update(data);
  else page.data = data;
  return () => {
    if (root.isConnected || page.gone) return;
    page.gone = true;
    mounted.delete(parentElement);
    page.instance?.destroy();
  };
}
