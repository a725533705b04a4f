// The panel of a chosen map: the filter's weights, where it fires, how one of its values comes
// about, and the test images that make it fire most.

import { create, percent, shades, signed, sized, squares, thumbnail } from "../canvas.js";
import { gridSlider } from "./grid.js";

const SIDE = 168; // CSS pixels of the image with the map over it
const SCALE = SIDE / 28;
const GAP = 5; // CSS pixels between two slices
const DIGITS = 2; // after the point of a sum

/**
 * @param {() => string[]} colours for what speaks for something and what against
 * @param {(at: number[]) => void} choose called with the row and column that a person chooses
 */
export default function (colours, choose) {
  let element = null; // of the map shown
  let shown = ""; // the numbers of its layer, of itself, and of its slices
  let parts = null;
  let layer = null;

  /**
   * Show a map; returns the panel, a new one for another map.
   *
   * @param {any} filter as `filter_of` in __init__.py describes it
   * @param {any} itsLayer
   * @param {{ weights: Uint8Array, products: Uint8Array?, map: Uint8Array, image: Uint8Array }} drawn
   * @param {HTMLElement[]} pictures of the test images
   */
  function show(filter, itsLayer, drawn, pictures) {
    layer = itsLayer;
    const numbers = String([filter.layer, filter.map, filter.slices]);
    if (shown !== numbers) make(filter);
    shown = numbers;
    parts.most.replaceChildren(...most(pictures));
    drawSlices(parts.weights, drawn.weights, filter);
    drawWhere(drawn.map, drawn.image, filter.sum?.at);
    const strength =
      filter.share === null
        ? ""
        : ` Its highest value is ${percent(filter.share)} of the highest on any test image.`;
    const others = filter.sum ? " Choose another place to see its sum." : "";
    parts.strength.textContent = `Where it fires on the image, in green.${strength}${others}`;
    if (filter.sum) showSum(filter, drawn.products);
    return element;
  }

  function make(filter) {
    const { side, slices, map } = filter;
    const canvas = (label) => create("canvas", { role: "img", "aria-label": label });
    parts = {
      weights: canvas(`The weights of filter ${map + 1}`),
      where: create("canvas", { role: "img", "aria-label": "Where it fires on the image" }),
      strength: create("figcaption"),
      products: canvas("Weights times what is under them"),
      sum: create("figcaption"),
      slider: null,
      most: create("div", { class: "most" }),
    };
    const told =
      slices === 1
        ? "Its weights: bright pixels under filled squares make it fire, those under hollow ones hold it back."
        : `Its weights, ${side}×${side} for each of the ${slices} maps above.`;
    element = create(
      "div",
      { class: "filter", role: "region", "aria-label": `Map ${map + 1}` },
      create("h5", {}, `Map ${map + 1}`),
      create("figure", {}, parts.weights, create("figcaption", {}, told)),
      create("figure", {}, where(filter), parts.strength),
    );
    if (filter.sum) element.append(create("figure", {}, parts.products, parts.sum));
    element.append(parts.most);
  }

  /** The image with the map over it; of a convolution's map one chooses a value there. */
  function where(filter) {
    if (!filter.sum) return parts.where;
    const chosen = (place) => choose([Math.floor(place / layer.size[1]), place % layer.size[1]]);
    parts.slider = gridSlider("Place on the map", () => layer.size[1], chosen);
    parts.where.addEventListener("click", (event) => {
      const [row, column] = [event.offsetY, event.offsetX].map((offset, axis) => {
        const place = Math.floor((offset / SCALE - start()) / layer.stride);
        return Math.max(0, Math.min(layer.size[axis] - 1, place));
      });
      choose([row, column]);
    });
    return create("div", { class: "tiles" }, parts.where, parts.slider);
  }

  function most(pictures) {
    if (!pictures.length) {
      const unused = "No test image makes it fire: training found no use for this filter.";
      return [create("p", { class: "note" }, unused)];
    }
    return [
      create("div", { class: "row" }, ...pictures),
      create("p", { class: "note" }, "The test images that make it fire most."),
    ];
  }

  /** Where the map's first value begins on the image, in pixels of the image. */
  function start() {
    return layer.middle - layer.stride / 2;
  }

  /** Signed values of a filter, slice by slice. */
  function drawSlices(canvas, values, { side, slices }) {
    const cell = slices === 1 ? 120 / side : side > 3 ? 6 : 8;
    const step = side * cell + GAP;
    const columns = slices === 1 ? 1 : Math.min(8, slices);
    const height = slices === 1 ? step : Math.ceil(slices / columns) * step;
    sized(canvas, columns * step, height, (context) => {
      for (let slice = 0; slice < slices; slice++) {
        const left = (slice % columns) * step + 2;
        const top = Math.floor(slice / columns) * step + 2;
        context.globalAlpha = 0.08;
        context.fillStyle = getComputedStyle(canvas).color;
        context.fillRect(left, top, side * cell, side * cell);
        context.globalAlpha = 1;
        squares(context, values.subarray(slice * side * side), side, left, top, cell, colours());
      }
    });
    canvas.style.width = `${columns * step}px`;
  }

  /** @param {number[]} [at] the row and column of the value to frame */
  function drawWhere(map, image, at) {
    const [rows, columns] = layer.size;
    sized(parts.where, SIDE, SIDE, (context) => {
      context.imageSmoothingEnabled = false;
      context.drawImage(thumbnail(image, ""), 0, 0, SIDE, SIDE);
      const fires = shades(map, columns, rows, "#2dd4bf");
      const [left, pixels] = [start() * SCALE, layer.stride * SCALE];
      context.globalAlpha = 0.8;
      context.drawImage(fires, left, left, columns * pixels, rows * pixels);
      context.globalAlpha = 1;
      if (!at) return;
      const [top, side] = at.map(
        (place) => (layer.middle + place * layer.stride - layer.field / 2) * SCALE,
      );
      for (const [colour, width] of [
        ["black", 4],
        ["white", 2],
      ]) {
        context.strokeStyle = colour;
        context.lineWidth = width;
        context.strokeRect(side, top, layer.field * SCALE, layer.field * SCALE);
      }
    });
    parts.where.style.width = `${SIDE}px`;
  }

  function showSum(filter, products) {
    const { sum, bias, at } = filter.sum;
    const total = sum + bias;
    const count = (filter.slices * filter.side ** 2).toLocaleString("en");
    const fires = total > 0 ? "so it fires" : "not above zero, so it does not fire";
    drawSlices(parts.products, products, filter);
    parts.sum.textContent =
      `Each weight times what is under it in the frame. These ${count} products add up to ` +
      `${signed(sum, DIGITS)}; the bias of ${signed(bias, DIGITS)} makes it ${signed(total, DIGITS)}, ${fires}.`;
    parts.slider.max = layer.size[0] * layer.size[1] - 1;
    parts.slider.value = at[0] * layer.size[1] + at[1];
    const place = `Row ${at[0] + 1}, column ${at[1] + 1}`;
    parts.slider.setAttribute("aria-valuetext", `${place}: ${signed(total, DIGITS)}`);
  }

  return { show };
}
