// The answer as a picture: the drawing or photo, what each network says, and the page's address.

import { thumbnail } from "../canvas.js";
import { paint } from "../pad/paint.js";

const [WIDTH, HEIGHT] = [1200, 630]; // pixels; the shape in which messengers and forums show pictures
const MARGIN = 40;
const SIDE = HEIGHT - 2 * MARGIN; // of the drawing or photo
const LEFT = SIDE + 2.5 * MARGIN; // of the words
const ROOM = WIDTH - MARGIN - LEFT;
const [WORDS, MUTED, ACCENT] = ["#0f172a", "#475569", "#0f766e"];

/**
 * @param {HTMLCanvasElement | HTMLImageElement} shown the drawing or photo
 * @param {Answer["answer"]} answer
 * @param {string} network the one chosen
 * @returns {Promise<Blob>} a PNG
 */
export function card(shown, answer, network) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [WIDTH, HEIGHT];
  const context = canvas.getContext("2d");
  context.textBaseline = "top";
  context.fillStyle = "white";
  context.fillRect(0, 0, WIDTH, HEIGHT);
  fit(context, shown);
  context.strokeStyle = "#94a3b8";
  context.strokeRect(MARGIN, MARGIN, SIDE, SIDE);

  write(context, `fmnist, ${network} network`, "600 24px", ACCENT, LEFT, MARGIN);
  const top = headline(context, answer.headline, MARGIN + 38);
  write(context, answer.below, "24px", MUTED, LEFT, top + 4);
  const width = ROOM / answer.networks.length;
  answer.networks.forEach((each, place) => {
    const left = LEFT + place * width;
    write(context, each.name, "600 22px", WORDS, left, 282);
    each.shares.forEach((share, row) => {
      bar(context, share, left, 316 + 34 * row, width - 24);
    });
  });
  seen(context, answer);
  const address = location.host + location.pathname.replace(/\/$/, "");
  write(context, address, "600 22px", ACCENT, LEFT, HEIGHT - MARGIN - 22);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))));
  });
}

/** A drawing on a canvas. */
export function drawn(strokes) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIDE;
  paint(canvas, strokes, "black");
  return canvas;
}

/** A photo; rejects what the browser cannot show. */
export async function loaded(address) {
  const photo = new Image();
  photo.src = address;
  await photo.decode();
  return photo;
}

function fit(context, picture) {
  const sides = [picture.naturalWidth ?? picture.width, picture.naturalHeight ?? picture.height];
  const [width, height] = sides.map((side) => (side * SIDE) / Math.max(...sides));
  const [left, top] = [width, height].map((side) => MARGIN + (SIDE - side) / 2);
  context.drawImage(picture, left, top, width, height);
}

/** Write words in lines; returns where the next one begins. */
function write(context, words, font, colour, left, top, room = WIDTH - MARGIN - left) {
  context.font = `${font} system-ui, sans-serif`;
  context.fillStyle = colour;
  const height = Number(font.match(/\d+(?=px)/)) * 1.25;
  for (const line of lines(context, words, room)) {
    context.fillText(line, left, top);
    top += height;
  }
  return top;
}

function lines(context, words, room) {
  const found = [""];
  for (const word of words.split(" ")) {
    const longer = `${found.at(-1)} ${word}`.trim();
    if (context.measureText(longer).width <= room) found[found.length - 1] = longer;
    else found.push(word);
  }
  return found;
}

/** As large as fits into one line or, if that is too small, into two of about the same length. */
function headline(context, words, top) {
  const fits = (size, room) => {
    context.font = `650 ${size}px system-ui, sans-serif`;
    return lines(context, words, room).length;
  };
  const size = [60, 52, 44].find((each) => fits(each, ROOM) === 1) ?? 44;
  let room = ROOM;
  for (const count = fits(size, ROOM); room > 100 && fits(size, room - 10) === count; ) room -= 10;
  return write(context, words, `650 ${size}px`, WORDS, LEFT, top, room);
}

/** What an answer is called and how likely it is, above a bar as long as that. */
function bar(context, [name, share, likelihood], left, top, width) {
  write(context, name, "18px", WORDS, left, top, width);
  context.textAlign = "right";
  write(context, likelihood, "18px", MUTED, left + width, top, width);
  context.textAlign = "left";
  context.fillStyle = ACCENT;
  context.fillRect(left, top + 22, Math.max(2, width * share), 6);
}

/** What the networks saw: the picture, or the digits of a number, as 28×28 pixels. */
function seen(context, answer) {
  const views = answer.digits.length ? answer.digits : [answer];
  const side = Math.min(84, ROOM / views.length - 8);
  context.imageSmoothingEnabled = false;
  for (const [place, each] of views.entries())
    context.drawImage(thumbnail(first(each.views)), LEFT + place * (side + 8), 434, side, side);
  if (views.length === 1)
    write(
      context,
      "What the networks saw: 28 × 28 pixels",
      "20px",
      MUTED,
      LEFT + side + 16,
      434,
      300,
    );
}

/** The first view's 28×28 bytes, of all views' in base64. */
function first(views) {
  return Uint8Array.from(atob(views).slice(0, 784), (letter) => letter.charCodeAt(0));
}
