// Events at the document, by which the page and its scripts tell each other of changes. Some are
// told before all scripts listen; those that start later still hear the last event of each name.

/** @type {(keyof Told)[]} */
const REMEMBERED = ["ready", "answer", "chosen", "drawn", "open", "image", "filter"];
const last = /** @type {Told} */ ({});

for (const name of REMEMBERED) {
  document.addEventListener(name, ({ detail }) => Object.assign(last, { [name]: detail }), true);
}

let coming = Promise.resolve();
document.addEventListener("asked", () => {
  coming = new Promise((shown) => {
    const next = () => requestAnimationFrame(() => setTimeout(shown)); // after gradio's frame
    document.addEventListener("arrived", next, { once: true });
  });
});

/** Fulfilled once the answer on its way, if any, is shown. */
export const arrival = () => coming;

/**
 * Tell all scripts.
 *
 * @template {keyof Told} Name
 * @param {Name} name
 * @param {Told[Name]} [detail]
 */
export function tell(name, detail) {
  document.dispatchEvent(new CustomEvent(name, { detail }));
}

/**
 * Call a function with the detail of each event of a name, including the last one already told.
 *
 * @template {keyof Told} Name
 * @param {Name} name
 * @param {(detail: Told[Name]) => void} listener
 */
export function hear(name, listener) {
  document.addEventListener(name, ({ detail }) => listener(/** @type {Told[Name]} */ (detail)));
  if (name in last) listener(last[name]);
}
