// The address holds what the page shows: data set, network, tab and drawing. So reloads, back and
// forward, and shared links show it again. The server only gets the drawing, as if a person had just drawn it.

import { hear, tell } from "../events.js";
import { save } from "../save.js";
import { card, drawn, loaded } from "./card.js";
import { decode, encode } from "./code.js";

const QUIET = 200; // milliseconds without a change before the address is updated
const READ = 4000; // milliseconds for which it says what was done

/** @param {Component} component */
export default function ({ element, props, trigger }) {
  const said = element.querySelector(".share-said");
  let { chosen } = props; // {dataset, network, source, photo}
  let strokes = [];
  let answer = null; // the last one
  let shown = ""; // the tab in the address
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

  function write() {
    clearTimeout(waiting);
    const link = new URLSearchParams({ dataset: chosen.dataset, network: chosen.network });
    const tab = named(tabs().find((each) => each.getAttribute("aria-selected") === "true"));
    if (tab !== named(tabs()[0])) link.set("tab", tab);
    if (chosen.source === "draw" && code()) link.set("drawing", code());
    // The browser's back and forward go from tab to tab, not from stroke to stroke.
    if (shown && tab !== shown) history.pushState(null, "", `#${link}`);
    else history.replaceState(history.state, "", `#${link}`);
    shown = tab;
  }

  function changed() {
    said.textContent = "";
    clearTimeout(waiting);
    waiting = setTimeout(write, QUIET);
  }

  function open() {
    clearTimeout(waiting); // what was to be written belongs to the entry that was left
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
    const tab = tabs().find((each) => named(each) === link.get("tab")) ?? tabs()[0];
    shown = named(tab);
    tab.click();
  }

  async function copy() {
    if (code() === null) {
      say("This drawing has too many strokes for a link: save it as a picture.");
      return;
    }
    write();
    try {
      await navigator.clipboard.writeText(location.href);
      say("Link copied: whoever opens it sees this drawing and its answer.");
    } catch {
      prompt("Your browser does not let this page copy, so here is the link:", location.href);
    }
  }

  async function picture() {
    const shown = chosen.source === "draw" ? drawn(strokes) : await loaded(chosen.photo);
    return new File([await card(shown, answer, chosen.network)], fileName(), { type: "image/png" });
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
  // Not "hashchange", which comes later: until then, the old tab could be written to the new entry.
  window.addEventListener("popstate", open);
  element.querySelector(".share-link").addEventListener("click", copy);
  element
    .querySelector(".share-card")
    .addEventListener(
      "click",
      or(keep, "Your browser cannot show this photo: upload it as a JPEG or PNG."),
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
