// Asks for the tab's content when the tab is seen first. The curves then tell the values of the
// epoch that the pointer, a finger or the slider chooses, and the confusion matrix follows.

/** @param {Component} component */
export default function ({ element, props, trigger, watch }) {
  function choose(article, epoch) {
    const row = article.querySelector("details tbody").rows[epoch - 1];
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
    for (const curve of article.querySelectorAll("polyline")) {
      const { x, y } = curve.points[epoch - 1];
      const line = article.querySelector("line");
      for (const name of ["x1", "x2"]) line.setAttribute(name, x);
      curve.nextElementSibling.setAttribute("cx", x);
      curve.nextElementSibling.setAttribute("cy", y);
    }
    const matrix = article.querySelector("[data-epochs]");
    if (matrix) fill(matrix, epoch);
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
    const distances = Array.from(svg.querySelector("polyline").points, (each) =>
      Math.abs(each.x - x),
    );
    choose(svg.closest("article"), distances.indexOf(Math.min(...distances)) + 1);
  }

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
  new IntersectionObserver(([{ isIntersecting }]) => {
    if (isIntersecting && !props.value) trigger("seen");
  }).observe(element);
}
