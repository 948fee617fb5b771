// The explorer as one HTML file: its document, with places for what is in it. All between the outer braces is JSON,
// which explorer/shared.py reads too: the tool Export and the command that writes the static site make such files.
//
// base: what the file's modules take for the server, an address that no host can have; limit: bytes of a file; room:
// bytes of the original pictures of each dataset, of_class pictures of each class; plotly: the module in the place
// of parts/plotly.js, whose page stands in the document, where styles need no adopting. The first script is a classic
// one: it also runs where modules do not.

// prettier-ignore
export const SINGLE_FILE = {
  "base": "https://explorer.invalid/",
  "limit": 12000000,
  "room": 400000,
  "of_class": 10,
  "plotly": [
    "import { plotly } from \"explorer/explore/take/standalone.js\";",
    "export default await plotly();",
    "export const adoptStyles = () => {};",
    ""
  ],
  "styles": [
    ":root { --header: 0px; }",
    "body {",
    "  margin: 0; padding: 6px 24px 8px;",
    "  background: var(--st-background-color); color: var(--st-text-color); font: 13px/1.4 var(--st-font, sans-serif);",
    "}",
    ".made {",
    "  display: flex; flex-wrap: wrap; gap: 0 16px; align-items: baseline; justify-content: space-between;",
    "  font-size: 13px; padding-bottom: 4px; min-height: 34px;",
    "}",
    ".made p { margin: 0; }",
    ".made details[open] { flex-basis: 100%; }",
    ".made details p { padding: 3px 0; max-width: 110ch; }",
    ".made summary { cursor: pointer; }",
    "@media (max-width: 640px) { body { padding: 6px 10px; } }",
    ""
  ],
  "html": [
    "<!doctype html>",
    "<html lang=\"en\">",
    "<head>",
    "<meta charset=\"utf-8\">",
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">",
    "<title>{title}</title>",
    "<style>",
    "{theme}",
    "{styles}",
    "{own_styles}</style>",
    "<script type=\"importmap\">{imports}</script>",
    "</head>",
    "<body>",
    "<header class=\"made\"><p>{head}</p><details><summary>{holds}</summary>{foot}</details></header>",
    "<noscript><p class=\"failure\">{no_scripts}</p></noscript>",
    "{page}",
    "<script type=\"application/json\" id=\"data\">{data}</script>",
    "{assets}",
    "<script>if (!(window.DecompressionStream && HTMLScriptElement.supports",
    "    && HTMLScriptElement.supports(\"importmap\"))) {",
    "  var box = document.querySelector(\".live .failure\");",
    "  box.hidden = false;",
    "  box.textContent = {too_old};",
    "}</script>",
    "<script type=\"module\">import { open } from \"explorer/explore/take/standalone.js\"; open();</script>",
    "</body>",
    "</html>",
    ""
  ]
};
