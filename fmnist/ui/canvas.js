// Numbers that the server sends, as pictures.

/** The bytes in a text: zlib-compressed, in base64. */
export async function unpacked(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

export function create(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

export function percent(share, digits = 0) {
  return `${(100 * share).toFixed(digits)}\u00a0%`;
}

export function signed(value, digits) {
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(digits)}`;
}

/** Draw on a canvas of this size in CSS pixels. */
export function sized(canvas, width, height, draw) {
  const density = window.devicePixelRatio;
  canvas.style.aspectRatio = `${width} / ${height}`;
  canvas.width = Math.round(width * density);
  canvas.height = Math.round(height * density);
  const context = canvas.getContext("2d");
  context.scale(density, density);
  draw(context);
}

/** A square root raises the values of maps, most of which are low. */
export const raised = (values) => values.map((value) => Math.sqrt(value / 255) * 255);

/** Values from 0 to 255 as an image, in shades from transparent to the colour. */
export function shades(values, width, height, colour) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width, height];
  const context = canvas.getContext("2d");
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  const [red, green, blue] = context.getImageData(0, 0, 1, 1).data;
  const image = context.createImageData(width, height);
  for (let i = 0; i < values.length; i++) image.data.set([red, green, blue, values[i]], 4 * i);
  context.putImageData(image, 0, 0);
  return canvas;
}

/** An image of the data set, white on black. */
export function thumbnail(values, label = "") {
  const canvas = create("canvas", { class: "image", role: "img", "aria-label": label });
  [canvas.width, canvas.height] = [28, 28];
  const context = canvas.getContext("2d");
  context.fillRect(0, 0, 28, 28);
  context.drawImage(shades(values, 28, 28, "white"), 0, 0);
  return canvas;
}

/** Signed values as squares of proportional area: filled above 128, hollow below. */
export function squares(context, values, side, left, top, cell, colours) {
  const [above, below] = colours;
  for (let i = 0; i < side * side; i++) {
    const share = Math.abs(values[i] - 128) / 127;
    const size = Math.sqrt(share) * (cell - 1);
    if (size < 1) continue;
    const x = left + ((i % side) + 0.5) * cell - size / 2;
    const y = top + (Math.floor(i / side) + 0.5) * cell - size / 2;
    const line = Math.min(1.5, size / 3);
    context.fillStyle = above;
    context.strokeStyle = below;
    context.lineWidth = line;
    if (values[i] > 128) context.fillRect(x, y, size, size);
    else context.strokeRect(x + line / 2, y + line / 2, size - line, size - line);
  }
}
