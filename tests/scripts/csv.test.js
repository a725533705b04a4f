// Tables for spreadsheets.

import assert from "node:assert/strict";
import { test } from "node:test";
import { csv } from "../../fmnist/ui/csv.js";

test("a table has a mark for UTF-8, quotes around each value, and a line for each row", () => {
  const rows = [
    ["file", "answer"],
    ["grüße.png", "T-shirt/top"],
  ];
  assert.equal(csv(rows), '\ufeff"file","answer"\r\n"grüße.png","T-shirt/top"\r\n');
});

test("commas, quotes and line breaks stay within their value", () => {
  assert.equal(csv([['a,"b"\nc', "d"]]), '\ufeff"a,""b""\nc","d"\r\n');
});

for (const start of ["=", "+", "-", "@", "\t", "\r"]) {
  test(`a value that begins with ${JSON.stringify(start)} is no formula`, () => {
    assert.equal(csv([[`${start}1+1`]]), `\ufeff"'${start}1+1"\r\n`);
  });
}

test("such a character elsewhere is left alone", () => {
  assert.equal(csv([["1-1=0"]]), '\ufeff"1-1=0"\r\n');
});
