// Pictures that a person has labelled, kept in the browser's session, never on the server; and a
// ZIP of them, with the folders that `train.py --pictures` expects.

import { hear } from "../events.js";
import { picture } from "../pad/paint.js";
import { save } from "../save.js";
import { zip } from "./zip.js";

const KEY = "fmnist-taught";
const ROOM = 4_000_000; // characters for all pictures; browsers allow 5 million per session

/** @param {Component} component */
export default function ({ element, props }) {
  const said = element.querySelector(".teach-said");
  let { chosen } = props; // {dataset, network, source, photo}
  let strokes = [];
  let kept = stored(); // {dataset, label, url}; `url` is the picture as a data URL
  let current = null; // the one that shows the current picture, if known

  function stored() {
    try {
      return JSON.parse(sessionStorage.getItem(KEY)) ?? [];
    } catch {
      return []; // this browser stores nothing, so pictures last until the page is left
    }
  }

  /** Keep these pictures if there is room; returns whether there was. */
  function keep(pictures) {
    const text = JSON.stringify(pictures);
    if (text.length > ROOM) return false;
    try {
      sessionStorage.setItem(KEY, text);
    } catch (error) {
      if (/** @type {DOMException} */ (error).name === "QuotaExceededError") return false;
    }
    kept = pictures;
    return true;
  }

  function show() {
    for (const labels of element.querySelectorAll(".teach-labels")) {
      labels.hidden = labels.dataset.of !== chosen.dataset;
      for (const button of labels.querySelectorAll("button")) {
        const pressed = current?.dataset === chosen.dataset && current.label === button.textContent;
        button.ariaPressed = String(pressed);
      }
    }
    element.querySelector(".teach-kept").hidden = !kept.length;
  }

  function tell(first) {
    const count = kept.length === 1 ? "1 picture is" : `${kept.length} pictures are`;
    const words = `${first} ${kept.length ? `${count} kept in this tab.` : ""}`.trim();
    if (words !== said.textContent) said.textContent = words; // screen readers would repeat it
  }

  /** The current picture as a data URL: the drawing as sent, or the photo at its working size. */
  async function shown() {
    if (chosen.source === "draw") return picture(strokes, props.side);
    const canvas = document.createElement("canvas");
    const context = canvas.getContext("2d");
    const photo = new Image();
    photo.src = chosen.photo;
    await photo.decode();
    const scale = Math.min(1, props.longest / Math.max(photo.naturalWidth, photo.naturalHeight));
    canvas.width = Math.round(photo.naturalWidth * scale);
    canvas.height = Math.round(photo.naturalHeight * scale);
    context.fillStyle = "white"; // behind transparent pixels
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(photo, 0, 0, canvas.width, canvas.height);
    return canvas.toDataURL("image/jpeg");
  }

  async function teach(label) {
    const { dataset } = chosen;
    const url = await shown();
    const before = kept.find((each) => each.url === url);
    const others = kept.filter((each) => each !== before);
    const taken = { dataset, label, url };
    if (before && before === current && before.dataset === dataset && before.label === label) {
      keep(others);
      current = null;
      tell("No longer kept.");
    } else if (keep([...others, taken])) {
      current = taken;
      tell(`Kept as “${label}”.`);
    } else {
      said.textContent =
        "There is no more room in this tab: download the ZIP, delete all and try again.";
    }
    show();
  }

  function changed() {
    current = null;
    tell(""); // what was said is of the last picture
    show();
  }

  /** @returns {import("./zip.js").File} */
  const file = (name, bytes) => ({ name: `${props.folder}/${name}`, bytes });

  function download() {
    const files = [file("README.txt", new TextEncoder().encode(props.readme))];
    const counts = {};
    for (const { label, url } of kept) {
      const folder = label.replaceAll("/", "-");
      counts[folder] = (counts[folder] ?? 0) + 1;
      const bytes = Uint8Array.from(atob(url.split(",")[1]), (byte) => byte.charCodeAt(0));
      const kind = url.startsWith("data:image/png") ? "png" : "jpg";
      files.push(file(`${folder}/${counts[folder]}.${kind}`, bytes));
    }
    save(zip(files), `${props.folder}.zip`);
  }

  // A number has no class of its own; the room is kept, so that nothing moves.
  hear("answer", ({ answer }) => {
    element.querySelector("details").style.visibility = answer?.digits.length ? "hidden" : "";
  });
  hear("drawn", (drawing) => {
    strokes = drawing.strokes;
    changed();
  });
  hear("chosen", (choices) => {
    const same = ["dataset", "source", "photo"].every((key) => choices[key] === chosen[key]);
    chosen = choices;
    if (!same) changed();
  });
  element.addEventListener("click", ({ target }) => {
    const label = /** @type {HTMLElement} */ (target).closest(".teach-labels button");
    if (!label) return;
    teach(label.textContent).catch(() => {
      said.textContent =
        "Your browser cannot show this photo, so it cannot keep it: upload it as a JPEG or PNG.";
    });
  });
  element.querySelector(".teach-zip").addEventListener("click", download);
  element.querySelector(".teach-delete").addEventListener("click", () => {
    keep([]);
    changed();
    tell("All deleted.");
    element.querySelector("summary").focus(); // the button that had focus is gone
  });
  show();
  if (kept.length) tell("");
}
