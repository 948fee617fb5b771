// A live page of the site: mounted on what Python wrote into the page. Its state stands in the address after #.

import { Frame } from "./frame.js";
import { livePart, moduleOf } from "./shadow.js";
import { deliver } from "../parts/exchange.js";
import { write } from "../parts/dom.js";
import { Address } from "../kernel/address.js";
import { fill } from "../kernel/text.js";

/**
 * What Python gives a page of the site: see explorer/site/pages.py.
 * @typedef {object} SitePage
 * @property {string} page  its name
 * @property {string} root  the address of the site's folder
 * @property {string} assets  that of the folder of its assets
 * @property {Record<string, any>} words  of the site
 * @property {import("../kernel/types.js").PageData} data  what the live page is mounted with, but its state
 * @property {Record<string, any> | null} known  what an address can name; null: the models of the catalogue
 * @property {Record<string, any>} plain  the state that a plain address opens
 * @property {Record<string, any>} named  where an address with parameters starts
 * @property {Answer[]} answers  of Python: the first is that of the plain address
 *
 * @typedef {object} Answer  what Python computed for some states
 * @property {Record<string, any>} of  their values
 * @property {Record<string, any>} data  a part of the page's data
 * @property {import("../kernel/types.js").Message} message  for the mounted page
 */

const given = /** @type {SitePage} */ (JSON.parse(document.getElementById("given").textContent));

// Has the state these values?
const fits = (of, state) => Object.keys(of).every((name) => JSON.stringify(of[name]) === JSON.stringify(state[name]));

async function open() {
  const { page, data, words } = given,
    root = await livePart();
  const known = given.known ?? Object.fromEntries((data.catalogue ?? []).map((entry) => [entry.name, entry])),
    address = new Address(page, known);
  let told = 0; // the states from the address: the page must notice a return to an earlier one
  const stateOf = (params) => {
    const { state, problems } = address.open(params, given.plain, given.named);
    frame.say(problems);
    return { ...state, told: (told += 1) };
  };
  const look = () => {
    root.classList.toggle("presenting", frame.isPresenting);
    mounted?.update(now);
  };
  const frame = new Frame(given, {
    state: (params) => {
      now = { ...now, state: stateOf(params) };
      answer(now.state);
      mounted?.update(now);
    },
    look,
  });
  // The page takes Python's answer for a state, where there is one.
  const answer = (state) => {
    const found = given.answers.find(({ of }) => fits(of, state));
    if (!found) return false;
    now = { ...now, ...found.data };
    deliver(data.key, found.message);
    return true;
  };
  let now = { ...data, ...given.answers[0]?.data, state: stateOf(frame.params()) },
    mounted = null;
  if (!answer(now.state) && given.answers.length) deliver(data.key, given.answers[0].message);
  look();
  const { mount } = await moduleOf(page, data.assets).catch((error) => {
    const box = /** @type {HTMLElement} */ (root.querySelector(".failure"));
    box.hidden = false;
    write(box, fill(words.page.failed, { what: words.page.not_loaded, why: error.message }));
    throw error;
  });
  mounted = mount(root, now, (state) => {
    frame.write(address.write(state));
    queueMicrotask(() => {
      deliver(data.key, { seen: state.revision }); // it is kept
      if (answer(state)) mounted.update(now);
    });
  });
  if (!root.dataset.ready) {
    const isReady = new MutationObserver(() => {
      isReady.disconnect();
      frame.keepForLater();
    });
    isReady.observe(root, { attributeFilter: ["data-ready"] });
  } else frame.keepForLater();
}

open();
