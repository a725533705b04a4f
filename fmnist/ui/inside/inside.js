// “Look inside”. While it is open, it sends the pixels of each answer to the server, and draws what
// the network computes from them. inside/__init__.py explains the parts of the server's response.

import {
  create,
  percent,
  raised,
  shades,
  signed,
  sized,
  squares,
  thumbnail,
  unpacked,
} from "../canvas.js";
import { arrival, hear } from "../events.js";
import { paint } from "../pad/paint.js";
import { inTurns } from "../turns.js";
import breaking from "./breaking.js";
import { offerDigits } from "./digits.js";
import filterPanel from "./filter.js";
import { gridSlider } from "./grid.js";

const REST = 50; // milliseconds from an answer to the request for its maps: new answers go first
const OFTEN = 200; // milliseconds between two such requests, so that maps do not delay answers
const PAUSE = 300; // milliseconds without a new answer before asking for an explanation
const SHARP = 560; // pixels of a side of the drawing behind the squares
const WORDS = {
  first: (layer) =>
    `${layer.of} filters, each a small pattern of ${layer.side}×${layer.side} weights, slide over the image. A filter fires where the image resembles its pattern: an edge, say, or a slanting line.`,
  next: (layer, before) =>
    `${layer.of} filters look at all ${before.of} maps above at once, so they can fire on combinations such as ends, bends and crossings. Each value depends on ${layer.field}×${layer.field} pixels of the image.`,
  pool: () =>
    "Of every 2×2 values only the highest is kept. The maps get smaller, and it matters less whether something is one pixel further to the left.",
  dense: (layer, before) =>
    before?.kind === "Dense"
      ? `${layer.of} units add up the ${before.of} above in the same way.`
      : `${layer.of} units, one bar each, add up all values of all maps above, each unit with its own weights. From here on it no longer matters where something is, only what it might be.`,
  last: "One last sum for each answer: its logit. The highest wins, and a formula called softmax turns all ten into probabilities. Only how far apart they are counts, so they are shown as differences from their mean. The answer’s percentages differ from these: they come from the average of the logits for several views of the picture, and are then scaled (Platt scaling) to how often it was right about people’s pictures.",
};

/** @param {Component} component */
export default function ({ element, props, trigger, watch }) {
  const find = (selector) => element.querySelector(selector);
  const details = find("details");
  let wanted = { all: false, map: null, at: null, rival: null };
  let network = null; // whose layers are shown
  let labels = null; // of the classes shown
  let explained = null; // the last answer with `why`
  let dataset = null; // of the last answer
  let answer = null; // the last one, null if there is none
  let strokes = [];
  let photo = null; // an image, if the answer is to one
  let width = 0; // of the component, to which everything is drawn
  let pauses = [];
  let askedAt = -OFTEN; // when the last one was sent
  let requests = 0;
  let fresh = 0; // the number of the first request since all was hidden
  const broken = breaking({ element, props }, () => ask(true));
  const panelOfMap = filterPanel(colours, (at) => {
    wanted.at = at;
    ask(false);
  });

  const turns = inTurns(({ why }) => {
    askedAt = performance.now();
    const other = told.by.network === network ? {} : { map: null, at: null, damage: null };
    trigger("input", {
      ...wanted,
      pixels: image().views,
      drawn: image().drawn,
      why,
      damage: broken.damage(),
      ...other, // of another network, whose layers are not these
      number: ++requests,
    });
  }, "unseen");

  /** Ask for the layers, and for an explanation if one is still to come. */
  function ask(why) {
    if (answer) turns.ask({ why: why || turns.next()?.why });
  }

  // Show nothing of the last picture until there is something to show of the next, but keep its room,
  // so that nothing moves.
  function hide() {
    fresh = requests + 1;
    details.style.minHeight = details.open ? `${details.offsetHeight}px` : "";
    find(".body").hidden = true;
    explain("hidden");
  }

  /** Show or hide the explanation, which keeps its room. */
  function explain(visibility) {
    for (const part of [".why", ".alike"]) find(part).style.visibility = visibility;
  }

  /** What is looked at: the answer, or the chosen digit of a number. */
  function image() {
    return answer.digits[find(".which select").selectedIndex] ?? answer;
  }

  find(".which select").addEventListener("change", () => ask(true));

  function renew(told) {
    for (const pause of pauses) clearTimeout(pause);
    answer = told.answer;
    offerDigits(find(".which"), answer);
    find(".empty").hidden = Boolean(answer);
    const isOther = told.by.dataset !== dataset;
    if (!answer || !details.open || isOther) hide();
    dataset = told.by.dataset;
    turns.forget();
    if (!details.open) return;
    const rest = Math.max(REST, askedAt + OFTEN - performance.now());
    // The explanation stands above the layers. While one draws it has its room, and comes later.
    if (isOther || find(".why").hidden) pauses = [setTimeout(ask, rest, true)];
    else pauses = [setTimeout(ask, rest, false), setTimeout(ask, PAUSE, true)];
  }

  // Test images.

  async function thumbnails(images, caption) {
    return Promise.all(
      images.map(async (image) => {
        const name = `Test image ${image.number.toLocaleString("en")}`;
        const picture = thumbnail(await unpacked(image.pixels), `${name}: ${image.label}`);
        return create("figure", {}, picture, create("figcaption", {}, ...caption(image)));
      }),
    );
  }

  function colours() {
    const style = getComputedStyle(element);
    return ["--for", "--against"].map((name) => style.getPropertyValue(name));
  }

  // Why.

  async function showWhy({ why, labels, evidence }) {
    const [answer, rival] = why.classes;
    find(".why strong").textContent = labels[answer];
    const select = find(".why select");
    const others = labels
      .map((label, index) => [label, index])
      .filter(([, index]) => index !== answer);
    select.replaceChildren(
      ...others.map(([label, index]) => new Option(label, index, false, index === rival)),
    );
    const [image, saliency] = await Promise.all([unpacked(why.pixels), unpacked(why.saliency)]);
    const over = find(".why input:checked").value;
    await photo?.decode().catch(() => {}); // then show only what the network sees
    const figures = why.classes.map((index, place) => {
      const values = saliency.subarray(784 * place, 784 * (place + 1));
      const canvas = create("canvas", {
        role: "img",
        "aria-label": `What speaks for and against ${labels[index]}`,
      });
      const sum = evidence[index];
      const said = `Evidence for ${labels[index]}: ${signed(sum, 1)}`;
      sized(canvas, 280, 280, (context) => {
        context.globalAlpha = 0.3;
        const given = photo || strokes.length; // no example
        if (over === "picture" && given) drawPicture(context, 280);
        else {
          context.imageSmoothingEnabled = false;
          context.drawImage(shades(image, 28, 28, getComputedStyle(element).color), 0, 0, 280, 280);
        }
        context.globalAlpha = 1;
        squares(context, values, 28, 0, 0, 10, colours());
      });
      return create("figure", {}, canvas, create("figcaption", {}, said));
    });
    find(".maps-of-two").replaceChildren(...figures);
    const rows = await Promise.all(
      why.alike.map(async (images, place) => {
        const caption = (image) => [
          image.number.toLocaleString("en"),
          create("br"),
          percent(image.cosine, 1),
        ];
        return create(
          "div",
          {},
          create("h4", {}, `Most similar among “${labels[why.classes[place]]}”`),
          create("div", { class: "row" }, ...(await thumbnails(images, caption))),
        );
      }),
    );
    find(".alike-of-two").replaceChildren(...rows);
    find(".why").hidden = find(".alike").hidden = false;
    explain("visible");
  }

  // The part of the drawing or the photo that the 28×28 pixels show.
  function drawPicture(context, side) {
    const picture = photo ?? drawing();
    if (!answer || !(picture.naturalWidth ?? picture.width)) return;
    const [width, height] = [
      picture.naturalWidth ?? picture.width,
      picture.naturalHeight ?? picture.height,
    ];
    const [left, top, right, bottom] = image().frame;
    const from = [left * width, top * height, (right - left) * width, (bottom - top) * height];
    context.drawImage(picture, ...from, 0, 0, side, side);
  }

  function drawing() {
    const canvas = create("canvas", { width: SHARP, height: SHARP });
    paint(canvas, strokes, getComputedStyle(element).color);
    return canvas;
  }

  find(".why fieldset").addEventListener("change", () => explained && showWhy(explained));
  find(".why select").addEventListener("change", (event) => {
    wanted.rival = Number(event.target.value);
    ask(true);
  });

  // Layer by layer.

  function name(layer, layers) {
    const alike = layers.filter((each) => each.kind === layer.kind);
    const number = alike.length > 1 ? ` ${alike.indexOf(layer) + 1}` : "";
    const kind = { Conv2D: "Convolution", MaxPooling2D: "Pooling", Dense: "Dense layer" }[
      layer.kind
    ];
    return `${kind}${number}`;
  }

  function title(layer, layers) {
    const [height, width] = layer.size;
    return layer.maps.length
      ? `${name(layer, layers)}: ${layer.of} maps of ${height}×${width}`
      : `${name(layer, layers)}: ${layer.of} units`;
  }

  function words(layer, layers) {
    const before = layers[layers.indexOf(layer) - 1];
    if (layer.kind === "MaxPooling2D") return WORDS.pool();
    if (layer.kind === "Dense") return WORDS.dense(layer, before);
    return before ? WORDS.next(layer, before) : WORDS.first(layer);
  }

  // The sections, once for each network.
  function layOut(layers) {
    const sections = layers.map((layer) => {
      const section = create("section", { class: "layer", "data-index": layer.index });
      section.append(
        create("h4", {}, title(layer, layers)),
        create("p", { class: "note" }, words(layer, layers)),
      );
      const canvas = create("canvas", { "aria-hidden": true });
      const frame = create("div", { class: layer.maps.length ? "tiles" : "units" }, canvas);
      section.append(frame);
      if (layer.maps.length) {
        const slider = gridSlider(
          title(layer, layers),
          () => section.grid.columns,
          (place) => choose(layer.index, section.maps[place]),
        );
        frame.append(slider);
        canvas.addEventListener("click", (event) => {
          const { columns, step } = section.grid;
          const place =
            Math.floor(event.offsetX / step) + columns * Math.floor(event.offsetY / step);
          if (event.offsetX >= columns * step || place >= section.maps.length) return;
          slider.value = place;
          choose(layer.index, section.maps[place]);
        });
      } else {
        canvas.removeAttribute("aria-hidden");
        canvas.setAttribute("role", "img");
      }
      if (layer.kind === "Conv2D" && layer.maps.length < layer.of) {
        const button = create("button", { type: "button" }, `Show all ${layer.of} maps`);
        button.addEventListener("click", () => {
          wanted.all = !wanted.all;
          button.textContent = wanted.all ? "Show only the strongest" : `Show all ${layer.of} maps`;
          ask(false);
        });
        section.append(button);
      }
      return section;
    });
    const last = create("section", { class: "layer" }, create("h4", {}, "Output: ten logits"));
    last.append(
      create("p", { class: "note" }, WORDS.last),
      create("table", { class: "bars logits" }),
    );
    find(".all-layers").replaceChildren(...sections, last);
  }

  function choose(layer, map) {
    wanted.map = [layer, map];
    wanted.at = null;
    ask(false);
  }

  function showLayer(layer, values) {
    const section = find(`[data-index="${layer.index}"]`);
    const canvas = section.querySelector("canvas");
    const colour = getComputedStyle(canvas).color;
    const width = section.clientWidth;
    if (!layer.maps.length) {
      const firing = values.filter((value) => value > 0).length;
      canvas.setAttribute("aria-label", `${firing} of ${layer.of} units fire`);
      const step = Math.min(width / values.length, 24);
      sized(canvas, width, 64, (context) => {
        context.fillStyle = colour;
        context.globalAlpha = 0.15;
        context.fillRect(0, 63, step * values.length, 1);
        context.globalAlpha = 1;
        values.forEach((value, index) => {
          const height = (value / 255) * 63;
          context.fillRect(index * step, 64 - height, Math.max(1, step - 1.5), height);
        });
      });
      return;
    }
    const [rows, columnsOfMap] = layer.size;
    const tile = rows > 14 ? (width < 500 ? 46 : 52) : width < 500 ? 30 : 34;
    const step = tile + 4;
    const columns = Math.max(1, Math.floor(width / step));
    const strip = shades(raised(values), columnsOfMap, rows * layer.maps.length, colour);
    const chosen = wanted.map?.[0] === layer.index ? layer.maps.indexOf(wanted.map[1]) : -1;
    section.maps = layer.maps;
    section.grid = { columns, step };
    const slider = section.querySelector("input");
    slider.max = layer.maps.length - 1;
    if (chosen >= 0) slider.value = chosen;
    const place = Number(slider.value);
    const highest = values.subarray(place * rows * columnsOfMap, (place + 1) * rows * columnsOfMap);
    const share = percent(Math.max(...highest) / 255);
    slider.setAttribute(
      "aria-valuetext",
      `Map ${layer.maps[place] + 1}, peaking at ${share} of the strongest`,
    );
    const height = Math.ceil(layer.maps.length / columns) * step;
    canvas.style.width = `${columns * step}px`;
    sized(canvas, columns * step, height, (context) => {
      context.imageSmoothingEnabled = false;
      layer.maps.forEach((_, index) => {
        const x = (index % columns) * step + 2;
        const y = Math.floor(index / columns) * step + 2;
        context.globalAlpha = 0.08;
        context.fillStyle = colour;
        context.fillRect(x, y, tile, tile);
        context.globalAlpha = 1;
        context.drawImage(strip, 0, index * rows, columnsOfMap, rows, x, y, tile, tile);
        if (index === chosen) {
          context.strokeStyle = getComputedStyle(element).getPropertyValue("--for");
          context.lineWidth = 3;
          context.strokeRect(x - 0.5, y - 0.5, tile + 1, tile + 1);
        }
      });
    });
  }

  function showLogits(labels, evidence) {
    const [low, high] = [Math.min(0, ...evidence), Math.max(0, ...evidence)];
    const best = evidence.indexOf(Math.max(...evidence));
    const share = (value) => `${(100 * value) / (high - low || 1)}%`;
    const rows = evidence.map((value, index) => {
      const [start, length] = [Math.min(0, value) - low, Math.abs(value)].map(share);
      const bar = create("i", { style: `margin-left:${start};width:${length}` });
      return create(
        "tr",
        index === best ? { class: "best" } : {},
        create("th", { scope: "row" }, labels[index]),
        create("td", {}, signed(value, 1)),
        create("td", { class: "bar", "aria-hidden": true, style: `--zero:${share(-low)}` }, bar),
      );
    });
    find(".logits").replaceChildren(...rows);
  }

  // The chosen map, below its layer.
  async function showFilter(filter, layer, image) {
    if (!filter || !layer) {
      find(".filter")?.remove();
      return;
    }
    const [weights, map, products, pictures] = await Promise.all([
      unpacked(filter.weights),
      unpacked(filter.values),
      filter.sum && unpacked(filter.sum.products),
      thumbnails(filter.images, (each) => [each.label]),
    ]);
    const panel = panelOfMap.show(filter, layer, { weights, products, map, image }, pictures);
    const tiles = find(`[data-index="${layer.index}"] .tiles`);
    if (tiles.nextElementSibling === panel) return; // where a person may be choosing a place
    find(".filter")?.remove();
    tiles.after(panel);
  }

  // What takes time comes first: then all changes at once, and nothing moves twice.
  async function show() {
    const seen = props.value;
    if (!seen?.layers) return;
    const values = await Promise.all(seen.layers.map((layer) => unpacked(layer.values)));
    await arrival(); // drawing would hold it up
    // There may be a newer one, or nothing to look at.
    const isOver = () => props.value !== seen || seen.number < fresh || !answer;
    if (isOver()) return;
    if (seen.why) {
      explained = seen;
      await showWhy(seen);
      if (isOver()) return;
    }
    if (network !== seen.network) {
      network = seen.network;
      wanted = { all: false, map: null, at: null, rival: wanted.rival };
      layOut(seen.layers);
      const names = seen.layers.map((layer) => name(layer, seen.layers));
      broken.offer(seen.layers, names);
      if (broken.damage()) ask(false); // noise, say, which was there before
    }
    if (String(labels) !== String(seen.labels)) {
      labels = seen.labels;
      wanted.rival = null;
    }
    find(".trouble").textContent = seen.problem ?? "";
    find(".trouble").hidden = !seen.problem;
    if (seen.broken) for (const part of [".why", ".alike"]) find(part).hidden = true;
    find(".body").hidden = false;
    details.style.minHeight = "";
    for (const [index, layer] of seen.layers.entries()) showLayer(layer, values[index]);
    showLogits(seen.labels, seen.evidence);
    const index = seen.layers.findIndex((layer) => layer.index === seen.filter?.layer);
    const pixels = seen.broken
      ? await unpacked(seen.broken.pixels)
      : Uint8Array.from(atob(image().views).slice(0, 784), (letter) => letter.charCodeAt(0));
    await showFilter(wanted.map && seen.filter, seen.layers[index], pixels);
    await broken.show(seen.broken);
  }

  watch("value", () => {
    if (props.value?.number === requests) turns.ended();
    show();
  });
  let told = { by: {}, answer: null };
  hear("answer", (next) => {
    told = next;
    const { headline = "", below = "" } = next.answer ?? {};
    find(".now p").textContent = `${headline} – ${below}`;
    renew(told);
  });
  hear("drawn", (drawn) => {
    strokes = drawn.strokes;
  });
  hear("chosen", (chosen) => {
    photo = null;
    if (chosen.source !== "photo" || !chosen.photo) return;
    photo = new Image();
    photo.src = chosen.photo;
  });
  details.addEventListener("toggle", () => renew(told));
  hear("theme", () => details.open && show());
  new ResizeObserver(() => {
    if (element.clientWidth === width) return;
    width = element.clientWidth;
    if (details.open) show();
  }).observe(element);
}
