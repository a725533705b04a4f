// What the page and its scripts tell each other by events at the document. Some of it is told while
// the page is built up, when not all scripts listen yet: they then hear the last event of a name.

/** @type {(keyof Told)[]} */
const REMEMBERED = ["ready", "answer", "chosen", "drawn"];
const last = /** @type {Told} */ ({});

for (const name of REMEMBERED) {
  document.addEventListener(name, ({ detail }) => Object.assign(last, { [name]: detail }), true);
}

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
 * Call a function with the detail of each event of a name, the last one that was told included.
 *
 * @template {keyof Told} Name
 * @param {Name} name
 * @param {(detail: Told[Name]) => void} listener
 */
export function hear(name, listener) {
  document.addEventListener(name, ({ detail }) => listener(/** @type {Told[Name]} */ (detail)));
  if (name in last) listener(last[name]);
}
