// Make a ZIP archive in the browser.

/** @typedef {{ name: string, bytes: Uint8Array<ArrayBuffer> }} File */

/**
 * An uncompressed ZIP, as specified in PKWARE's APPNOTE.TXT.
 *
 * @param {File[]} files
 */
export function zip(files) {
  const [contents, directory] = [[], []];
  let at = 0;
  let listed = 0;
  for (const { name, bytes } of files) {
    const letters = new TextEncoder().encode(name);
    const size = bytes.length;
    // Version 2.0, no flags, stored, 1 January 1980, checksum, both sizes, length of the name.
    const entry = [
      2,
      20,
      2,
      0,
      2,
      0,
      2,
      0,
      2,
      33,
      4,
      crc32(bytes),
      4,
      size,
      4,
      size,
      2,
      letters.length,
      2,
      0,
    ];
    const header = packed([4, 0x04034b50, ...entry]);
    const line = packed([4, 0x02014b50, 2, 20, ...entry, 2, 0, 2, 0, 2, 0, 4, 0, 4, at]);
    contents.push(header, letters, bytes);
    directory.push(line, letters);
    at += header.length + letters.length + size;
    listed += line.length + letters.length;
  }
  const count = files.length;
  const end = packed([4, 0x06054b50, 2, 0, 2, 0, 2, count, 2, count, 4, listed, 4, at, 2, 0]);
  return new Blob([...contents, ...directory, end], { type: "application/zip" });
}

/**
 * Numbers in little-endian order, each preceded by its size in bytes.
 *
 * @param {number[]} numbers
 */
function packed(numbers) {
  const bytes = [];
  for (let i = 0; i < numbers.length; i += 2) {
    for (let byte = 0; byte < numbers[i]; byte++) bytes.push((numbers[i + 1] >>> (8 * byte)) & 255);
  }
  return Uint8Array.from(bytes);
}

/** @param {Uint8Array} bytes */
function crc32(bytes) {
  let rest = -1;
  for (const byte of bytes) {
    rest ^= byte;
    for (let bit = 0; bit < 8; bit++) rest = (rest >>> 1) ^ (rest & 1 ? 0xedb88320 : 0);
  }
  return ~rest >>> 0;
}
