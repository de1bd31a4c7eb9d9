// The programming interface: operations are tried without leaving the page.
//
// Without this script the forms of operations whose address is always the same open the answer,
// and the others show how to ask. What is typed is kept nowhere; tokens are the same in all forms.

import { toShown } from "./shared/shown";

const SHOWN_CHARACTERS = 100_000;

interface Asking {
  address: string;
  method: string;
  headers: Headers;
  body: BodyInit | null;
}

class Operation {
  private readonly about: HTMLElement;

  constructor(private readonly form: HTMLFormElement) {
    this.about = find(form.closest<HTMLElement>(".about"), ".about around each form");
  }

  attach(): void {
    for (const fieldset of this.form.querySelectorAll("fieldset")) fieldset.disabled = false;
    for (const element of this.form.querySelectorAll<HTMLElement>("[data-scripted]")) element.hidden = false;
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.send();
    });
    const type = this.form.querySelector<HTMLSelectElement>("[data-type]");
    const body = this.form.querySelector<HTMLTextAreaElement>("[data-body]");
    type?.addEventListener("change", () => {
      const example = type.selectedOptions[0]?.dataset["example"];
      if (body !== null && example !== undefined) body.value = example;
    });
  }

  private async send(): Promise<void> {
    const view = this.openAnswer();
    const asking = this.read();
    const start = performance.now();
    this.form.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(asking.address, {
        method: asking.method,
        headers: asking.headers,
        body: asking.body,
        cache: "no-store",
      });
      const text = await answer.text();
      view.show(answer, text, performance.now() - start, asking.address);
    } catch (error) {
      // What fetch says when there is no answer.
      if (!(error instanceof TypeError)) throw error;
      view.say(words("failed"));
    } finally {
      this.form.removeAttribute("aria-busy");
    }
  }

  private read(): Asking {
    let address = this.form.dataset["address"] ?? "";
    const query = new URLSearchParams();
    const headers = new Headers();
    for (const input of this.form.querySelectorAll<HTMLInputElement>("[data-where]")) {
      const { where } = input.dataset;
      const isChecked = input.type === "checkbox" && input.checked;
      if (where === "path") address = address.replace(`{${input.name}}`, toPath(input.value));
      else if (input.value === "" && !isChecked) continue;
      else if (where === "query") query.append(input.name, input.value);
      else headers.set(input.name, input.value);
    }
    const accept = this.form.querySelector<HTMLInputElement>("[data-accept]")?.value;
    headers.set("Accept", accept === undefined ? "*/*" : `${accept}, application/problem+json;q=0.9, */*;q=0.1`);
    const token = this.form.querySelector<HTMLInputElement>("[data-token]")?.value;
    if (token !== undefined) headers.set("Authorization", `Bearer ${token}`);
    const type = this.form.querySelector<HTMLSelectElement>("[data-type]")?.value;
    if (type !== undefined) headers.set("Content-Type", type);
    const asked = query.size > 0 ? `${address}?${query}` : address;
    return { address: asked, method: this.form.dataset["method"] ?? "GET", headers, body: this.body() };
  }

  private body(): BodyInit | null {
    const file = this.form.querySelector<HTMLInputElement>("[data-file]")?.files?.[0];
    return file ?? this.form.querySelector<HTMLTextAreaElement>("[data-body]")?.value ?? null;
  }

  private openAnswer(): AnswerView {
    this.about.querySelector(".answer")?.remove();
    const template = find(document.querySelector<HTMLTemplateElement>("[data-answer]"), "[data-answer]");
    this.about.append(template.content.cloneNode(true));
    const view = new AnswerView(find(this.about.querySelector<HTMLElement>(".answer"), ".answer"));
    view.say(words("busy"));
    return view;
  }
}

class AnswerView {
  constructor(private readonly root: HTMLElement) {}

  say(text: string): void {
    this.part("status").textContent = text;
    for (const name of ["headers", "content"]) hide(this.part(name), true);
  }

  show(answer: Response, text: string, milliseconds: number, asked: string): void {
    const type = answer.headers.get("Content-Type") ?? "";
    const shown = toShown(type.includes("json") ? toIndented(text) : text);
    for (const name of ["headers", "content"]) hide(this.part(name), false);
    this.part("status").textContent = `${answer.status} ${answer.statusText}`;
    this.part("time").textContent = `${Math.round(milliseconds)} ms`;
    this.part("size").textContent = `${(new Blob([text]).size / 1000).toFixed(1)} kB`;
    this.part("content").textContent = shown === "" ? words("empty") : shown.slice(0, SHOWN_CHARACTERS);
    this.part("cut").hidden = shown.length <= SHOWN_CHARACTERS;
    const found = new URL(answer.url);
    const line = this.part("address");
    line.hidden = false;
    line.textContent = answer.redirected ? `${asked} → ${found.pathname}${found.search}` : asked;
    for (const [name, value] of answer.headers) {
      const [row, key, words] = ["div", "dt", "dd"].map((tag) => document.createElement(tag));
      if (row === undefined || key === undefined || words === undefined) continue;
      key.textContent = name;
      words.textContent = value;
      row.append(key, words);
      this.part("headers").append(row);
    }
    this.root.focus({ preventScroll: true });
    this.root.scrollIntoView({ block: "nearest" });
  }

  private part(name: string): HTMLElement {
    return find(this.root.querySelector<HTMLElement>(`[data-${name}]`), `[data-${name}]`);
  }
}

/** Hides what a part lies in: its headers with their heading, its text with its frame. */
function hide(part: HTMLElement, hidden: boolean): void {
  const frame = part.closest<HTMLElement>("details, pre");
  if (frame !== null) frame.hidden = hidden;
}

/** A value in a path: a slash in the name of a document is one in the path. */
function toPath(value: string): string {
  return encodeURIComponent(value).replaceAll("%2F", "/");
}

function toIndented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return text;
  }
}

function words(name: string): string {
  return document.querySelector<HTMLElement>("[data-words]")?.dataset[name] ?? "";
}

function find<T>(found: T | null, what: string): T {
  if (found === null) throw new Error(`expected ${what} in the page`);
  return found;
}

/** The operation or schema that the address names is open. */
function openTarget(): void {
  const target = document.getElementById(location.hash.slice(1));
  const folded = target?.closest("details");
  if (target === null || folded === null || folded === undefined) return;
  folded.open = true;
  target.scrollIntoView();
}

for (const form of document.querySelectorAll<HTMLFormElement>("form[data-method]")) new Operation(form).attach();
const tokens = document.querySelectorAll<HTMLInputElement>("[data-token]");
for (const token of tokens) {
  token.addEventListener("input", () => {
    for (const other of tokens) other.value = token.value;
  });
}
addEventListener("hashchange", openTarget);
openTarget();
