// What the page and its scripts tell each other by events at the document. Some of it is told while
// the page is built up, when not all scripts listen: they then hear the last event of a name.

const REMEMBERED = ["choice", "chosen", "drawn"];
const last = new Map();

for (const name of REMEMBERED) {
  document.addEventListener(name, ({ detail }) => last.set(name, detail), { capture: true });
}

/** Call `listener` with the detail of each event of this name, the last one that was told included. */
export function hear(name, listener) {
  document.addEventListener(name, ({ detail }) => listener(detail));
  if (last.has(name)) listener(last.get(name));
}
