// Adds what gradio's components lack. gradio calls this once, when the page appears.

export default function () {
  // Put tabs, panel and the tab's content in visual order, which the Tab key then follows.
  document.querySelector("#views > .tab-wrapper").after(document.querySelector("#panel"));

  // gradio gives every radio button a name of its own, so browsers see groups of one, without arrow
  // keys, and it does not name groups. Tabs are laid out when they are first opened.
  function group() {
    const radios = document.querySelectorAll('fieldset input[type="radio"][name^="radio-"]');
    for (const radio of /** @type {NodeListOf<HTMLInputElement>} */ (radios)) {
      const fieldset = radio.closest("fieldset");
      const label = fieldset.querySelector('[data-testid="block-info"]').textContent.trim();
      fieldset.setAttribute("role", "radiogroup");
      fieldset.setAttribute("aria-label", label);
      radio.name = fieldset.id || label;
    }
  }
  new MutationObserver(group).observe(document.body, { childList: true, subtree: true });
  group();

  document.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const tab = /** @type {HTMLElement} */ (event.target).closest('[role="tab"]');
    if (!step || !tab) return;
    const tabs = [...tab.parentElement.querySelectorAll('[role="tab"]')];
    const place = tabs.indexOf(/** @type {HTMLElement} */ (tab));
    const next = tabs.at((place + step) % tabs.length);
    next.click();
    next.focus();
  });

  // The answer's button to switch to another data set does what choosing it in the panel does. The
  // button goes with the answer, so the focus moves to that choice.
  document.addEventListener("click", (event) => {
    const button = /** @type {HTMLElement} */ (event.target).closest("button[data-switch]");
    if (!button) return;
    const dataset = button.getAttribute("data-switch");
    const radio = document.querySelector(`#dataset input[value="${dataset}"]`);
    radio.click();
    radio.focus({ preventScroll: true });
  });

  // Pictures that are pasted or dropped anywhere on the page go to the photo input.
  function take(file) {
    document.querySelector('#source input[value="photo"]').click();
    if (!document.querySelector("#source").checkVisibility())
      document.querySelector('#views [role="tab"]').click();
    const input = /** @type {HTMLInputElement} */ (
      document.querySelector('#photo input[type="file"]')
    );
    const files = new DataTransfer();
    files.items.add(file);
    input.files = files.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  document.addEventListener("paste", (event) => {
    const [file] = event.clipboardData.files;
    if (!file) return;
    event.preventDefault();
    take(file);
  });

  // gradio's upload button only discards the picture, to make room for the next.
  document.addEventListener(
    "click",
    (event) => {
      const input = document.querySelector('#photo input[type="file"]');
      if (
        !input ||
        !(
          /** @type {HTMLElement} */ (event.target).closest(
            "#photo .source-selection button:first-of-type",
          )
        )
      )
        return;
      event.stopPropagation();
      input.click();
    },
    true,
  );

  const dragged = (event) => event.dataTransfer.types.includes("Files");
  const mark = (dragging) => document.body.classList.toggle("dragging", dragging);
  document.addEventListener("dragover", (event) => {
    if (!dragged(event)) return;
    event.preventDefault();
    mark(true);
  });
  document.addEventListener("dragleave", (event) => event.relatedTarget || mark(false));
  document.addEventListener(
    "drop",
    (event) => {
      if (!dragged(event)) return;
      event.preventDefault();
      event.stopPropagation(); // otherwise gradio's own input takes it again
      mark(false);
      take(event.dataTransfer.files[0]);
    },
    true,
  );
}
