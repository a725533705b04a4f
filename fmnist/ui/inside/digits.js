/** The digits of a number, to choose from: "7 (2 of 3)". */
export const optionsOf = (labels) =>
  labels.map((label, place) => new Option(`${label} (${place + 1} of ${labels.length})`));
