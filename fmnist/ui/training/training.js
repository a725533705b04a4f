// Requests the tab's content when the tab is first seen. The curves then show the values of the
// epoch that a pointer, a finger or the slider chooses, and the confusion matrix follows. Curves
// can be saved.

import { savePicture } from "./picture.js";
import { whenSeen } from "./seen.js";

function choose(article, epoch) {
  const row = article.querySelector("table.numbers").rows[epoch]; // row 0 is the header
  const [, right, rightHeldOut, loss, lossHeldOut, rate] = Array.from(
    row.cells,
    (cell) => cell.textContent,
  );
  const slider = article.querySelector("input");
  const values =
    `Epoch ${epoch} of ${slider.max}: right on ${right} of the images shown and ` +
    `${rightHeldOut} of the validation images; loss ${loss} and ${lossHeldOut}; ` +
    `learning rate ${rate}.`;
  slider.value = epoch;
  slider.setAttribute("aria-valuetext", values);
  article.querySelector("figcaption").textContent = values;
  const marks = article.querySelectorAll("svg .mark");
  article.querySelectorAll("svg .curve").forEach((curve, index) => {
    const places = placesOf(curve);
    const [to, from] = [places[epoch - 1], places.at(-1)]; // the marks were drawn on the last epoch
    const across = to.x - from.x;
    marks[index].setAttribute("transform", `translate(${across} ${to.y - from.y})`);
    article.querySelector("svg .now").setAttribute("transform", `translate(${across})`);
  });
  const matrix = article.querySelector("[data-epochs]");
  if (matrix) fill(matrix, epoch);
}

/** The places of a curve's epochs in the picture. */
function placesOf(curve) {
  const path = curve.querySelector("path").getAttribute("d");
  return Array.from(path.matchAll(/[ML] (\S+) (\S+)/g), ([, x, y]) => ({ x: +x, y: +y }));
}

function fill(matrix, epoch) {
  matrix.epochs ??= JSON.parse(matrix.dataset.epochs);
  matrix.epochs[epoch - 1].forEach((counts, truth) => {
    const images = counts.reduce((sum, count) => sum + count);
    const cells = matrix.rows[truth + 1].querySelectorAll("td");
    counts.forEach((count, said) => {
      cells[said].textContent = count || "";
      cells[said].className = said === truth ? "hit" : "miss";
      cells[said].style.setProperty("--share", count / images);
    });
  });
}

function point(event) {
  const svg = event.target.closest("svg");
  if (!svg) return;
  const toPicture = svg.getScreenCTM().inverse();
  const { x } = new DOMPoint(event.clientX, event.clientY).matrixTransform(toPicture);
  const distances = placesOf(svg.querySelector(".curve")).map((each) => Math.abs(each.x - x));
  choose(svg.closest("article"), distances.indexOf(Math.min(...distances)) + 1);
}

/** @param {Component} component */
export default function ({ element, props, trigger, watch }) {
  element.addEventListener("click", (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    const button = /** @type {HTMLElement} */ (target.closest(".save button"));
    if (!button) return;
    const article = button.closest("article");
    const [svg] = article.getElementsByTagName("svg");
    savePicture(svg, button.dataset.kind, article.dataset.run);
  });
  element.addEventListener("pointermove", point);
  element.addEventListener("pointerdown", point);
  element.addEventListener("input", (event) => {
    const slider = /** @type {HTMLInputElement} */ (event.target);
    choose(slider.closest("article"), slider.valueAsNumber);
  });
  watch("value", () => {
    for (const slider of element.querySelectorAll("input")) {
      choose(slider.closest("article"), slider.valueAsNumber);
    }
  });
  whenSeen(element, () => {
    if (!props.value) trigger("seen");
  });
}
