// The decoder's forward pass: linear layers with a ReLU between them, the same as models.Decoder.

// tensors: what readSafetensors gives, with decoder.body.0.weight (out, in), decoder.body.0.bias, decoder.body.2 ...
export class Decoder {
  constructor(tensors) {
    this.layers = [];
    for (let i = 0; tensors[`decoder.body.${i}.weight`]; i += 2) {
      const weight = tensors[`decoder.body.${i}.weight`];
      const [outputs, inputs] = weight.shape;
      this.layers.push({
        inputs,
        weight: weight.values,
        bias: tensors[`decoder.body.${i}.bias`].values,
        result: new Float32Array(outputs),
      });
    }
  }

  // z: latent_dim numbers. Returns the logits of the pixels, in an array that the next call overwrites.
  decode(z) {
    let activations = z;
    this.layers.forEach((layer, index) => {
      linear(layer, activations);
      activations = layer.result;
      if (index < this.layers.length - 1) {
        for (let i = 0; i < activations.length; i++) if (activations[i] < 0) activations[i] = 0;
      }
    });
    return activations;
  }
}

function linear({ inputs, weight, bias, result }, x) {
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
}

// Draws the sigmoid of the logits, white on black, into a canvas of side x side pixels.
export function drawLogits(canvas, logits, side) {
  drawPixels(canvas, side, (i) => 255 / (1 + Math.exp(-logits[i])));
}

// value(i): the i-th pixel, 0 to 255, row by row.
export function drawPixels(canvas, side, value) {
  if (canvas.width !== side) canvas.width = canvas.height = side;
  const context = canvas.getContext("2d");
  const image = context.createImageData(side, side);
  for (let i = 0; i < side * side; i++) {
    const at = 4 * i;
    image.data[at] = image.data[at + 1] = image.data[at + 2] = Math.round(value(i));
    image.data[at + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}
