/**
 * Offer the digits of a number to choose from: "7 (2 of 3)". The chosen place stays while there are as many.
 * @param {HTMLElement} which - holds the menu
 * @param {Answer["answer"]} answer
 */
export function offerDigits(which, answer) {
  const labels = answer ? answer.digits.map(({ label }) => label) : [];
  const menu = which.querySelector("select");
  const place = menu.length === labels.length ? menu.selectedIndex : 0;
  menu.replaceChildren(
    ...labels.map((label, at) => new Option(`${label} (${at + 1} of ${labels.length})`)),
  );
  menu.selectedIndex = place;
  which.hidden = !labels.length;
}
