// “Break it”: what is broken, as a person chooses it. breaking.py does it.

import { create, thumbnail, unpacked } from "../canvas.js";

const NONE = "nothing";

/**
 * Returns what the rest of “Look inside” needs of it.
 *
 * @param {Pick<Component, "element" | "props">} component
 * @param {() => void} changed called when a person breaks or repairs something
 */
export default function ({ element, props }, changed) {
  const details = /** @type {HTMLDetailsElement} */ (element.querySelector(".break"));
  const find = (selector) => /** @type {any} */ (details.querySelector(selector));
  let seed = 0;

  /** What is broken, for the server; null if nothing is. */
  function damage() {
    if (!details.open) return null;
    const [off, biases] = ["off", "biases"].map((name) => find(`[name=${name}]`).value);
    const [lost, noise, blur] = ["lost", "noise", "blur"].map(
      (name) => find(`[name=${name}]`).checked,
    );
    if (off === NONE && biases === NONE && !lost && !noise && !blur) return null;
    return {
      off: off === NONE ? null : off.split(",").map(Number),
      biases: biases === NONE ? null : Number(biases),
      lost: lost ? seed : null,
      noise,
      blur,
    };
  }

  /** Offer the layers of another network and their filters; `titles` are the layers'. */
  function offer(layers, titles) {
    const [off, biases] = ["off", "biases"].map((name) => find(`[name=${name}]`));
    off.replaceChildren(new Option(NONE));
    biases.replaceChildren(new Option(NONE));
    for (const [place, layer] of layers.entries()) {
      if (layer.kind === "MaxPooling2D") continue;
      biases.append(new Option(titles[place], layer.index));
      if (layer.kind !== "Conv2D") continue;
      const filters = Array.from({ length: layer.of }, (_, filter) => {
        return new Option(`${titles[place]}, filter ${filter + 1}`, `${layer.index},${filter}`);
      });
      off.append(create("optgroup", { label: titles[place] }, ...filters));
    }
  }

  /** What the server tells of it, or nothing. */
  async function show(broken) {
    find(".left").hidden = !broken;
    find(".left p").textContent = broken?.told ?? "";
    if (!broken) return;
    const picture = thumbnail(await unpacked(broken.pixels), "What the broken network sees");
    find(".spoiled").replaceChildren(picture);
  }

  find("fieldset").addEventListener("change", changed);
  find(".another").addEventListener("click", () => {
    seed = (seed + 1) % props.seeds;
    find("[name=lost]").checked = true;
    changed();
  });
  find(".repair").addEventListener("click", () => {
    for (const select of details.querySelectorAll("select")) select.value = NONE;
    for (const box of details.querySelectorAll("input")) box.checked = false;
    changed();
  });
  details.addEventListener("toggle", changed);
  return { damage, offer, show };
}
