// All that an address can hold: for each page its parameters, with name, kind, limits and default. All between the
// outer braces is JSON, which explorer/address/schema.py reads too: that file says what a field holds.

// prettier-ignore
export const ADDRESSES = {
  "decimals": 4,
  "fine_decimals": 6,
  "browser_models": "browser/",
  "longest_shown": 60,
  "reasons": {
    "ignored": "{name}={written} was ignored: {why}.",
    "or": " or ",
    "choice": "it can be {options}",
    "model": "there is no such model here{alike}",
    "alike": "; the names most like it are {names}",
    "browser_model": "that model is kept in the browser that trained it, and is not in this one",
    "whole": "it must be a whole number from {least} to {most}",
    "number": "it must be a number from {least} to {most}",
    "numbers": "it must be {count} numbers with commas between them, each from {least} to {most}",
    "pair": "it must be one number or two with a comma between them, each from {least} to {most}",
    "parts": "it must be {count} numbers with commas between them",
    "part": "its {part} must lie between {least} and {most}",
    "covariance": "its fourth number is the covariance: the matrix would not be positive definite",
    "dimensions": "it names two different dimensions from 1 to {dimensions}, as in 1,2",
    "two_maps": "it names one map for both panels, or one for each",
    "maps": "a map is {kinds} or a new UMAP, written as umap-50-0.5, with {fewest} to {most} neighbours and a least distance from {nearest} to {farthest} of two decimals",
    "region": "it is {options} and its radius from {least} to {most}, as in circle,0.8",
    "image": "it names a dataset and one of its test images, as in mnist:12",
    "waypoints": "a walk has at most {most} waypoints",
    "walk_images": "its images are test images of one dataset, as in mnist:12;mnist:99",
    "walk_points": "its points have from 2 to {most} coordinates, as in 1,2;0.5,-1",
    "sum": "it names two classes, from 0 to {last}, as in 4,9 or 4,9,image",
    "tool_beside_replay": "there are no tools beside a replay; leave out moment",
    "wholes": "it must be 1 to {count} whole numbers with - between them, each from {least} to {most}",
    "setting": "its value of {setting} is wrong: {why}",
    "settings": "its settings can be {options}"
  },
  "settings": [
    { "name": "prior", "kind": "choice", "options": "priors" },
    { "name": "beta", "kind": "exact", "least": 0, "most": 1000, "step": 0.5 },
    { "name": "adversarial_weight", "kind": "exact", "least": 0, "most": 10000, "step": 5 },
    { "name": "hidden", "kind": "wholes", "count": 4, "least": 1, "most": 1024 },
    { "name": "lr", "kind": "exact", "least": 1e-06, "most": 10, "step": 0.0005 },
    { "name": "discriminator_lr", "kind": "exact", "least": 1e-06, "most": 10, "step": 0.0005 },
    { "name": "epochs", "kind": "whole", "least": 1, "most": 1000, "step": 10 },
    { "name": "batch_size", "kind": "whole", "least": 8, "most": 4096, "step": 16 },
    { "name": "seed", "kind": "whole", "least": 0, "most": 2147483647, "step": 1 }
  ],
  "pages": {
    "explore": {
      "fields": [
        {
          "name": "mean", "kind": "numbers", "count": "dimensions", "least": -1000, "most": 1000,
          "default": [0.0, 0.0], "always": true
        },
        {
          "name": "log_var", "kind": "numbers", "count": "dimensions", "least": -80, "most": 80,
          "default": [-2.0, -2.0], "always": true
        },
        {
          "name": "noise", "kind": "numbers", "count": "dimensions", "least": -100, "most": 100,
          "default": [0.8, -0.6], "always": true
        },
        { "name": "pick", "kind": "image" },
        { "name": "left", "kind": "model", "always": true },
        { "name": "right", "kind": "model", "always": true },
        { "name": "codes", "kind": "choice", "options": ["means", "sampled"], "always": true },
        { "name": "dims", "kind": "dimensions", "default": [0, 1], "always": true, "only": "dimensions" },
        {
          "name": "map", "kind": "maps", "options": ["umap", "plane", "pca"], "made": ["umap", "pixels"],
          "neighbours": [2, 200], "distance": [0.0, 0.99], "default": "umap", "always": true, "only": "dimensions"
        },
        { "name": "scale", "kind": "choice", "options": ["shared", "own"] },
        { "name": "shown", "kind": "choice", "options": ["left", "right"] },
        { "name": "moment", "kind": "whole", "least": 0, "most": 29 },
        { "name": "field", "kind": "choice", "options": ["none", "D"], "only": "replay" },
        {
          "name": "tool", "kind": "choice", "options": ["none", "draw", "near", "map", "walk", "take"],
          "beside": "moment", "why_not": "tool_beside_replay"
        },
        {
          "name": "underlay", "kind": "choice",
          "options": ["none", "quantiles", "grid", "density", "ratio", "stretch", "pictures", "D"]
        },
        { "name": "colour", "kind": "choice", "options": ["class", "kl", "error", "judgement", "density"] },
        { "name": "opacity", "kind": "numbers", "count": 2, "least": 0, "most": 1, "default": [1.0, 1.0] },
        { "name": "near", "kind": "choice", "options": ["neighbours", "region", "find"], "only": "near" },
        { "name": "near_side", "kind": "choice", "options": ["left", "right"], "only": "near" },
        { "name": "near_k", "kind": "choice", "options": ["8", "4", "6", "12", "16", "24"], "only": "near" },
        {
          "name": "near_find", "kind": "choice", "only": "near", "classes": true,
          "options": [
            "misplaced", "error-largest", "error-smallest", "kl-largest", "kl-smallest", "judgement-largest",
            "judgement-smallest", "density-largest", "density-smallest", "class-0"
          ]
        },
        {
          "name": "near_region", "kind": "region", "options": ["circle", "square"], "least": 0.1, "most": 4,
          "only": "near"
        },
        {
          "name": "near_at", "kind": "numbers", "count": "near_dimensions", "least": -1000, "most": 1000,
          "default": null, "only": "near"
        },
        { "name": "walk", "kind": "walk", "waypoints": 8, "least": -1000, "most": 1000 },
        { "name": "sum", "kind": "sum" },
        { "name": "way", "kind": "choice", "options": ["line", "circle", "curve"] },
        { "name": "frames", "kind": "whole", "least": 8, "most": 24, "default": 12 }
      ]
    },
    "why": {
      "fields": [
        { "name": "tab", "kind": "choice", "options": ["invent", "evidence", "loss", "blur", "shell", "predict"] },
        { "name": "step", "kind": "choice", "options": [1, 2, 3, 4, 5, 6] },
        { "name": "ae", "kind": "model" },
        { "name": "vae", "kind": "model" },
        { "name": "aae", "kind": "model" },
        { "name": "many", "kind": "model" },
        { "name": "z", "kind": "numbers", "count": 2, "least": -4, "most": 4, "default": null },
        { "name": "neighbours", "kind": "whole", "least": 1, "most": 64, "default": 16 },
        { "name": "radius", "kind": "number", "least": 0, "most": 1000 },
        { "name": "seed", "kind": "whole", "least": 0, "most": 999999, "default": 1 },
        { "name": "image", "kind": "whole", "least": 0, "most": 100000000, "below": "images", "default": 0 },
        { "name": "mean", "kind": "numbers", "count": 2, "least": -8, "most": 8, "default": null },
        { "name": "log_var", "kind": "numbers", "count": 2, "least": -10, "most": 1, "default": null },
        { "name": "kind", "kind": "choice", "options": ["vae", "aae", "ae"] },
        { "name": "code", "kind": "numbers", "count": 2, "least": -1000, "most": 1000, "default": null }
      ]
    },
    "kl": {
      "fields": [
        { "name": "tab", "kind": "choice", "options": ["one", "two", "derivation", "logvar", "loss", "collapse", "predict"] },
        { "name": "step", "kind": "choice", "options": [1, 2, 3, 4, 5, 6] },
        {
          "name": "q", "kind": "numbers", "count": 2, "least": [-100, 0.02], "most": [100, 100],
          "parts": ["mean", "σ"], "default": [1.0, 2.0]
        },
        {
          "name": "p", "kind": "numbers", "count": 2, "least": [-100, 0.02], "most": [100, 100],
          "parts": ["mean", "σ"], "default": [0.0, 1.0]
        },
        { "name": "gap", "kind": "number", "least": 0, "most": 20, "default": 0.0 },
        { "name": "limit", "kind": "number", "least": -1000, "most": 1000 },
        {
          "name": "q2", "kind": "numbers", "count": 5, "least": [-100, -100, 0.001, -10000, 0.001],
          "most": [100, 100, 10000, 10000, 10000],
          "parts": ["first mean", "second mean", "first variance", "covariance", "second variance"],
          "correlation": 0.9999, "default": [1.0, 0.0, 2.0, 1.0, 2.0]
        },
        {
          "name": "p2", "kind": "numbers", "count": 5, "least": [-100, -100, 0.001, -10000, 0.001],
          "most": [100, 100, 10000, 10000, 10000],
          "parts": ["first mean", "second mean", "first variance", "covariance", "second variance"],
          "correlation": 0.9999, "default": [0.0, 0.0, 1.0, 0.0, 1.0]
        },
        { "name": "n", "kind": "choice", "options": [10, 100, 1000, 10000, 100000], "default": 1000 },
        { "name": "seed", "kind": "whole", "least": 0, "most": 999999, "default": 1 },
        { "name": "rate", "kind": "number", "least": 0.01, "most": 10, "default": 1.5 },
        { "name": "log_var", "kind": "number", "least": -120, "most": 120, "default": 88.8 },
        { "name": "vae", "kind": "model" },
        { "name": "image", "kind": "whole", "least": 0, "most": 100000000, "below": "images", "default": 0 },
        { "name": "width", "kind": "number", "least": -10, "most": 1, "default": -3.0 },
        { "name": "beta", "kind": "number", "least": 0, "most": 100, "default": 1.0 },
        { "name": "model", "kind": "model" },
        { "name": "dimension", "kind": "whole", "least": 1, "most": 100000, "below": "past_dimensions" },
        { "name": "value", "kind": "number", "least": -4, "most": 4, "default": 2.0 }
      ]
    },
    "reparameterisation": {
      "always": true,
      "fields": [
        { "name": "view", "kind": "choice", "options": ["graphs", "draws", "estimators", "vae", "code", "predict"] },
        { "name": "step", "kind": "choice", "options": [1, 2, 3, 4, 5, 6] },
        { "name": "f", "kind": "choice", "options": ["square", "cosine", "step"] },
        { "name": "by", "kind": "choice", "options": ["mean", "std", "log_var"] },
        { "name": "component", "kind": "choice", "options": ["1", "2"] },
        { "name": "axes", "kind": "choice", "options": ["shared", "own"] },
        {
          "name": "mean", "kind": "numbers", "count": 2, "fewest": 1, "least": -100, "most": 100,
          "default": [1.0, 0.5]
        },
        {
          "name": "log_var", "kind": "numbers", "count": 2, "fewest": 1, "least": -20, "most": 20,
          "default": [-1.0, -1.0]
        },
        { "name": "omega", "kind": "number", "least": 0, "most": 20, "default": 2.0 },
        { "name": "seed", "kind": "whole", "least": 0, "most": 4294967295, "default": 229 },
        { "name": "n", "kind": "whole", "least": 2, "most": 100000, "default": 1000 },
        { "name": "draw", "kind": "whole", "least": 0, "most": 99999, "below": "n", "default": 0 },
        { "name": "image", "kind": "whole", "least": 0, "most": 100000000, "below": "images", "default": 0 },
        { "name": "model", "kind": "model" }
      ]
    },
    "adversary": {
      "always": true,
      "tab": { "name": "tab", "kind": "choice", "options": ["terms", "point", "field", "teach", "play", "readings", "predict"] },
      "tabs": {
        "terms": [
          { "name": "vae", "kind": "model" },
          { "name": "images", "kind": "choice", "options": [10, 30, 100, 300, 1000, 3000], "default": 300 }
        ],
        "point": [
          { "name": "point", "kind": "model" },
          { "name": "image", "kind": "whole", "least": 0, "most": 100000000, "below": "images", "default": 0 },
          { "name": "width", "kind": "number", "least": -10, "most": 1, "default": -3.0 }
        ],
        "field": [
          { "name": "vae", "kind": "model" },
          { "name": "aae", "kind": "model" },
          { "name": "part", "kind": "choice", "options": ["whole", "learnt", "given"] },
          { "name": "label", "kind": "whole", "least": 0, "most": 9, "default": 0 },
          {
            "name": "z", "kind": "numbers", "count": 2, "least": -4.5, "most": 4.5, "fine": true,
            "default": [1.5, 1.0]
          },
          { "name": "moment", "kind": "whole", "least": 0, "most": 29 }
        ],
        "teach": [
          { "name": "prior", "kind": "choice", "options": ["normal", "mixture", "swiss-roll"] },
          {
            "name": "mean", "kind": "numbers", "count": 2, "least": -4.5, "most": 4.5, "fine": true,
            "default": [1.0, 0.0]
          },
          { "name": "std", "kind": "number", "least": 0.2, "most": 3, "fine": true, "default": 1.0 },
          { "name": "hole", "kind": "number", "least": 0, "most": 0.9, "fine": true, "default": 0.0 },
          {
            "name": "at", "kind": "numbers", "count": 2, "least": -3, "most": 3, "fine": true, "default": [0.0, 0.0]
          },
          { "name": "seed", "kind": "whole", "least": 0, "most": 1000000, "default": 0 },
          { "name": "rate", "kind": "number", "least": 1e-05, "most": 3, "fine": true, "default": 0.005 },
          { "name": "speed", "kind": "whole", "least": 1, "most": 50, "default": 5 }
        ],
        "play": [
          {
            "name": "preset", "kind": "choice", "options": ["matched", "strong", "weak", "pinned", "dropping", "own"],
            "presets": {
              "matched": {
                "prior": "normal",
                "encoder": "codes",
                "norm": "off",
                "pull": "log",
                "start": [-2.0, -2.5],
                "spread": 0.5,
                "rate_d": 0.003,
                "rate_e": 0.1,
                "moves": 2
              },
              "strong": {
                "prior": "normal",
                "encoder": "codes",
                "norm": "off",
                "pull": "saturating",
                "start": [-3.0, -3.0],
                "spread": 0.3,
                "rate_d": 0.01,
                "rate_e": 0.1,
                "moves": 20
              },
              "weak": {
                "prior": "normal",
                "encoder": "codes",
                "norm": "off",
                "pull": "log",
                "start": [-2.0, -2.5],
                "spread": 0.5,
                "rate_d": 0.0003,
                "rate_e": 2.0,
                "moves": 1
              },
              "pinned": {
                "prior": "normal",
                "encoder": "codes",
                "norm": "batch",
                "pull": "log",
                "start": [-2.0, -2.5],
                "spread": 1.0,
                "rate_d": 0.003,
                "rate_e": 0.1,
                "moves": 2
              },
              "dropping": {
                "prior": "mixture",
                "encoder": "map",
                "norm": "off",
                "pull": "log",
                "start": [2.0, 0.0],
                "spread": 0.3,
                "rate_d": 0.002,
                "rate_e": 0.03,
                "moves": 1
              }
            }
          },
          { "name": "seed", "kind": "whole", "least": 0, "most": 1000000, "default": 0 },
          { "name": "speed", "kind": "whole", "least": 1, "most": 50, "default": 1 },
          { "name": "prior", "kind": "choice", "options": ["normal", "mixture", "swiss-roll"] },
          { "name": "encoder", "kind": "choice", "options": ["codes", "map", "line"] },
          { "name": "norm", "kind": "choice", "options": ["off", "batch"] },
          { "name": "pull", "kind": "choice", "options": ["log", "saturating"] },
          {
            "name": "start", "kind": "numbers", "count": 2, "least": -4.5, "most": 4.5, "fine": true,
            "default": [-2.0, -2.5]
          },
          { "name": "spread", "kind": "number", "least": 0.05, "most": 3, "fine": true, "default": 0.5 },
          { "name": "rate_d", "kind": "number", "least": 1e-05, "most": 3, "fine": true, "default": 0.003 },
          { "name": "rate_e", "kind": "number", "least": 1e-05, "most": 3, "fine": true, "default": 0.1 },
          { "name": "moves", "kind": "whole", "least": 1, "most": 50, "default": 2 }
        ],
        "readings": [
          { "name": "model", "kind": "model" },
          { "name": "other", "kind": "choice", "options": ["batch", "line"] },
          { "name": "seed", "kind": "whole", "least": 0, "most": 1000000, "default": 0 }
        ],
        "predict": [
          { "name": "step", "kind": "choice", "options": [1, 2, 3, 4, 5, 6] },
          {
            "name": "mean", "kind": "numbers", "count": 2, "least": -4.5, "most": 4.5, "fine": true,
            "default": [1.6, 1.2]
          },
          { "name": "std", "kind": "number", "least": 0.2, "most": 3, "fine": true, "default": 1.0 },
          { "name": "hole", "kind": "number", "least": 0.01, "most": 0.9, "fine": true, "default": 0.2 },
          { "name": "vae", "kind": "model" },
          { "name": "point", "kind": "model" },
          { "name": "image", "kind": "whole", "least": 0, "most": 100000000, "below": "images", "default": 0 }
        ]
      }
    },
    "practice": {
      "fields": [
        { "name": "tab", "kind": "choice", "options": ["train", "clinic", "predict"] },
        { "name": "a", "kind": "run", "default": "vae,digits", "always": true },
        { "name": "b", "kind": "run", "default": "aae,digits", "always": true },
        { "name": "where", "kind": "choice", "options": ["browser", "server"] },
        { "name": "case", "kind": "whole", "least": 1, "most": 10, "default": 1 },
        { "name": "moment", "kind": "whole", "least": 0, "most": 5, "default": 5 },
        { "name": "step", "kind": "choice", "options": [1, 2, 3, 4, 5, 6] }
      ]
    },
    "scoreboard": {
      "fields": [
        { "name": "dataset", "kind": "choice", "options": "datasets", "always": true },
        { "name": "model", "kind": "model", "always": true },
        { "name": "runs", "kind": "choice", "options": ["newest", "all"] }
      ]
    }
  }
};
