// Adds what gradio's components lack. gradio calls this once, when the page appears.

import { tell } from "./events.js";
import { small } from "./panel/small.js";

// gradio's, in gradio's own order
const BUTTONS = {
  upload: "#photo .source-selection button:nth-of-type(1)",
  camera: "#photo .source-selection button:nth-of-type(2)",
  paste: "#photo .source-selection button:nth-of-type(3)",
};
const NOTHING =
  "There is no picture to paste: copy one first, and let this page see what you copied.";

const photoInput = () =>
  /** @type {HTMLInputElement} */ (document.querySelector('#photo input[type="file"]'));

/** @param {{ longest: number }} settings `longest`: pixels of a photo's longest side */
export default function ({ longest }) {
  const isPhone = matchMedia("(pointer: coarse)").matches; // or a tablet

  // Put tabs, panel and the tab's content in visual order, which the Tab key then follows.
  document.querySelector("#views > .tab-wrapper").after(document.querySelector("#panel"));

  // gradio gives every radio button a name of its own, so browsers see groups of one, without arrow
  // keys, and it does not name groups. Tabs are laid out when they are first opened.
  function group() {
    const radios = document.querySelectorAll('fieldset input[type="radio"][name^="radio-"]');
    for (const radio of /** @type {NodeListOf<HTMLInputElement>} */ (radios)) {
      const fieldset = radio.closest("fieldset");
      const label = fieldset.querySelector('[data-testid="block-info"]').textContent.trim();
      fieldset.setAttribute("role", "radiogroup");
      fieldset.setAttribute("aria-label", label);
      radio.name = fieldset.id || label;
    }
    const button = document.querySelector(BUTTONS.camera);
    if (button && isPhone) button.ariaLabel = "Take a photo";
  }
  new MutationObserver(group).observe(document.body, { childList: true, subtree: true });
  group();

  // gradio takes the colours from the system, whenever it changes them, or from the address; the
  // button overrules it, for later, too.
  const buttons = document.querySelectorAll("button.theme"); // one of them is shown
  const isDark = () => document.body.classList.contains("dark");
  let dark = null; // as last told
  let kept = null; // "dark" or "light", once chosen
  function named() {
    if (kept) document.body.classList.toggle("dark", kept === "dark");
    if (dark === isDark()) return;
    dark = isDark();
    for (const button of buttons) {
      button.textContent = isDark() ? "Light" : "Dark";
      button.ariaLabel = `Switch to ${isDark() ? "light" : "dark"} colours`;
    }
    tell("theme");
  }
  try {
    if (!new URLSearchParams(location.search).has("__theme")) kept = localStorage.theme;
  } catch {} // some browsers store nothing
  function turn() {
    kept = isDark() ? "light" : "dark";
    named();
    try {
      localStorage.theme = kept;
    } catch {}
  }
  for (const button of buttons) button.addEventListener("click", turn);
  new MutationObserver(named).observe(document.body, { attributeFilter: ["class"] });
  named();

  document.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const tab = /** @type {HTMLElement} */ (event.target).closest('[role="tab"]');
    if (!step || !tab) return;
    const tabs = [...tab.parentElement.querySelectorAll('[role="tab"]')];
    const place = tabs.indexOf(/** @type {HTMLElement} */ (tab));
    const next = tabs.at((place + step) % tabs.length);
    next.click();
    next.focus();
  });

  // The answer's button to switch to another data set does what choosing it in the panel does. The
  // button goes with the answer, so the focus moves to that choice.
  document.addEventListener("click", (event) => {
    const button = /** @type {HTMLElement} */ (event.target).closest("button[data-switch]");
    if (!button) return;
    const dataset = button.getAttribute("data-switch");
    const radio = document.querySelector(`#dataset input[value="${dataset}"]`);
    radio.click();
    radio.focus({ preventScroll: true });
  });

  // The answer's strip of maps leads into “Look inside”.
  document.addEventListener("click", (event) => {
    if (!(/** @type {HTMLElement} */ (event.target).closest("[data-look]"))) return;
    const details = /** @type {HTMLDetailsElement} */ (document.querySelector("#inside details"));
    details.open = true;
    details.scrollIntoView({ block: "start" });
    details.querySelector("summary").focus({ preventScroll: true });
  });

  // Pictures that are pasted or dropped anywhere on the page go to the photo input, or to the tab
  // for many while that is open.
  function take(pictures) {
    const [file] = pictures;
    if (!file) return;
    const many = document.querySelector(".several-choose");
    if (many?.checkVisibility()) {
      const input = many.querySelector("input");
      input.files = pictures;
      input.dispatchEvent(new Event("change"));
      return;
    }
    document.querySelector('#source input[value="photo"]').click();
    if (!document.querySelector("#source").checkVisibility())
      document.querySelector('#views [role="tab"]').click();
    send(file);
  }

  // All pictures are made small on their way to gradio.
  let last = null; // chosen
  let passing = false;

  // A picture that is still being made small does not replace an example or test image chosen since.
  for (const name of ["shown", "open"])
    document.addEventListener(name, () => {
      last = null;
    });

  async function send(file) {
    last = file;
    const picture = await small(file, longest);
    while (file === last && !photoInput()) await new Promise(requestAnimationFrame); // gradio sends
    if (file !== last) return;
    const files = new DataTransfer();
    files.items.add(picture);
    const input = photoInput();
    input.files = files.files;
    passing = true;
    input.dispatchEvent(new Event("change", { bubbles: true }));
    passing = false;
  }

  document.addEventListener(
    "change",
    (event) => {
      const input = photoInput();
      if (passing || event.target !== input || !input.files.length) return;
      event.stopPropagation();
      send(input.files[0]);
    },
    true,
  );

  document.addEventListener("paste", (event) => {
    const { files } = event.clipboardData;
    if (!files.length) return;
    event.preventDefault();
    take(files);
  });

  // gradio's paste button leaves nowhere for other pictures to go, and does not say what fails.
  async function paste() {
    for (const item of await navigator.clipboard.read()) {
      const type = item.types.find((each) => each.startsWith("image/"));
      if (type) return send(new File([await item.getType(type)], "pasted", { type }));
    }
    throw new Error(NOTHING);
  }

  // gradio's upload button only discards the picture, to make room for the next. Its camera shows
  // what a webcam sees, on the page; a phone has an app for that.
  const camera = document.createElement("input");
  camera.type = "file";
  camera.accept = "image/*";
  camera.setAttribute("capture", "environment"); // the one on the back
  camera.addEventListener("change", () => {
    take(camera.files);
    camera.value = ""; // so that each photo is a change
  });

  document.addEventListener(
    "click",
    (event) => {
      const target = /** @type {HTMLElement} */ (event.target);
      const clicked = (name) => target.closest(BUTTONS[name]);
      if (clicked("paste")) {
        event.stopPropagation();
        paste().catch(() => tell("trouble", { said: NOTHING }));
        return;
      }
      const input = clicked("upload") ? photoInput() : isPhone && clicked("camera") && camera;
      if (!input) return;
      event.stopPropagation();
      input.click();
    },
    true,
  );

  const dragged = (event) => event.dataTransfer.types.includes("Files");
  const mark = (dragging) => document.body.classList.toggle("dragging", dragging);
  document.addEventListener("dragover", (event) => {
    if (!dragged(event)) return;
    event.preventDefault();
    mark(true);
  });
  document.addEventListener("dragleave", (event) => event.relatedTarget || mark(false));
  document.addEventListener(
    "drop",
    (event) => {
      if (!dragged(event)) return;
      mark(false);
      event.preventDefault();
      event.stopPropagation(); // otherwise gradio's own input takes it again
      take(event.dataTransfer.files);
    },
    true,
  );
}
