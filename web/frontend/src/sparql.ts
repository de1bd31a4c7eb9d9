// The page for queries: an editor in place of the text area, and answers without a new page.
//
// Without this script the form and the links to worked questions do the same by loading pages.

import { ask, ProblemError, type Answer, type Problem } from "./shared/sparql/answer";
import { QueryEditor } from "./shared/sparql/editor";
import { ResultView } from "./shared/sparql/result";
import { readWords } from "./shared/sparql/words";
import { parseShown } from "./shared/shown";

function find<T extends Element>(selector: string): T {
  const found = document.querySelector<T>(selector);
  if (found === null) throw new Error(`expected ${selector} on the page`);
  return found;
}

const words = readWords();
const form = find<HTMLFormElement>("#query-form");
const runButton = find<HTMLButtonElement>("[data-run]");
const stopButton = find<HTMLButtonElement>("[data-stop]");
const shareButton = find<HTMLButtonElement>("[data-share]");
const status = find<HTMLElement>("[data-status]");
const refusal = find<HTMLElement>("[data-error]");
const endpoint = new URL(form.action).pathname;
const result = new ResultView(find<HTMLElement>("[data-result]"), words, endpoint);
const editor = new QueryEditor(find<HTMLTextAreaElement>("textarea[name=query]"), words, address("vocabulary"), () => void run());

let running: AbortController | null = null;

function address(name: "answer" | "vocabulary"): string {
  return form.dataset[name] ?? "";
}

/** The address of the page with the query, in the language that was chosen. */
function shareAddress(): string {
  const parameters = new URLSearchParams(location.search);
  for (const name of [...parameters.keys()]) if (name !== "lang") parameters.delete(name);
  parameters.set("query", editor.text);
  return `${location.origin}${endpoint}?${parameters.toString()}`;
}

async function run(): Promise<void> {
  if (editor.text.trim() === "") return;
  running?.abort();
  const turn = new AbortController();
  running = turn;
  const query = editor.text;
  const begun = performance.now();
  const clock = window.setInterval(() => tell(begun), 1000);
  stopButton.hidden = false;
  refusal.hidden = true;
  editor.clearRefusal();
  result.clear();
  tell(begun);
  history.replaceState(null, "", shareAddress());
  shareButton.hidden = false;
  markQuestion(query);
  try {
    const answer = await ask(address("answer"), query, turn.signal);
    result.show(answer, query);
    status.textContent = seconds(begun);
  } catch (error) {
    if (running !== turn) return;
    status.textContent = "";
    if (error instanceof DOMException && error.name === "AbortError") status.textContent = words("stopped");
    else if (error instanceof ProblemError) refuse(error.problem);
    else if (error instanceof TypeError) say(words("unreachable"), "");
    else throw error;
  } finally {
    window.clearInterval(clock);
    if (running === turn) {
      running = null;
      if (document.activeElement === stopButton) runButton.focus();
      stopButton.hidden = true;
    }
  }
}

function tell(begun: number): void {
  const passed = Math.floor((performance.now() - begun) / 1000);
  status.textContent = `${words("running")} · ${words("seconds", passed)}`;
}

function seconds(begun: number): string {
  return words("seconds", ((performance.now() - begun) / 1000).toFixed(2));
}

function refuse(problem: Problem): void {
  const { line, column } = problem;
  const place = words("place", line ?? 1, column ?? 1);
  if (line === undefined) {
    say(problem.title, problem.detail);
    return;
  }
  // The editor shows the place; all that could have stood there fills a screen.
  say(`${problem.title} · ${place}`, problem.detail, words("detail"));
  editor.refuse(line, column ?? 1);
}

/** Shows what went wrong; under a summary the detail is folded away. */
function say(title: string, detail: string, summary = ""): void {
  const strong = document.createElement("strong");
  strong.textContent = title;
  const text = document.createElement("p");
  text.textContent = detail;
  refusal.replaceChildren(strong, summary === "" ? text : fold(summary, text));
  refusal.hidden = false;
}

function fold(words: string, content: HTMLElement): HTMLElement {
  const details = document.createElement("details");
  const summary = document.createElement("summary");
  summary.textContent = words;
  details.append(summary, content);
  return details;
}

function markQuestion(query: string): void {
  for (const link of document.querySelectorAll<HTMLAnchorElement>("[data-question]")) {
    if (new URL(link.href).searchParams.get("query") === query) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  void run();
});
stopButton.addEventListener("click", () => running?.abort());
shareButton.addEventListener("click", () => {
  history.replaceState(null, "", shareAddress());
  navigator.clipboard.writeText(shareAddress()).then(
    () => (status.textContent = words("copied")),
    () => (status.textContent = words("notCopied")),
  );
});
for (const link of document.querySelectorAll<HTMLAnchorElement>("[data-question]")) {
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    editor.text = new URL(link.href).searchParams.get("query") ?? "";
    form.scrollIntoView({ block: "nearest" });
    void run();
  });
}
find<HTMLElement>("[data-keys]").hidden = false;
// A page that came with a refusal says where the query is wrong.
if (refusal.dataset.line !== undefined) {
  editor.markRefusal(Number(refusal.dataset.line), Number(refusal.dataset.column ?? 1));
}
// A page that came with an answer shows it as a table; here it gets its other views.
const given = document.getElementById("sparql-answer")?.textContent;
if (given) {
  result.show(parseShown<Answer>(given), editor.text);
  shareButton.hidden = false;
}
