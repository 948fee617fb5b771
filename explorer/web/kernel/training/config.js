// The configuration that a run's choices stand for: `to_config` in explorer/address/practice.py.

/**
 * @import { ModelConfig, TrainingConfig } from "./trainer.js"
 * @typedef {{model: ModelConfig, training: TrainingConfig}} Config
 */

// recipe: the full recipe of the chosen kind, dataset and prior; chosen: a value for each setting of the form;
// settings: the form's fields, where only_for names the kinds that have one (none: all).
/**
 * @param {Config} recipe @param {Record<string, any>} chosen @param {{name: string, only_for: string[]}[]} settings
 * @returns {Config}
 */
export function configOf(recipe, chosen, settings) {
  const { model, training, ...rest } = structuredClone(recipe);
  for (const { name, only_for: kinds } of settings) {
    if (kinds.length && !kinds.includes(model.kind)) continue;
    if (name in model) model[name] = chosen[name];
    else training[name] = chosen[name];
  }
  return { model, training, ...rest };
}
