// What the page and its scripts tell each other by events at the document. Some of it is told while
// the page is built up, when not all scripts listen yet: they then hear the last event of a name.

/** @type {(keyof Told)[]} */
const REMEMBERED = ["answer", "chosen", "drawn"];
const last = /** @type {Told} */ ({});

for (const name of REMEMBERED) {
  document.addEventListener(name, ({ detail }) => Object.assign(last, { [name]: detail }), true);
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
