// Several pictures, one after another: each is uploaded and answered like a single picture, the next
// one uploaded meanwhile, so a person with many delays nobody. The server sends rows of the table;
// the table stays here. `props.value` is the data set.

import { csv } from "../csv.js";
import { small } from "../panel/small.js";
import { save } from "../save.js";

const CUT_OFF = "The connection was lost: choose this picture again.";

/** @param {Component} component */
export default function ({ element, props, watch }) {
  const NOTHING = props.fields.slice(1, -1).map(() => ""); // for a picture without answers

  const input = element.querySelector("input");
  const state = element.querySelector(".several-state");
  const answers = element.querySelector(".several-answers");
  const progress = element.querySelector(".several-progress");
  const bar = progress.querySelector("progress");
  const table = element.querySelector("tbody");

  let files = [];
  let leftOut = "";
  let summary = "";
  let round = 0; // choosing new pictures or another data set ends the previous round

  class Refusal extends Error {} // its message is shown

  async function fetched(path, options) {
    for (;;) {
      const response = await fetch(`gradio_api/${path}`, options);
      if (response.ok) return response;
      const seconds = Number(response.headers.get("Retry-After"));
      if (!seconds) throw new Refusal((await response.json()).detail);
      await new Promise((again) => setTimeout(again, seconds * 1000)); // the server is busy
    }
  }

  async function uploaded(chosen) {
    const file = await small(chosen, props.longest);
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

  function add(file, cells, problem) {
    const row = table.insertRow();
    row.innerHTML = cells ?? `<th scope="row"></th><td colspan="${props.columns.length - 1}"></td>`;
    const name = document.createElement("span");
    name.textContent = file.name;
    row.cells[0].append(name);
    if (problem) row.cells[1].textContent = problem;
    answers.hidden = false;
  }

  async function answer() {
    const mine = ++round;
    let [done, unread] = [0, 0];
    summary = "";
    table.replaceChildren();
    answers.hidden = true;
    progress.hidden = !files.length;
    bar.max = files.length;
    let next = files.length && settled(uploaded(files[0]));
    for (const [number, file] of files.entries()) {
      bar.value = number;
      state.textContent = `Reading picture ${number + 1} of ${files.length} …`;
      const { value, problem } = await next;
      if (mine !== round) return;
      // the next picture is uploaded while this one is answered
      if (number + 1 < files.length) next = settled(uploaded(files[number + 1]));
      const row = problem ? { problem } : await settled(rowOf(value));
      if (mine !== round) return;
      add(file, row.value, row.problem);
      row.problem ? unread++ : done++;
      summary = `${done} answered${unread ? `, ${unread} could not be read` : ""}.`;
    }
    progress.hidden = true;
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

  function stop() {
    round++;
    progress.hidden = true;
    state.textContent = `Stopped. ${summary}`;
  }

  function choose() {
    files = [...input.files].slice(0, props.most);
    const more = input.files.length - files.length;
    leftOut = more
      ? `${more} more ${more === 1 ? "was" : "were"} left out: choose at most ${props.most} at a time.`
      : "";
    input.value = ""; // so that the same files can be chosen again
    answer();
  }

  function lines() {
    return [...table.rows].map((row) => {
      const values = [...row.querySelectorAll("data")].map((each) => each.value);
      const [name, said] = [row.cells[0], row.cells[1]].map((cell) => cell.textContent.trim());
      return values.length ? [name, ...values, ""] : [name, ...NOTHING, said];
    });
  }

  function saveTable() {
    save(new Blob([csv([props.fields, ...lines()])], { type: "text/csv" }), "fmnist.csv");
  }

  input.addEventListener("change", choose);
  progress.querySelector("button").addEventListener("click", stop);
  answers.querySelector("button").addEventListener("click", saveTable);
  watch("value", answer);
  if (input.files.length) choose(); // chosen before this ran
}
