// The shapes that travel between modules. Types only: nothing here runs.

/**
 * @typedef {[number, number]} Pair  two numbers: a point in the plane, or the two ends of an interval
 * @typedef {ArrayLike<number>} Numbers  an array of numbers, typed or not
 * @typedef {Float32Array[]} Columns  one number for each test image, a column for each dimension
 */

/**
 * A tensor of a safetensors file.
 * @typedef {object} Tensor
 * @property {number[]} shape
 * @property {Float32Array | Uint8Array} values  row by row
 *
 * @typedef {Record<string, Tensor>} Tensors  by name
 */

/**
 * The Gaussians of a mixture prior; null stands for N(0, I).
 * @typedef {object} Shape
 * @property {string} [name]
 * @property {Pair[]} means
 * @property {[Pair, Pair][]} axes  the unit vectors of each Gaussian's two axes
 * @property {Pair[]} stds  the standard deviations along them
 */

/**
 * A model in the catalogue: see explorer/serving/catalogue.py.
 * @typedef {object} Entry
 * @property {string} name  its folder's
 * @property {string} title
 * @property {string[]} [changes]  the settings that differ from the recipe's
 * @property {string} choice  what a list shows
 * @property {string} kind
 * @property {string} sibling  the kind in words
 * @property {boolean} stochastic  is there a q(z|x)?
 * @property {boolean} discriminator  does it have one?
 * @property {boolean} given_prior  is log p(z) added to its discriminator's logit?
 * @property {boolean} penalised  does anything in its loss hold the latent space?
 * @property {string} holds  what does, in words
 * @property {string} dataset
 * @property {string} dataset_label
 * @property {boolean} whole  do its images fill the frame, unlike ink on paper?
 * @property {string} prior  in words
 * @property {Shape | null} shape  the prior's
 * @property {number} epochs
 * @property {number} seed
 * @property {Record<string, number | string>} weights  of its loss's terms; none for a term that it does not weigh
 * @property {number} image_side  pixels
 * @property {number} channels
 * @property {number} latent_dim
 * @property {number} images  the number of test images
 * @property {string[]} classes  their names
 * @property {[number, number] | null} confusable  two classes whose codes meet
 * @property {Record<string, any>} metrics
 * @property {string | null} without_originals  why its dataset cannot be downloaded
 * @property {string} digest
 * @property {string} tensors  the address of its decoder and codes
 * @property {string | null} recording  the address of its recording
 * @property {number} moments  of its recording
 * @property {boolean} warm  is it opened before it is chosen?
 * @property {boolean} originals  are its test images here?
 * @property {boolean} errors  can the reconstruction errors be computed?
 * @property {boolean} [run]  is it a saved run?
 * @property {number} [saved]  when that was
 * @property {number | null} [originals_each]  on a static site: the number of test images in each file of them
 * @property {number[]} [held]  the rows whose test images are in an exported file
 * @property {string} [without_errors]  in an exported file: why the errors are unknown
 */

/**
 * The codes of a model's test images, by columns.
 * @typedef {object} Codes
 * @property {Columns} mean
 * @property {Columns | null} logVar
 * @property {Columns | null} umap
 * @property {Uint8Array | Float32Array} label
 * @property {number} reach  half the side of the square that holds all but the outermost codes
 *
 * @typedef {object} View  a map whose axes are no dimensions of the latent space
 * @property {string} kind
 * @property {Columns} columns
 * @property {(place: Numbers) => number[]} [project]  the place on the map of any latent point
 *
 * @typedef {object} Model  an opened model
 * @property {Entry} entry
 * @property {import("./decoder.js").Decoder} decoder
 * @property {Codes} codes
 * @property {{decode: (z: Numbers) => Float32Array}} [active]  the same decoder, faster: see kernel/active.js
 * @property {Map<string, Promise<Float32Array | null>>} [values]  of its codes, by name: see kernel/values.js
 * @property {Promise<import("./nearest.js").Neighbourhoods>} [neighbourhoods]
 * @property {Map<string, View>} [views]  maps whose axes are no dimensions, by kind
 * @property {Map<string, Float32Array[]>} [made]  maps that the server made, by the address's name
 * @property {Columns} [sampled]  one draw of z for each test image
 * @property {Columns} [priorDraws]  as many draws of N(0, I), in more than two dimensions
 * @property {{place: Pair, hole: boolean}} [gap]  the largest between its codes: see explore/places.js
 * @property {number[]} [response]  of the decoder to each dimension: see kernel/usage.js
 */

/**
 * The explorer's state, as an address holds it: see kernel/addresses.js.
 * @typedef {object} State
 * @property {number[]} mean  of the probe
 * @property {number[]} log_var
 * @property {number[]} noise  ε
 * @property {string | null} pick  the picked code, "dataset:row"
 * @property {string} left  a model's name
 * @property {string} right
 * @property {"means" | "sampled"} codes
 * @property {Pair} dims  the two dimensions that the sliders move
 * @property {string} map
 * @property {"shared" | "own"} scale  do both maps have the same axes?
 * @property {"left" | "right"} shown  the panel of the map that a narrow window shows
 * @property {string} tool  "none" if no tool is open
 * @property {number | null} moment  of the replay; null if none is shown
 * @property {string} field
 * @property {string} underlay
 * @property {number[]} opacity  of the underlay and the codes
 * @property {string} colour  what the codes are coloured by
 * @property {string} near  the open part of the tool Near
 * @property {"left" | "right"} near_side
 * @property {string} near_k  the number of neighbours
 * @property {string} near_find
 * @property {string} near_region  its shape and radius: "circle,0.8"
 * @property {number[] | null} near_at  the region's centre; null: the probe's
 * @property {string | null} walk  its waypoints
 * @property {string | null} sum  of class means
 * @property {"line" | "circle" | "curve"} way  between waypoints
 * @property {number} frames  of a walk
 * @property {number} [revision]  see parts/exchange.js
 */

/**
 * The state of lesson 2.
 * @typedef {object} ReparameterisationState
 * @property {string} view  the open part
 * @property {string} f  the function whose expectation is differentiated
 * @property {number} omega  of the cosine
 * @property {string} by  the parameter of the gradient
 * @property {number[]} mean
 * @property {number[]} log_var
 * @property {number} seed  of the draws
 * @property {number} n  their number
 * @property {number} draw  the shown one
 * @property {string} model
 * @property {number} image  a row of the test set
 * @property {string} component  the shown dimension, "1" or "2"
 * @property {string} axes  do the histograms share one?
 */

/**
 * Everything that one frame of the explorer shows, computed from one state.
 * @typedef {object} Frame
 * @property {number[]} mean
 * @property {number[]} logVar
 * @property {number[]} noise
 * @property {number[]} std
 * @property {number[]} z
 * @property {Record<"trace" | "mean" | "dimension" | "logDet", number[]>} terms  of the KL, in nats
 * @property {number[]} perDimension  the KL of each dimension, in nats
 * @property {number} kl  their sum
 * @property {boolean} previewing  does `mean` follow the pointer?
 */

/**
 * What Python gives a live page: see explorer/ui/components.py.
 * @typedef {object} Given
 * @property {string} key  of its component
 * @property {Record<string, any> & {revision?: number, seen?: number}} state
 * @property {string} assets  the address of modules and tensors
 * @property {Record<string, any>} words
 * @property {Record<string, any>} symbols  kernel/symbols.json
 * @property {boolean} presenting
 *
 * @typedef {Given & {catalogue?: Entry[], runs?: number} & Record<string, any>} PageData  with what is the page's own
 *
 * @typedef {Record<string, any> & {seen?: number}} Message  from Python to a mounted page; seen: acknowledges changes
 */

/**
 * The theme's colours, as CSS has them.
 * @typedef {object} Theme
 * @property {string} text
 * @property {string} background
 * @property {string} grid
 * @property {string} zero
 * @property {string} faint
 * @property {boolean} dark
 */

/**
 * A Gaussian in the plane.
 * @typedef {{mean: Pair, cov: [Pair, Pair]}} Gaussian2
 */

export {};
