// Where the axes of a chart have their numbers.

const ROUND = [1, 1.5, 2, 3, 4, 5, 6, 8]; // as many in each power of ten

/**
 * Round numbers between two, for a logarithmic axis.
 *
 * @param {number} least
 * @param {number} most
 */
export function logarithmic(least, most) {
  const found = [];
  for (let power = Math.floor(Math.log10(least)); 10 ** power <= most; power++) {
    found.push(...ROUND.map((number) => Number(`${number}e${power}`)));
  }
  return found.filter((number) => least <= number && number <= most);
}

/**
 * The first of some epochs, and round numbers up to the last.
 *
 * @param {number} epochs
 * @param {number} most how many numbers there is room for
 */
export function counted(epochs, most) {
  const step = [1, 2, 5, 10, 20, 50, 100].find((step) => epochs / step < most) ?? epochs;
  const found = [1];
  for (let epoch = Math.max(step, 2); epoch <= epochs; epoch += step) found.push(epoch);
  return found;
}
