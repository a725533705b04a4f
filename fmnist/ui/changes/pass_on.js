// Passes the server's answers on to changes.js.

import { tell } from "../events.js";

/** @param {Component} component */
export default function ({ props, watch }) {
  watch("value", () => {
    tell("what-if", JSON.parse(props.value));
  });
}
