// “Watch it learn”. While it is on the screen, it asks the server what the network answered to the
// picture at each moment of its training. One slider moves all that is shown from moment to moment.
// learn/__init__.py explains the parts of the server's response.

import { create, sized, squares, thumbnail, unpacked } from "../canvas.js";
import { hear } from "../events.js";
import { offerDigits } from "../inside/digits.js";
import { inTurns } from "../turns.js";

const PACE = 900; // milliseconds for each moment while it plays
const NEAR = "300px"; // from the screen's edge: then it is asked for
const SEEN = 0.5; // of the moments must be on the screen, so that they play by themselves
const LINES = 10; // of dots for each class of the test images, and one between classes

/** @param {Component} component */
export default function ({ element, props, trigger, watch }) {
  const find = (selector) => element.querySelector(selector);
  const slider = /** @type {HTMLInputElement} */ (find("input"));
  let told = { by: { source: "" }, answer: null }; // the last answer on the page
  let near = false; // whether this is on the screen, or almost
  let outdated = true; // whether the picture is another than the one shown
  let requests = 0; // so far; their numbers count from 1
  let seen = null; // the server's last response
  let tests = null; // its part on the test images and the filters, unpacked
  let step = null; // the timer, while it plays
  let byItself = true; // whether it still is to play without being told to

  // Asking.

  const turns = inTurns(
    () => {
      const { views = null, drawn = false } = image() ?? {};
      const known = tests && tests.dataset === told.by.dataset;
      trigger("input", { pixels: views, drawn, tests: !known, number: ++requests });
    },
    "unlearned",
    () => {
      outdated = true; // until the next answer, or until this is scrolled to again
    },
  );

  function ask() {
    if (!near || !outdated) return;
    outdated = false;
    turns.ask(true);
  }

  function renew() {
    outdated = true;
    ask();
  }

  /** The answer, or the chosen digit of a number; nothing if there is no picture. */
  function image() {
    const place = /** @type {HTMLSelectElement} */ (find(".which select")).selectedIndex;
    return told.answer?.digits[place] ?? told.answer;
  }

  // Playing.

  function play() {
    find(".play").textContent = "Stop";
    const last = Number(slider.max);
    move(slider.valueAsNumber === last ? 0 : slider.valueAsNumber);
    step = setInterval(() => {
      move(slider.valueAsNumber + 1);
      if (slider.valueAsNumber === last) stop();
    }, PACE);
  }

  function stop() {
    clearInterval(step);
    step = null;
    byItself = false;
    find(".play").textContent = "Play";
  }

  function move(moment) {
    slider.value = moment;
    show();
  }

  // Showing.

  /** Lay out what depends on the picture or the data set, but not on the moment. */
  function layOut() {
    const { labels, moments, network, pixels, story } = seen;
    find(".network").textContent = network;
    find(".told").textContent = story;
    find(".picture").replaceChildren(thumbnail(pixels, "The picture, as the network sees it"));
    find(".moments").replaceChildren(...moments.map((moment) => card(moment, labels)));
    find("table.bars").replaceChildren(
      ...labels.map((label) =>
        create(
          "tr",
          {},
          create("th", { scope: "row" }, label),
          create("td"),
          create("td", { class: "bar", "aria-hidden": true }, create("i")),
        ),
      ),
    );
    if (Number(slider.max) !== moments.length - 1) {
      slider.max = String(moments.length - 1);
      slider.value = slider.max;
    }
  }

  /** A moment at a glance: when, ten bars, and the answer. */
  function card({ trained, best, shares, percents }, labels) {
    const bars = shares.map((share, index) =>
      create("i", {
        class: index === best ? "best" : "",
        style: `height: ${Math.max(100 * share, 3)}%`,
      }),
    );
    return create(
      "li",
      {},
      create("span", {}, trained),
      create("span", { class: "small-bars", "aria-hidden": true }, ...bars),
      create("strong", {}, labels[best]),
      create("span", {}, percents[best]),
    );
  }

  function layOutTests() {
    const { labels } = seen;
    find(".classes").replaceChildren(...labels.map((label) => create("span", {}, label)));
    const matrix = find(".confusion");
    const short = labels.every((label) => label.length === 1);
    for (const part of [matrix, find(".row")]) part.classList.toggle("short", short);
    const columns = labels.map((label) =>
      create("th", { scope: "col" }, create("span", {}, label)),
    );
    const rows = labels.map((label) =>
      create("tr", {}, create("th", { scope: "row" }, label), ...labels.map(() => create("td"))),
    );
    const head = create("tr", {}, create("td"), ...columns);
    matrix.replaceChildren(create("caption"), create("tbody", {}, head, ...rows));
    const { numbers, places, images } = tests.some;
    find(".row").replaceChildren(
      ...places.map((place, index) => {
        const pixels = images.subarray(784 * index, 784 * (index + 1));
        const truth = labels[tests.truths[place]];
        const name = `Test image ${numbers[index].toLocaleString("en")}: ${truth}`;
        return create(
          "figure",
          {},
          thumbnail(pixels, name),
          create("figcaption", {}, create("span", {}, truth), create("span")),
        );
      }),
    );
  }

  /** Show the moment that the slider chooses. */
  function show() {
    const { labels, moments } = seen;
    const at = slider.valueAsNumber;
    const { name, best, shares, percents } = moments[at];
    for (const [index, card] of [...find(".moments").children].entries()) {
      if (index === at) card.setAttribute("aria-current", "true");
      else card.removeAttribute("aria-current");
    }
    for (const when of element.querySelectorAll(".when")) when.textContent = name;
    for (const [index, row] of [...element.querySelectorAll(".bars tr")].entries()) {
      row.classList.toggle("best", index === best);
      row.querySelector("td").textContent = percents[index];
      row.querySelector("i").style.width = `${100 * shares[index]}%`;
    }
    let value = `${name}: ${labels[best]}, ${percents[best]}`;
    if (tests) {
      const wrong = showTests(at);
      find(".count").textContent = wrong;
      value += `; ${wrong} test images still wrong`;
    }
    slider.setAttribute("aria-valuetext", value);
  }

  /** Show what is known of the test images and the filters at a moment; tells how many are wrong. */
  function showTests(at) {
    const { truths, counts, filters, some } = tests;
    const learned = tests.learned.subarray(at * truths.length, (at + 1) * truths.length);
    showFilters(filters.subarray((at * filters.length) / seen.moments.length));
    const wrong = learned.reduce((sum, said, place) => sum + Number(said !== truths[place]), 0);
    const total = `${wrong.toLocaleString("en")} of ${truths.length.toLocaleString("en")}`;
    showMap(learned, truths, counts);
    find(".map canvas").setAttribute("aria-label", `Test images still wrong: ${total}`);
    showMatrix(learned, truths, counts);
    for (const [index, caption] of [...element.querySelectorAll(".row figcaption")].entries()) {
      const place = some.places[index];
      const right = learned[place] === truths[place];
      caption.lastChild.textContent = right ? "✓" : `✗ ${seen.labels[learned[place]]}`;
      caption.className = right ? "right" : "";
    }
    return total;
  }

  function showFilters(weights) {
    const canvas = /** @type {HTMLCanvasElement} */ (find(".filters"));
    const { side } = tests;
    const count = tests.filters.length / seen.moments.length / side ** 2;
    const style = getComputedStyle(element);
    const colours = ["--for", "--against"].map((name) => style.getPropertyValue(name));
    const cell = 11;
    const pitch = side * cell + 6;
    const columns = Math.max(1, Math.floor(canvas.parentElement.clientWidth / pitch));
    sized(canvas, columns * pitch, Math.ceil(count / columns) * pitch, (context) => {
      for (let filter = 0; filter < count; filter++) {
        const left = (filter % columns) * pitch;
        const top = Math.floor(filter / columns) * pitch;
        context.globalAlpha = 0.08;
        context.fillStyle = style.color;
        context.fillRect(left, top, side * cell, side * cell);
        context.globalAlpha = 1;
        squares(context, weights.subarray(filter * side ** 2), side, left, top, cell, colours);
      }
    });
    canvas.style.width = `${columns * pitch}px`;
  }

  /** One dot for each test image: faint if it is right, strong if it is wrong. */
  function showMap(learned, truths, counts) {
    const canvas = /** @type {HTMLCanvasElement} */ (find(".map canvas"));
    const columns = Math.ceil(Math.max(...counts) / LINES);
    canvas.width = columns;
    canvas.height = counts.length * (LINES + 1) - 1;
    const context = canvas.getContext("2d");
    context.fillStyle = getComputedStyle(canvas).color;
    const places = counts.map(() => 0); // how many of each class there are so far
    learned.forEach((said, index) => {
      const truth = truths[index];
      const place = places[truth]++;
      context.globalAlpha = said === truth ? 0.1 : 1;
      const line = Math.floor(place / columns);
      context.fillRect(place % columns, truth * (LINES + 1) + line, 1, 1);
    });
  }

  function showMatrix(learned, truths, counts) {
    const matrix = /** @type {HTMLTableElement} */ (find(".confusion"));
    const found = counts.map(() => counts.map(() => 0));
    learned.forEach((said, index) => {
      found[truths[index]][said]++;
    });
    const { name } = seen.moments[slider.valueAsNumber];
    const caption = `Test images, ${name}: what it is (rows), what it was taken for (columns)`;
    matrix.caption.textContent = caption;
    for (const [truth, row] of found.entries()) {
      const cells = matrix.rows[truth + 1].querySelectorAll("td");
      for (const [said, count] of row.entries()) {
        cells[said].textContent = count ? String(count) : "";
        cells[said].className = said === truth ? "hit" : "miss";
        cells[said].style.setProperty("--share", String(count / counts[truth]));
      }
    }
  }

  async function taken(packed) {
    const [learned, filters, images] = await Promise.all(
      [packed.learned, packed.filters, packed.some.pixels].map(unpacked),
    );
    const truths = packed.counts.flatMap((count, truth) => Array(count).fill(truth));
    return { ...packed, learned, filters, truths, some: { ...packed.some, images } };
  }

  async function receive() {
    const response = props.value;
    if (!response) return;
    find(".trouble").textContent = response.problem ?? "";
    find(".trouble").hidden = !response.problem;
    if (!response.moments) find(".body").hidden = true;
    if (response.moments) {
      const { dataset } = response;
      const pixels = await unpacked(response.pixels);
      const known = tests?.dataset === dataset ? tests : null;
      const next = response.tests ? { dataset, ...(await taken(response.tests)) } : known;
      if (props.value !== response) return; // there is a newer one
      seen = { ...response, pixels };
      tests = next;
      find(".body").hidden = false;
      layOut();
      if (response.tests) layOutTests();
      show();
    }
    if (response.number === requests) turns.ended();
  }

  watch("value", receive);
  hear("answer", (next) => {
    told = next;
    offerDigits(find(".which"), told.answer);
    renew();
  });
  find(".which select").addEventListener("change", renew);
  slider.addEventListener("input", show);
  find(".moments").addEventListener("click", (event) => {
    const card = /** @type {HTMLElement} */ (event.target).closest("li");
    if (card) move([...card.parentElement.children].indexOf(card));
  });
  find(".play").addEventListener("click", () => {
    byItself = false;
    if (step) stop();
    else play();
  });
  find(".classify").addEventListener("click", () => {
    const tab = document.getElementById("classify-button");
    tab.click();
    tab.focus();
    window.scrollTo(0, 0);
  });
  // The first touch of anything here stops it, and then it no longer plays by itself.
  for (const name of ["pointerdown", "keydown"]) {
    element.addEventListener(name, ({ target }) => {
      if (!(/** @type {HTMLElement} */ (target).closest(".play"))) stop();
    });
  }
  new IntersectionObserver(
    (entries) => {
      near = entries.at(-1).isIntersecting;
      ask();
    },
    { rootMargin: NEAR },
  ).observe(element);
  // It plays by itself once, as soon as the moments can be seen; if they leave the screen before
  // the end, it starts afresh when they are back.
  new IntersectionObserver(
    (entries) => {
      if (!byItself || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
      const inSight = entries.at(-1).intersectionRatio >= SEEN;
      if (inSight && !step) play();
      else if (!inSight && step) {
        stop();
        byItself = true;
        move(Number(slider.max));
      }
    },
    { threshold: SEEN },
  ).observe(find(".moments"));
  let width = 0;
  hear("theme", () => seen && width && show()); // canvases keep the colours they were painted in
  new ResizeObserver(() => {
    if (element.clientWidth === width) return;
    width = element.clientWidth;
    if (seen && width) show();
  }).observe(element);
}
