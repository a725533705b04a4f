// Tells changes.js what the server has answered.

/** @param {Component} component */
export default function ({ props, watch }) {
  watch("value", () => {
    const detail = JSON.parse(props.value);
    document.dispatchEvent(new CustomEvent("what-if", { detail }));
  });
}
