// Tables as CSV, as RFC 4180 has it.

/**
 * Lines of values as a text. A spreadsheet would run what begins like a formula, so that is quoted;
 * it knows UTF-8 by the mark at the beginning.
 *
 * @param {string[][]} lines
 */
export function csv(lines) {
  return `\ufeff${lines.map((line) => `${line.map(quoted).join()}\r\n`).join("")}`;
}

/** @param {string} text */
function quoted(text) {
  return `"${text.replace(/^[=+\-@\t\r]/, "'$&").replaceAll('"', '""')}"`;
}
