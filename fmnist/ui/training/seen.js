// Tells when a part of the tab is on the screen.

/**
 * Call each time an element comes into sight.
 *
 * @param {HTMLElement} element
 * @param {() => void} call
 */
export function whenSeen(element, call) {
  new IntersectionObserver((changes) => {
    // A busy browser tells of several changes at once, and the last may be that it left again.
    if (changes.some((each) => each.isIntersecting)) call();
  }).observe(element);
}
