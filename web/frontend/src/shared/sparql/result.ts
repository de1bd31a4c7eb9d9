// The answer on the page: its size, links to all of it, and views of its beginning.

import { isNumeric, type Answer, type Cell } from "./answer";
import type { Words } from "./words";

interface View {
  key: string;
  show(panel: HTMLElement): void;
}

export class ResultView {
  readonly #box: HTMLElement;
  readonly #words: Words;
  readonly #endpoint: string;
  #destroy: () => void = () => undefined;
  #drawing = 0;

  constructor(box: HTMLElement, words: Words, endpoint: string) {
    this.#box = box;
    this.#words = words;
    this.#endpoint = endpoint;
  }

  clear(): void {
    this.#destroy();
    this.#box.hidden = true;
    this.#box.replaceChildren();
  }

  show(answer: Answer, query: string): void {
    this.clear();
    this.#box.hidden = false;
    this.#box.append(this.#head(answer, query));
    if (answer.form === "boolean") {
      this.#box.append(element("p", "answer lead", this.#words(answer.boolean === true ? "yes" : "no")));
    } else if (answer.rows.length > 0) this.#box.append(...this.#views(answer));
    else this.#box.append(element("p", "empty", this.#words("none")));
  }

  #head(answer: Answer, query: string): HTMLElement {
    const line = element("p", "formats");
    if (answer.form !== "boolean") {
      const size = this.#words(answer.form === "graph" ? "triples" : "rows", answer.rows.length);
      line.append(element("span", "meta", size + (answer.truncated ? this.#words("truncated") : "")), " ");
    }
    for (const suffix of answer.suffixes) {
      const link = element("a", "", suffix.toUpperCase());
      link.href = `${this.#endpoint}?${new URLSearchParams({ query, format: suffix }).toString()}`;
      link.download = "";
      line.append(link, " ");
    }
    return line;
  }

  #views(answer: Answer): HTMLElement[] {
    const views: View[] = [
      { key: "table", show: (panel) => panel.append(this.#table(answer)) },
      { key: "chart", show: (panel) => this.#chart(panel, answer) },
      { key: "graph", show: (panel) => this.#graph(panel, answer) },
      { key: "raw", show: (panel) => panel.append(raw(answer)) },
    ];
    const panel = element("div", "");
    panel.id = "result-view";
    panel.setAttribute("role", "tabpanel");
    const list = element("div", "views");
    list.setAttribute("role", "tablist");
    list.setAttribute("aria-label", this.#words("views"));
    const tabs = views.map((view) => {
      const tab = element("button", "", this.#words(view.key));
      tab.type = "button";
      tab.id = `view-${view.key}`;
      tab.setAttribute("role", "tab");
      tab.setAttribute("aria-controls", panel.id);
      tab.addEventListener("click", () => select(view));
      return tab;
    });
    const select = (view: View): void => {
      this.#destroy();
      this.#destroy = () => undefined;
      this.#drawing += 1;
      for (const tab of tabs) {
        const chosen = tab.id === `view-${view.key}`;
        tab.setAttribute("aria-selected", String(chosen));
        tab.tabIndex = chosen ? 0 : -1;
      }
      panel.replaceChildren();
      panel.setAttribute("aria-labelledby", `view-${view.key}`);
      view.show(panel);
    };
    list.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      const at = tabs.findIndex((tab) => tab === document.activeElement);
      if (step === undefined || at < 0) return;
      event.preventDefault();
      const next = (at + step + tabs.length) % tabs.length;
      tabs[next]?.focus();
      if (views[next] !== undefined) select(views[next]);
    });
    list.append(...tabs);
    if (views[0] !== undefined) select(views[0]);
    return [list, panel];
  }

  #table(answer: Answer): HTMLElement {
    const wide = element("div", "wide");
    wide.tabIndex = 0;
    wide.setAttribute("role", "region");
    wide.setAttribute("aria-label", this.#words("table"));
    const table = document.createElement("table");
    const head = table.createTHead().insertRow();
    const numeric = answer.variables.map((_, column) => isNumeric(answer, column));
    for (const [column, variable] of answer.variables.entries()) {
      const cell = element("th", numeric[column] === true ? "number" : "", variable);
      cell.scope = "col";
      head.append(cell);
    }
    const body = table.createTBody();
    for (const row of answer.rows) {
      const line = body.insertRow();
      for (const [column, cell] of row.entries()) {
        const place = line.insertCell();
        if (numeric[column] === true) place.className = "number";
        if (cell.language !== null) place.lang = cell.language;
        place.append(cellContent(cell));
      }
    }
    wide.append(table);
    return wide;
  }

  #chart(panel: HTMLElement, answer: Answer): void {
    const columns = [...answer.variables.keys()];
    const numbers = columns.filter((column) => isNumeric(answer, column));
    if (numbers.length === 0) return void panel.append(element("p", "empty", this.#words("noNumbers")));
    const label = columns.find((column) => !numbers.includes(column)) ?? 0;
    const others = numbers.filter((column) => column !== label);
    const box = element("div", "chart-box");
    const draw = async (from: number, value: number): Promise<void> => {
      const turn = (this.#drawing += 1);
      const { drawChart } = await import("./chart");
      if (turn !== this.#drawing) return;
      this.#destroy();
      this.#destroy = drawChart(box, answer, from, value);
    };
    panel.append(this.#choices(answer, ["label", "value"], [label, others.at(-1) ?? label], draw), box);
  }

  #graph(panel: HTMLElement, answer: Answer): void {
    const columns = [...answer.variables.keys()];
    if (columns.length < 2) return void panel.append(element("p", "empty", this.#words("noLinks")));
    const words = columns.filter((column) => !isNumeric(answer, column));
    const [from, to] = answer.form === "graph" ? [0, 2] : [words[0] ?? 0, words[1] ?? 1];
    const box = element("div", "");
    const status = element("p", "meta");
    const draw = async (source: number, target: number): Promise<void> => {
      const turn = (this.#drawing += 1);
      const { drawLinks } = await import("./links");
      if (turn !== this.#drawing) return;
      const drawn = drawLinks(box, answer, source, target, this.#words("graph"));
      status.textContent = this.#words("links", drawn.shown, drawn.of);
    };
    if (answer.form === "graph") void draw(from, to);
    else panel.append(this.#choices(answer, ["from", "to"], [from, to], draw));
    panel.append(status, box);
  }

  /** Two lists of the columns; the drawing is made at once and again after each choice. */
  #choices(
    answer: Answer,
    keys: readonly [string, string],
    chosen: readonly [number, number],
    draw: (first: number, second: number) => Promise<void>,
  ): HTMLElement {
    const fields = element("div", "fields");
    const lists = keys.map((key, at) => {
      const list = document.createElement("select");
      list.id = `choice-${key}`;
      for (const [column, variable] of answer.variables.entries()) {
        list.add(new Option(variable, String(column), false, column === chosen[at]));
      }
      const label = element("label", "field-name", this.#words(key));
      label.htmlFor = list.id;
      fields.append(label, list);
      return list;
    });
    const again = (): void => void draw(Number(lists[0]?.value), Number(lists[1]?.value));
    for (const list of lists) list.addEventListener("change", again);
    again();
    return fields;
  }
}

function cellContent(cell: Cell): Node {
  const text = document.createElement("bdi");
  text.textContent = cell.text;
  if (cell.href === null) {
    if (cell.iri !== null) text.title = cell.iri;
    return text;
  }
  const link = element("a", "");
  link.href = cell.href;
  link.append(text);
  return link;
}

/** The beginning of the answer as text: a graph in Turtle, a table with tabs. */
function raw(answer: Answer): HTMLElement {
  const lines = [answer.variables, ...answer.rows.map((row) => row.map((cell) => cell.iri ?? cell.text))];
  const text = answer.turtle ?? lines.map((line) => line.join("\t")).join("\n");
  const block = element("pre", "turtle", text);
  block.tabIndex = 0;
  return block;
}

function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  className: string,
  text = "",
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  if (className !== "") made.className = className;
  if (text !== "") made.textContent = text;
  return made;
}
