// Saves pictures that are SVG elements.

import { save } from "../save.js";

const SHARP = 3; // pixels of a PNG per unit of the SVG

/**
 * Let the browser save an SVG element as a file, in the colours of its attributes.
 *
 * @param {SVGSVGElement} svg
 * @param {string} kind "svg" or "png"
 * @param {string} name of the file, without its ending
 */
export async function savePicture(svg, kind, name) {
  const text = new XMLSerializer().serializeToString(svg);
  let file = new Blob([text], { type: "image/svg+xml" });
  if (kind === "png") file = await painted(file, svg.viewBox.baseVal);
  save(file, `${name}.${kind}`);
}

async function painted(file, { width, height }) {
  const image = new Image();
  image.src = URL.createObjectURL(file);
  await image.decode();
  URL.revokeObjectURL(image.src);
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width * SHARP, height * SHARP];
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve));
}
