// Linear layers with a ReLU between them: models.multilayer_perceptron's forward pass.

export class Perceptron {
  // tensors: what readSafetensors gives, with PREFIX.0.weight (out, in), PREFIX.0.bias, PREFIX.2 ...; last: a ReLU after the last layer too.
  constructor(tensors, prefix, { last = false } = {}) {
    this.layers = [];
    for (let i = 0; tensors[`${prefix}.${i}.weight`]; i += 2) this.layers.push(layer(tensors, `${prefix}.${i}`));
    this.last = last;
  }

  // x: as many numbers as the first layer takes. Returns the last layer's, in an array that the next call overwrites.
  forward(x) {
    let activations = x;
    this.layers.forEach((layer, index) => {
      activations = linear(layer, activations);
      if (!this.last && index === this.layers.length - 1) return;
      for (let i = 0; i < activations.length; i++) if (activations[i] < 0) activations[i] = 0;
    });
    return activations;
  }
}

// One linear layer by its name: what `linear` takes.
export function layer(tensors, name) {
  const { shape: [outputs, inputs], values } = tensors[`${name}.weight`];
  return { inputs, weight: values, bias: tensors[`${name}.bias`].values, result: new Float32Array(outputs) };
}

// Returns weight x + bias, in the layer's own array.
export function linear({ inputs, weight, bias, result }, x) {
  const whole = inputs - (inputs % 4);
  for (let row = 0, at = 0; row < result.length; row++, at += inputs) {
    let a = bias[row], b = 0, c = 0, d = 0; // four sums, so that they need not wait for each other
    for (let i = 0; i < whole; i += 4) {
      a += weight[at + i] * x[i];
      b += weight[at + i + 1] * x[i + 1];
      c += weight[at + i + 2] * x[i + 2];
      d += weight[at + i + 3] * x[i + 3];
    }
    for (let i = whole; i < inputs; i++) a += weight[at + i] * x[i];
    result[row] = a + b + (c + d);
  }
  return result;
}
