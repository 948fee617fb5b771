// What eslint asks of the browser's half. Run at the project's root: see tests/test_checks.py.
import js from "@eslint/js";
import globals from "globals";

export default [
  js.configs.recommended,
  {
    files: ["explorer/web/**/*.js"],
    languageOptions: { ecmaVersion: "latest", sourceType: "module", globals: globals.browser },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "no-nested-ternary": "error",
      "no-sequences": "error",
      "no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "no-var": "error",
      "prefer-const": "error",
      eqeqeq: "error",
      complexity: ["error", 20],
    },
  },
  {
    files: ["explorer/web/kernel/**/*.js"], // no document: it runs in Node as well
    rules: { "no-restricted-globals": ["error", "document", "window"] },
  },
  {
    files: ["explorer/web/kernel/quantiles.js"], // its constants stand as the paper prints them
    rules: { "no-loss-of-precision": "off" },
  },
];
