// Asks the server for what one part of the page shows, one request at a time.

const PATIENCE = 60_000; // milliseconds until a request of which gradio tells nothing is lost

/**
 * Of what is wanted during a request, only the last is asked for. gradio's "always_last" would send
 * the previous one's event data, and forget it where a request fails.
 *
 * @template Wish
 * @param {(wish: Wish) => void} send sends a request for it
 * @param {string} refused the event that tells that the server refused one
 * @param {(wish: Wish) => void} [lost] called with what will not come
 */
export function inTurns(send, refused, lost = () => {}) {
  let pending = null; // what is asked for
  let later = null; // what to ask for next
  let patience = null;

  /** @param {Wish} wish */
  function ask(wish) {
    if (pending) {
      later = wish;
      return;
    }
    pending = wish;
    patience = setTimeout(fail, PATIENCE);
    send(wish);
  }

  /** The answer is there: ask for what is wanted since. */
  function ended() {
    clearTimeout(patience);
    const next = later;
    pending = later = null;
    if (next) ask(next);
  }

  function fail() {
    lost(pending);
    ended();
  }

  document.addEventListener(refused, () => pending && fail());
  return {
    ask,
    ended,
    /** What is to be asked for next, or null. */
    next: () => later,
    /** No longer want what is to be asked for next. */
    forget() {
      later = null;
    },
  };
}
