// The address holds what the page shows: data set, network, tab and drawing. So reloads and shared
// links show it again. The server only gets the drawing, as if a person had just drawn it.

import { hear, tell } from "../events.js";
import { paint } from "../pad/paint.js";
import { save } from "../save.js";
import { decode, encode } from "./code.js";

const QUIET = 200; // milliseconds without a change before the address is updated
const CARD = [1200, 630]; // pixels; the shape in which messengers and forums show pictures

/** @param {Component} component */
export default function ({ element, props, trigger }) {
  const said = element.querySelector(".share-said");
  let { chosen } = props; // {dataset, network, source, photo}
  let strokes = [];
  let answer = null; // the last one
  let written = ["", null]; // strokes as JSON, and their code in the address
  let waiting = null;

  const tabs = () => [...document.querySelectorAll('#views [role="tab"]')];
  const named = (tab) => tab.id.replace("-button", "");

  /** The code of the drawing: "" if the pad is empty, null if it would be too long. */
  function code() {
    const drawn = JSON.stringify(strokes);
    if (written[0] !== drawn) written = [drawn, strokes.length ? encode(strokes) : ""];
    return written[1];
  }

  function write() {
    clearTimeout(waiting);
    const link = new URLSearchParams({ dataset: chosen.dataset, network: chosen.network });
    const tab = tabs().findIndex((each) => each.getAttribute("aria-selected") === "true");
    if (tab > 0) link.set("tab", named(tabs()[tab]));
    if (chosen.source === "draw" && code()) link.set("drawing", code());
    history.replaceState(history.state, "", `#${link}`);
  }

  function changed() {
    said.textContent = "";
    clearTimeout(waiting);
    waiting = setTimeout(write, QUIET);
  }

  function open() {
    const hash = location.hash.slice(1);
    if (!hash || document.getElementById(hash)) return; // no link, or an anchor on the page
    const link = new URLSearchParams(hash);
    const [dataset, network, drawn] = ["dataset", "network", "drawing"].map((key) => link.get(key));
    const drawing = drawn === null ? [] : decode(drawn);
    if (!drawing || !props.datasets.includes(dataset) || !props.networks.includes(network)) {
      said.textContent =
        "This link is damaged and shows nothing: ask for it again, or draw something.";
      return;
    }
    said.textContent = "";
    written = [JSON.stringify(drawing), drawn];
    // First the drawing: the choices then cause a newer request, which replaces its own.
    if (drawing.length) tell("draw", { strokes: drawing });
    props.value = [dataset, network, drawing.length ? "draw" : chosen.source];
    trigger("input");
    (tabs().find((each) => named(each) === link.get("tab")) ?? tabs()[0]).click();
  }

  async function copy() {
    if (code() === null) {
      said.textContent = "This drawing has too many strokes for a link: save it as a picture.";
      return;
    }
    write();
    try {
      await navigator.clipboard.writeText(location.href);
      said.textContent = "Link copied: whoever opens it sees this drawing and its answer.";
    } catch {
      prompt("Your browser does not let this page copy, so here is the link:", location.href);
    }
  }

  /** Write words in lines of at most `width` from `top` down; returns where the next line begins. */
  function type(context, words, font, colour, left, top, width) {
    context.font = `${font} system-ui, sans-serif`;
    context.fillStyle = colour;
    const height = Number(font.match(/\d+(?=px)/)) * 1.25;
    let line = "";
    for (const word of [...words.split(/\s+/), null]) {
      if (word !== null && context.measureText(`${line} ${word}`).width <= width) {
        line += ` ${word}`;
      } else {
        context.fillText(line.trim(), left, top);
        top += height;
        line = word;
      }
    }
    return top;
  }

  /** Draw a picture as large as fits into a square. */
  function fit(context, picture, left, top, side) {
    const scale = side / Math.max(picture.naturalWidth, picture.naturalHeight);
    const [width, height] = [picture.naturalWidth * scale, picture.naturalHeight * scale];
    context.drawImage(picture, left + (side - width) / 2, top + (side - height) / 2, width, height);
  }

  /** What the network saw, as a canvas of 28×28 pixels. */
  function shades(views) {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 28;
    const image = new ImageData(28, 28);
    const bytes = atob(views);
    for (let i = 0; i < 784; i++) {
      const shade = bytes.charCodeAt(i);
      image.data.set([shade, shade, shade, 255], 4 * i);
    }
    canvas.getContext("2d").putImageData(image, 0, 0);
    return canvas;
  }

  async function card() {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = CARD;
    const context = canvas.getContext("2d");
    context.textBaseline = "top";
    context.fillStyle = "white";
    context.fillRect(0, 0, canvas.width, canvas.height);
    if (chosen.source === "draw") {
      const drawing = document.createElement("canvas");
      drawing.width = drawing.height = 550;
      paint(drawing, strokes, "black");
      context.drawImage(drawing, 40, 40);
    } else {
      const photo = new Image();
      photo.src = chosen.photo;
      await photo.decode();
      fit(context, photo, 40, 40, 550);
    }
    context.strokeStyle = "#94a3b8";
    context.strokeRect(40, 40, 550, 550);
    const { headline, below, views, digits } = answer;
    let top = type(context, `fmnist, ${chosen.network} network`, "26px", "#0f766e", 640, 44, 520);
    top = type(context, headline, "650 50px", "#0f172a", 640, top + 8, 520);
    type(context, below, "28px", "#475569", 640, top + 4, 520);
    context.imageSmoothingEnabled = false;
    const side = Math.min(224, 520 / Math.max(1, digits.length) - 8);
    for (const [place, seen] of (digits.length ? digits : [{ views }]).entries())
      context.drawImage(shades(seen.views), 640 + place * (side + 8), 366, side, side);
    const [left, beside] = digits.length ? [640, 382 + side] : [888, 366];
    type(context, "What the network saw: 28 × 28 pixels", "26px", "#475569", left, beside, 272);
    canvas.toBlob((blob) => save(blob, "fmnist.png"));
  }

  hear("answer", (told) => {
    answer = told.answer;
  });
  hear("drawn", (drawing) => {
    strokes = drawing.strokes;
    changed();
  });
  hear("chosen", (choices) => {
    chosen = choices;
    changed();
  });
  window.addEventListener("hashchange", open);
  element.querySelector(".share-link").addEventListener("click", copy);
  element.querySelector(".share-card").addEventListener("click", () => {
    card().catch(() => {
      said.textContent =
        "Your browser cannot show this photo, so it cannot save it: upload it as a JPEG or PNG.";
    });
  });
  hear("ready", open);
}
