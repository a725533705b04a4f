// Keeps a menu and its value in sync.

/** @param {Component} component */
export default function ({ element, props, trigger, watch }) {
  const select = element.querySelector("select");
  const show = () => {
    select.value = props.value;
  };
  select.addEventListener("change", () => {
    props.value = select.value;
    trigger("input");
  });
  watch(["value", "choices"], show);
  show();
}
