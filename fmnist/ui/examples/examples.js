// The examples: a click tells which.

export default function ({ element, trigger }) {
  element.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) trigger("click", { number: Number(button.dataset.number) });
  });
}
