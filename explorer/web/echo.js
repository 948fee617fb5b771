// The script of a small component beside each page. It tells the page which of its changes Python has received: sent
// with the page's own data, all of that would travel again.

export default function ({ data }) {
  import(new URL("web/parts/exchange.js", new URL(data.assets, document.baseURI))).then(({ echoed }) =>
    echoed(data.revision),
  );
}
