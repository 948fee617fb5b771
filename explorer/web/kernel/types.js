// The shapes that travel between modules. Types only: nothing here runs.

/**
 * @typedef {[number, number]} Pair  two numbers: a point in the plane, or the two ends of an interval
 * @typedef {[number, number, number, number]} Colour  red, green, blue and opacity, from 0 to 255
 * @typedef {ArrayLike<number>} Numbers  an array of numbers, typed or not
 * @typedef {Float32Array[]} Columns  one number for each test image, a column for each dimension
 * @typedef {"VAE" | "AAE" | "AE" | string} Kind  a sibling's name
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
 * @property {string} choice  what a list shows
 * @property {Kind} kind
 * @property {string} sibling  the kind in words
 * @property {boolean} stochastic  is there a q(z|x)?
 * @property {boolean} discriminator  does it have one?
 * @property {boolean} penalised  does anything in its loss hold the latent space?
 * @property {string} holds  what does, in words
 * @property {string} dataset
 * @property {string} dataset_label
 * @property {boolean} whole  do its images fill the frame, unlike ink on paper?
 * @property {string} prior  in words
 * @property {Shape | null} shape  the prior's
 * @property {number} epochs
 * @property {number} seed
 * @property {Record<string, number | string>} weights  of its loss's terms
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
 * @typedef {object} Model  an opened model
 * @property {Entry} entry
 * @property {import("./decoder.js").Decoder} decoder
 * @property {Codes} codes
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
 * @property {string} tool  "none" if no tool is open
 * @property {number | null} moment  of the replay; null if none is shown
 * @property {string} field
 * @property {string} underlay
 * @property {string} colour  what the codes are coloured by
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
 * A Gaussian on the line or in the plane.
 * @typedef {{mean: number, std: number}} Gaussian1
 * @typedef {{mean: Pair, cov: [Pair, Pair]}} Gaussian2
 */

export {};
