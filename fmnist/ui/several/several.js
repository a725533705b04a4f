// Several pictures: each is made small, uploaded and answered like a single one, while those before
// and after it are at another of these steps. The server sends rows of the table; the table stays
// here. `props.value` is the data set.

import { csv } from "../csv.js";
import { small } from "../panel/small.js";
import { save } from "../save.js";

const CUT_OFF = "The connection was lost: choose this picture again.";

const ORDER = new Intl.Collator("en", { numeric: true });

/**
 * A function that runs tasks in the order in which they come, at most `most` at a time. Once
 * stopped, those that wait fail.
 *
 * @param {number} most
 * @param {AbortSignal} stopped
 */
function turns(most, stopped) {
  const waiting = [];
  let free = most;
  return async (task) => {
    if (free) free--;
    else await new Promise((called) => waiting.push(called));
    try {
      stopped.throwIfAborted();
      return await task();
    } finally {
      if (waiting.length) waiting.shift()();
      else free++;
    }
  };
}

/** @param {Component} component */
export default function ({ element, props, watch }) {
  const NOTHING = props.fields.slice(1, -1).map(() => ""); // for a picture without answers

  const input = element.querySelector("input");
  const state = element.querySelector(".several-state");
  const answers = element.querySelector(".several-answers");
  const progress = element.querySelector(".several-progress");
  const bar = progress.querySelector("progress");
  const table = element.querySelector("tbody");

  const sorting = [...element.querySelectorAll("th:has(button)")]; // the headers, by column

  let files = []; // a File, or the address of an example
  let rows = []; // with their numbers in `files`
  let triesExamples = false;
  let leftOut = "";
  let summary = "";
  let round = new AbortController(); // choosing new pictures or another data set ends the last one

  class Refusal extends Error {} // its message is shown

  async function fetched(path, options) {
    const { signal } = round;
    for (;;) {
      const response = await fetch(`gradio_api/${path}`, { ...options, signal });
      if (response.ok) return response;
      const seconds = Number(response.headers.get("Retry-After"));
      if (!seconds) throw new Refusal((await response.json()).detail);
      await new Promise((again) => setTimeout(again, seconds * 1000)); // the server is busy
    }
  }

  /** @type {(chosen: File | string) => string} */
  const nameOf = (chosen) => (chosen instanceof File ? chosen.name : chosen.split("/").pop());

  async function smallFile(chosen) {
    if (chosen instanceof File) return small(chosen, props.longest);
    const example = await (await fetched(`file=${chosen}`)).blob();
    return new File([example], nameOf(chosen), { type: example.type });
  }

  async function uploaded(file) {
    if (file.size > props.bytes)
      throw new Refusal(
        `This file is larger than ${props.bytes / 1e6} MB: choose a smaller picture.`,
      );
    const body = new FormData();
    body.append("files", file);
    const [path] = await (await fetched("upload", { method: "POST", body })).json();
    return path;
  }

  async function rowOf(path) {
    const picture = { path, meta: { _type: "gradio.FileData" } };
    const asked = await fetched("call/row", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ data: [picture, props.value] }),
    });
    const { event_id } = await asked.json();
    const told = await (await fetched(`call/row/${event_id}`)).text();
    const [, event, data] = told.match(/event: (complete|error)\ndata: (.*)/);
    if (event === "error") throw new Refusal(JSON.parse(data).error);
    return JSON.parse(data)[0];
  }

  function add(number, cells, problem) {
    const row = document.createElement("tr");
    row.innerHTML = cells ?? `<th scope="row"></th><td colspan="${sorting.length - 1}"></td>`;
    const name = document.createElement("span");
    name.textContent = nameOf(files[number]);
    row.cells[0].append(name);
    if (problem) row.cells[1].textContent = problem;
    rows.push({ row, number });
    arrange();
    answers.hidden = false;
  }

  /** Sort the rows by the column whose header says so; those alike stay as chosen. */
  function arrange() {
    const column = sorting.findIndex((header) => header.ariaSort);
    const sign = sorting[column].ariaSort === "ascending" ? 1 : -1;
    const key = ({ row, number }) => (column ? keyOf(row, column) : String(number));
    rows.sort(
      (one, other) => sign * ORDER.compare(key(one), key(other)) || one.number - other.number,
    );
    table.append(...rows.map(({ row }) => row));
  }

  /** What a row is compared by; what could not be read comes before all answers. */
  function keyOf(row, column) {
    const [label, level, confidence] = valuesOf(row).slice(3 * Math.floor((column - 1) / 2));
    if (!label) return "";
    return column % 2 ? label : `${props.levels.indexOf(level)} ${confidence}`;
  }

  const valuesOf = (row) => [...row.querySelectorAll("data")].map((each) => each.value);

  function sortBy(chosen) {
    const direction = chosen.ariaSort === "ascending" ? "descending" : "ascending";
    for (const header of sorting) header.ariaSort = header === chosen ? direction : null;
    arrange();
  }

  async function answer() {
    round.abort();
    round = new AbortController();
    const stopped = round.signal;
    let [done, unread] = [0, 0];
    summary = "";
    rows = [];
    table.replaceChildren();
    answers.hidden = true;
    progress.hidden = !files.length;
    bar.max = files.length;
    bar.value = 0;
    if (files.length)
      state.textContent = `Reading ${files.length === 1 ? "the picture" : `${files.length} pictures`} …`;
    // A large picture takes much memory while it is made small; uploads share the line.
    const [making, uploading, asking] = [1, 1, props.answered].map((most) => turns(most, stopped));
    async function answered(chosen, number) {
      const row = await settled(
        making(() => smallFile(chosen))
          .then((file) => uploading(() => uploaded(file)))
          .then((path) => asking(() => rowOf(path))),
      );
      if (stopped.aborted) return;
      add(number, row.value, row.problem);
      row.problem ? unread++ : done++;
      summary = `${done} answered${unread ? `, ${unread} could not be read` : ""}.`;
      bar.value = done + unread;
    }
    await Promise.all(files.map(answered));
    if (stopped.aborted) return;
    over();
    state.textContent = files.length ? `${summary} ${leftOut}` : "";
  }

  /** What a promise gave, or the sentence about why it gave nothing. */
  async function settled(promise) {
    try {
      return { value: await promise };
    } catch (error) {
      return { problem: error instanceof Refusal ? error.message : CUT_OFF };
    }
  }

  function over() {
    if (progress.contains(document.activeElement)) element.querySelector(".several-try").focus();
    progress.hidden = true;
  }

  function stop() {
    round.abort();
    over();
    state.textContent = `Stopped. ${summary}`;
  }

  function choose() {
    triesExamples = false;
    files = [...input.files].slice(0, props.most);
    const more = input.files.length - files.length;
    leftOut = more
      ? `${more} more ${more === 1 ? "was" : "were"} left out: choose at most ${props.most} at a time.`
      : "";
    input.value = ""; // so that the same files can be chosen again
    answer();
  }

  function tryExamples() {
    triesExamples = true;
    files = props.examples[props.value];
    leftOut = "";
    answer();
  }

  /** As they are shown. */
  function lines() {
    return [...table.rows].map((row) => {
      const values = valuesOf(row);
      const [name, said] = [row.cells[0], row.cells[1]].map((cell) => cell.textContent.trim());
      return values.length ? [name, ...values, ""] : [name, ...NOTHING, said];
    });
  }

  function saveTable() {
    save(new Blob([csv([props.fields, ...lines()])], { type: "text/csv" }), "fmnist.csv");
  }

  input.addEventListener("change", choose);
  progress.querySelector("button").addEventListener("click", stop);
  const tries = /** @type {HTMLButtonElement} */ (element.querySelector(".several-try"));
  tries.addEventListener("click", tryExamples);
  tries.disabled = false; // a click before this ran would be lost
  for (const header of sorting)
    header.querySelector("button").addEventListener("click", () => sortBy(header));
  element.querySelector(".several-save").addEventListener("click", saveTable);
  watch("value", () => (triesExamples ? tryExamples() : answer()));
  if (input.files.length) choose(); // chosen before this ran
}
