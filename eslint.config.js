// Rules for the scripts of the pages, which run in browsers without a build step.

import js from "@eslint/js";
import globals from "globals";

export default [
  js.configs.recommended,
  {
    languageOptions: { globals: globals.browser },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "eqeqeq": "error",
      "no-else-return": "error",
      "no-implicit-coercion": ["error", { allow: ["!!"] }],
      "no-restricted-syntax": [
        "error",
        {
          selector: "Literal[value=/^\\u002f(api|app)\\b/], TemplateElement[value.raw=/^\\u002f(api|app)\\b/]",
          message: "Use apiPath() or pagePath() of lib/paths.js.",
        },
      ],
      "no-shadow": "error",
      "no-unused-expressions": ["error"],
      "no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_." }],
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-const": "error",
      "require-await": "error",
    },
  },
];
