// Asks for an answer once for all choices that change together, as with an example, and again when
// a stroke was finished while a request was under way, whose answer might come after the stroke's.
// Runs once; gradio provides `trigger`. The page dispatches "choice" with what is chosen as detail,
// more often than it changes, then "answered" or "failed".

let asked = null;
let waiting = null;
let asking = false;
let outdated = false;

function ask() {
  asking = true;
  outdated = false;
  trigger("input");
}

document.addEventListener("choice", ({ detail }) => {
  if (detail === asked) return;
  asked = detail;
  clearTimeout(waiting);
  waiting = setTimeout(ask);
});
document.addEventListener("drawn", () => {
  outdated = asking;
});
document.addEventListener("answered", () => {
  asking = false;
  if (outdated) ask();
});
document.addEventListener("failed", () => {
  asking = false;
  asked = null;
});
