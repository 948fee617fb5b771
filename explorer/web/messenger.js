// The script of an invisible component that carries a message from Python to a mounted page. Sent with the page's own
// data, the message would make all of them travel again.

export default function ({ data: { assets, to, message } }) {
  import(new URL("web/parts/exchange.js", new URL(assets, document.baseURI)).href).then(({ deliver }) =>
    deliver(to, message),
  );
}
