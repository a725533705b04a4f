// Tables as CSV (RFC 4180).

/**
 * Rows of values as CSV. Values that a spreadsheet would run as formulas are quoted; the byte order
 * mark tells it that the text is UTF-8.
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
