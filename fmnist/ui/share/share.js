// The address holds what the page shows: data set, network, tab, drawing or test image, and Compare's
// filters. So reloads, back and forward, and shared links show it again. The server only gets what it
// would if a person had just drawn or chosen it.

import { arrival, hear, tell } from "../events.js";
import { save } from "../save.js";
import { card, drawn, loaded } from "./card.js";
import { decode, encode } from "./code.js";

const QUIET = 200; // milliseconds without a change before the address is updated
const READ = 4000; // milliseconds for which it says what was done
const FILTER = "filter-"; // before a filter's name in the address, as there are two networks
const KEPT = { __type__: "update" }; // gradio's word for a value that stays
const FILE = { _type: "gradio.FileData" }; // and for one that is a file

/** gradio's value of an image that is at this address on the server; null for none. */
const uploaded = (url) =>
  url ? { url, path: decodeURIComponent(url.split("file=")[1]), meta: FILE } : null;

/** @param {Component} component */
export default function ({ element, props, trigger }) {
  const said = element.querySelector(".share-said");
  let { chosen, filters } = props; // {dataset, network, source, photo}, and Compare's filters
  let strokes = [];
  let answer = null; // the last one
  let by = null; // and the choices by which it was given
  let image = null; // the test image that is shown, or that a link shows once the server has sent it
  let before = { source: chosen.source, photo: null }; // until a test image was opened
  let shown = null; // what makes the address's entry in the history
  let following = "link"; // or "image", until the page shows what the address says; then ""
  let written = ["", null]; // strokes as JSON, and their code in the address
  let waiting = null;
  let saying = null;
  // Phones have a sheet of their own to share files; elsewhere the clipboard is nearer.
  const byTheSystem =
    matchMedia("(pointer: coarse)").matches &&
    navigator.canShare?.({ files: [new File([], "fmnist.png", { type: "image/png" })] });

  const tabs = () => [...document.querySelectorAll('#views [role="tab"]')];
  const named = (tab) => tab.id.replace("-button", "");

  /** The code of the drawing: "" if the pad is empty, null if it would be too long. */
  function code() {
    const drawn = JSON.stringify(strokes);
    if (written[0] !== drawn) written = [drawn, strokes.length ? encode(strokes) : ""];
    return written[1];
  }

  /** The part of the address by which back and forward go: they do not go from stroke to stroke. */
  function place(tab) {
    const found = new URLSearchParams();
    if (tab !== named(tabs()[0])) found.set("tab", tab);
    if (tab === "compare")
      for (const [name, value] of Object.entries(filters))
        if (value !== props.filters[name]) found.set(FILTER + name, value);
    if (image) found.set("image", image.number);
    return String(found);
  }

  function write() {
    clearTimeout(waiting);
    if (following) return;
    const now = place(named(tabs().find((each) => each.getAttribute("aria-selected") === "true")));
    const link = new URLSearchParams({ dataset: chosen.dataset, network: chosen.network });
    for (const each of new URLSearchParams(now)) link.set(...each);
    if (chosen.source === "draw" && code()) link.set("drawing", code());
    if (shown !== null && now !== shown) history.pushState(null, "", `#${link}`);
    else history.replaceState(history.state, "", `#${link}`);
    shown = now;
  }

  function changed() {
    said.textContent = "";
    clearTimeout(waiting);
    waiting = setTimeout(write, QUIET);
  }

  function open() {
    clearTimeout(waiting); // what was to be written belongs to the entry that was left
    const last = following !== "image" && image; // which is shown
    following = "";
    const hash = location.hash.slice(1);
    if (!hash || document.getElementById(hash)) return; // no link, or an anchor on the page
    const link = new URLSearchParams(hash);
    const [dataset, network, drawn, number] = ["dataset", "network", "drawing", "image"].map(
      (key) => link.get(key),
    );
    const drawing = drawn === null ? [] : decode(drawn);
    const filtered = Object.entries(props.filters).map(([name, first]) => [
      name,
      link.get(FILTER + name) ?? first,
    ]);
    if (
      !drawing ||
      !props.datasets.includes(dataset) ||
      !props.networks.includes(network) ||
      !(number === null || (/^\d{1,9}$/.test(number) && Number(number) < props.images[dataset])) ||
      !filtered.every(([name, value]) => props.known[name].includes(value))
    ) {
      said.textContent =
        "This link is damaged and shows nothing: ask for it again, or draw something.";
      return;
    }
    said.textContent = "";
    written = [JSON.stringify(drawing), drawn];
    // First the drawing: the choices then cause a newer request, which replaces its own.
    if (drawing.length) tell("draw", { strokes: drawing });
    const wanted = number && { dataset, number: Number(number), network };
    if (wanted && !(last?.number === wanted.number && chosen.dataset === dataset)) {
      following = "image";
      tell("open", wanted);
    } else {
      following = "link";
      tell("open", null); // instead of one that may still be coming
      const now = last && !wanted ? before : { source: chosen.source, photo: KEPT };
      props.value = [dataset, network, drawing.length ? "draw" : now.source, now.photo];
      trigger("input");
    }
    image = wanted;
    const tab = tabs().find((each) => named(each) === link.get("tab")) ?? tabs()[0];
    if (named(tab) === "compare") tell("filter", { filters: Object.fromEntries(filtered) });
    shown = place(named(tab));
    tab.click();
    // Back from a test image, one is where one opened it.
    if (last && !wanted)
      requestAnimationFrame(() =>
        document
          .querySelector(`#mistakes [data-dataset="${last.dataset}"][data-number="${last.number}"]`)
          ?.focus(),
      );
  }

  async function copy() {
    if (code() === null && !image) {
      say("This drawing has too much detail for a link: save it as a picture.");
      return;
    }
    write();
    try {
      await navigator.clipboard.writeText(location.href);
      say(`Link copied: whoever opens it sees this ${image ? "image" : "drawing"} and its answer.`);
    } catch {
      prompt("Your browser does not let this page copy, so here is the link:", location.href);
    }
  }

  async function picture() {
    await arrival(); // or it would show an older answer beside what is new
    const shown = chosen.source === "draw" ? drawn(strokes) : await loaded(chosen.photo);
    return new File([await card(shown, answer, by.network)], fileName(), { type: "image/png" });
  }

  function fileName() {
    const name = answer.label.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
    return name ? `fmnist-${name}.png` : "fmnist.png";
  }

  async function keep() {
    const file = await picture();
    save(file, file.name);
    say(`Saved as ${file.name}.`);
  }

  async function pass() {
    if (byTheSystem) {
      await navigator.share({ files: [await picture()] }).catch((error) => {
        if (error.name !== "AbortError") throw error; // the person closed the sheet
      });
    } else {
      const item = new ClipboardItem({ "image/png": picture() });
      await navigator.clipboard.write([item]);
      say("Picture copied: paste it into a message.");
    }
  }

  /** Say what was done, for as long as it takes to read. */
  function say(words) {
    said.textContent = words;
    clearTimeout(saying);
    saying = setTimeout(() => {
      said.textContent = "";
    }, READ);
  }

  /** Do it, or say that it failed. */
  const or = (task, failed) => () => task().catch(() => say(failed));

  hear("answer", (told) => {
    ({ answer, by } = told);
  });
  hear("drawn", (drawing) => {
    strokes = drawing.strokes;
    changed();
  });
  hear("chosen", (choices) => {
    chosen = choices;
    changed();
  });
  hear("open", (wanted) => {
    if (wanted && !image) before = { source: chosen.source, photo: uploaded(chosen.photo) };
  });
  hear("image", (opened) => {
    if (following === "link") return;
    following = "";
    image = opened;
    changed();
  });
  hear("filter", (told) => {
    filters = { ...filters, ...told.filters };
    changed();
  });
  document.addEventListener("followed", () => {
    if (following === "link") following = "";
    changed();
  });
  // Not "hashchange", which comes later: until then, the old tab could be written to the new entry.
  window.addEventListener("popstate", open);
  element.querySelector(".share-link").addEventListener("click", copy);
  element
    .querySelector(".share-card")
    .addEventListener(
      "click",
      or(keep, "This photo can no longer be shown: upload it again, as a JPEG or PNG."),
    );
  element
    .querySelector(".share-pass")
    .addEventListener(
      "click",
      or(pass, "Your browser does not let this page pass on the picture: save it instead."),
    );
  if (byTheSystem) element.querySelector(".share-pass").textContent = "Share picture …";
  hear("ready", open);
}
