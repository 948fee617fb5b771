// The note in the corner of a map: what is under the pointer, or what the map shows.

import { format, percent } from "../kernel/format.js";
import { fill } from "../kernel/text.js";

// explorer: the page; previewing: does the probe follow the pointer?
export function noteOf(explorer, panel, previewing) {
  const { surface, events } = explorer,
    { notes } = explorer.words.maps,
    { state } = explorer.probe,
    view = panel.view(state);
  if (view && !previewing) return surface?.note(panel) || viewText(view, notes);
  const isUnder = panel.map === events.hovered?.map && (previewing || !explorer.decodes(panel));
  if (isUnder) return pointerText(explorer, panel);
  const isFirstTwo = String(panel.dims(state)) !== String(state.dims); // the model lacks the chosen dimensions
  return surface?.note(panel) || (isFirstTwo ? fill(notes.first_two, { all: panel.model.entry.latent_dim }) : "");
}

// The point and the code under the pointer; in a replay, also the discriminator's D there.
function pointerText(explorer, panel) {
  const { events, replay, surface, probe } = explorer,
    { entry, codes } = panel.model,
    [x, y] = events.hovered.point,
    row = events.rowUnder(panel);
  const image =
    row === null ? "" : `image ${row}, class ${entry.classes[codes.label[row]]}${surface?.says(panel, row) ?? ""}`;
  if (!panel.isPlane(probe.state)) return image && `nearest code: ${image}`;
  const probability = replay?.of(panel) ? replay.probabilityAt(panel, [x, y]) : null;
  const d = probability === null ? "" : `D = ${format(probability)}`;
  return [`(${format(x, 2)}, ${format(y, 2)})`, d, image].filter(Boolean).join(" · ");
}

// The note of a map whose axes are no dimensions. view: a panel's; texts: by the kind of map, "made_…" for those that
// are made on demand.
export function viewText({ kind, share }, texts) {
  const [name, neighbours, distance] = kind.split("-");
  return fill(neighbours ? texts[`made_${name}`] : texts[name], { share: percent(share ?? 0), neighbours, distance });
}
