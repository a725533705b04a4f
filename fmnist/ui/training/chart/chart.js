// Requests the charts when the tab is first seen, and draws them. A pointer, a finger or the slider
// chooses an epoch, whose values stand below. Checkboxes show and hide recipes. What is shown can be
// saved.

import { csv } from "../../csv.js";
import { save } from "../../save.js";
import { savePicture } from "../picture.js";
import { whenSeen } from "../seen.js";
import { draw, errors, nameOf, percent, sample } from "./draw.js";

const [WIDTH, HEIGHT, MARGIN] = [800, 450, 16]; // of the picture that is saved

/** @param {HTMLElement} section */
function start(section) {
  const chart = chartOf(section);
  const picture = section.querySelector(".picture");
  const slider = section.querySelector("figure").querySelector("input");
  const boxes = section.querySelector("fieldset").querySelectorAll("input");
  let drawn;

  const isOn = (recipe) => [...boxes].some(({ value, checked }) => value === recipe && checked);
  const shown = () => chart.runs.filter(({ recipe }) => isOn(recipe));

  function redraw() {
    const { clientWidth, clientHeight } = picture;
    if (!clientWidth) return; // the page shows another data set
    const atTheEnd = slider.value === slider.max;
    drawn = draw(chart, shown(), clientWidth, clientHeight);
    picture.replaceChildren(drawn.svg);
    slider.max = `${drawn.epochs}`;
    choose(atTheEnd ? drawn.epochs : slider.valueAsNumber);
  }

  function choose(epoch) {
    slider.valueAsNumber = epoch;
    drawn.mark(epoch);
    tell(section, epoch, shown(), chart);
  }

  function point({ clientX }) {
    choose(drawn.epochAt(clientX - picture.getBoundingClientRect().left));
  }

  function saveAs(kind) {
    const name = `${chart.name}-curves`;
    if (kind === "csv") {
      save(new Blob([csv(table(shown()))], { type: "text/csv" }), `${name}.csv`);
      return;
    }
    const { svg, mark } = draw(chart, shown(), WIDTH, HEIGHT, MARGIN);
    mark(slider.valueAsNumber);
    savePicture(svg, kind, name);
  }

  picture.addEventListener("pointermove", point);
  picture.addEventListener("pointerdown", point);
  slider.addEventListener("input", () => choose(slider.valueAsNumber));
  for (const box of boxes) box.addEventListener("change", redraw);
  section.querySelectorAll("button").forEach((button) => {
    const kind = button.textContent.toLowerCase();
    button.addEventListener("click", () => saveAs(kind));
  });
  new ResizeObserver(redraw).observe(picture);
}

/**
 * The chart in a section, whose networks and recipes are numbered by their places in these lists.
 *
 * @param {HTMLElement} section
 * @returns {import("./draw.js").Chart}
 */
function chartOf(section) {
  const { title, name, runs } = JSON.parse(section.dataset.chart);
  const [networks, recipes] = ["network", "recipe"].map((field) => [
    ...new Set(runs.map((run) => run[field])),
  ]);
  return { title, name, runs, networks, recipes };
}

/** Say how often each run was wrong after an epoch. */
function tell(section, epoch, runs, chart) {
  const values = runs.map((run) => {
    const last = run.epochs.findLastIndex((each) => each <= epoch); // all know the first
    const known = run.epochs[last];
    const earlier = known === epoch ? "" : ` (after ${known})`;
    return [run, `${percent(errors(run)[last])}${earlier}`];
  });
  const lines = values.map(([run, value]) => {
    const line = document.createElement("li");
    const name = document.createElement("span");
    const number = document.createElement("b");
    name.textContent = nameOf(run);
    number.textContent = value;
    line.append(sample(run, chart), name, number);
    return line;
  });
  const list = document.createElement("ul");
  list.append(...lines);
  section.querySelector("figcaption").replaceChildren(`Wrong after epoch ${epoch}`, list);
  const said = values.map(([run, value]) => `${nameOf(run)}: ${value} wrong`).join("; ");
  section
    .querySelector("input[type=range]")
    .setAttribute("aria-valuetext", `Epoch ${epoch}: ${said}`);
}

/** What the records say of each epoch, for a spreadsheet. */
function table(runs) {
  const metrics = Object.keys(runs[0]?.history ?? {});
  const lines = runs.flatMap(({ network, recipe, author = "", epochs, history }) =>
    epochs.map((epoch, i) => [
      network,
      recipe,
      author,
      `${epoch}`,
      ...metrics.map((metric) => `${history[metric]?.[i] ?? ""}`),
    ]),
  );
  return [["network", "recipe", "author", "epoch", ...metrics], ...lines];
}

/** @param {Component} component */
export default function ({ element, props, trigger, watch }) {
  watch("value", () => element.querySelectorAll("section").forEach(start));
  whenSeen(element, () => {
    if (!props.value) trigger("seen");
  });
}
