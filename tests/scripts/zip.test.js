// ZIP archives, byte by byte. That others can read them is tested with Python's zipfile, in the browser.

import assert from "node:assert/strict";
import { test } from "node:test";
import { crc32 } from "node:zlib";
import { zip } from "../../fmnist/ui/teach/zip.js";

const FILES = [
  { name: "mine/README.txt", bytes: new TextEncoder().encode("Grüße") },
  { name: "mine/1/1.png", bytes: Uint8Array.from({ length: 70_000 }, (_, i) => (i * i) & 255) },
  { name: "mine/T-shirt-top/1.jpg", bytes: new Uint8Array(0) },
];

/** What an archive holds, read by its directory. */
function unpacked(view) {
  const end = view.byteLength - 22;
  assert.equal(view.getUint32(end, true), 0x06054b50);
  const text = (at, length) => new TextDecoder().decode(new Uint8Array(view.buffer, at, length));
  const found = [];
  let line = view.getUint32(end + 16, true);
  for (let count = view.getUint16(end + 10, true); count; count--) {
    assert.equal(view.getUint32(line, true), 0x02014b50);
    const [letters, entry] = [view.getUint16(line + 28, true), view.getUint32(line + 42, true)];
    assert.equal(view.getUint32(entry, true), 0x04034b50);
    const size = view.getUint32(entry + 18, true);
    const name = text(entry + 30, letters);
    assert.equal(text(line + 46, letters), name);
    const bytes = new Uint8Array(view.buffer, entry + 30 + letters, size);
    assert.equal(view.getUint32(entry + 14, true), crc32(bytes));
    found.push({ name, bytes });
    line += 46 + letters;
  }
  assert.equal(line, end);
  return found;
}

test("an archive holds each file under its name, with its checksum", async () => {
  const archive = await zip(FILES).arrayBuffer();
  const found = unpacked(new DataView(archive));
  assert.deepEqual(
    found.map(({ name, bytes }) => [name, [...bytes]]),
    FILES.map(({ name, bytes }) => [name, [...bytes]]),
  );
});

test("an archive of nothing is one, too", async () => {
  const archive = await zip([]).arrayBuffer();
  assert.deepEqual(unpacked(new DataView(archive)), []);
});
