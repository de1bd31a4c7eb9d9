// Suggestions while one types a name: the combobox pattern of the WAI-ARIA Authoring Practices,
// with the list drawn over the page, so that nothing moves. Focus stays in the box.

import { readShown } from "./shown";

interface Suggestion {
  href: string;
  name: string;
  matched: string;
  description: string;
  color: string;
  class_name: string;
}

const PAUSE = 90; // milliseconds without a key before a request

/** Makes the search box of a form suggest names; the form works as before. */
export function attachSuggestions(form: HTMLFormElement): void {
  const input = form.querySelector<HTMLInputElement>('input[type="search"]');
  const address = form.dataset["suggest"];
  if (input === null || address === undefined) throw new Error("expected a search box in the form");
  new Combobox(form, input, new URL(address, location.href));
}

class Combobox {
  readonly #input: HTMLInputElement;
  readonly #form: HTMLFormElement;
  readonly #address: URL;
  readonly #list: HTMLUListElement;
  readonly #status: HTMLElement;
  #suggestions: Suggestion[] = [];
  #active = -1;
  #timer = 0;
  #request: AbortController | null = null;

  constructor(form: HTMLFormElement, input: HTMLInputElement, address: URL) {
    this.#form = form;
    this.#input = input;
    this.#address = address;
    this.#list = document.createElement("ul");
    this.#list.id = `${input.id}-suggestions`;
    this.#list.className = "suggestions";
    this.#list.setAttribute("role", "listbox");
    this.#list.setAttribute("aria-label", form.dataset["listLabel"] ?? "");
    this.#list.hidden = true;
    this.#status = document.createElement("div");
    this.#status.className = "visually-hidden";
    this.#status.setAttribute("role", "status");
    form.append(this.#list, this.#status);
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-controls", this.#list.id);
    input.addEventListener("input", (event) => this.#typed(event as InputEvent));
    input.addEventListener("compositionend", () => this.#ask());
    input.addEventListener("keydown", (event) => this.#pressed(event));
    input.addEventListener("blur", () => this.#close());
    this.#list.addEventListener("mousedown", (event) => event.preventDefault());
    this.#list.addEventListener("click", (event) => this.#clicked(event));
  }

  #typed(event: InputEvent): void {
    if (!event.isComposing) this.#ask();
  }

  #ask(): void {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => void this.#fetch(), PAUSE);
  }

  async #fetch(): Promise<void> {
    this.#request?.abort();
    const query = this.#input.value.trim();
    if (query === "") return this.#close();
    const request = new AbortController();
    this.#request = request;
    const address = new URL(this.#address);
    address.searchParams.set("q", query);
    try {
      const response = await fetch(address, { signal: request.signal });
      if (!response.ok) return this.#close();
      const answer = await readShown<{ suggestions: Suggestion[] }>(response);
      if (!request.signal.aborted) this.#show(answer.suggestions);
    } catch (error) {
      // A later key has taken over, or the service cannot be reached: the form still works.
      if (error instanceof DOMException && error.name === "AbortError") return;
      if (!(error instanceof TypeError)) throw error;
      this.#close();
    }
  }

  #show(suggestions: Suggestion[]): void {
    if (document.activeElement !== this.#input) return;
    this.#suggestions = suggestions;
    this.#list.replaceChildren(...suggestions.map((one, index) => this.#option(one, index)));
    this.#activate(-1);
    this.#list.hidden = suggestions.length === 0;
    this.#input.setAttribute("aria-expanded", String(suggestions.length > 0));
    this.#status.textContent = (this.#form.dataset["found"] ?? "").replace("%d", String(suggestions.length));
  }

  #option(suggestion: Suggestion, index: number): HTMLLIElement {
    const option = document.createElement("li");
    option.id = `${this.#list.id}-${index}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    option.dataset["index"] = String(index);
    const name = document.createElement("bdi");
    name.lang = "zh";
    name.textContent = suggestion.name;
    const chip = document.createElement("span");
    chip.className = `chip c-${suggestion.color || "thing"}`;
    chip.textContent = suggestion.class_name;
    option.append(name, chip);
    const matched = suggestion.matched === suggestion.name ? [] : [suggestion.matched];
    const more = [...matched, suggestion.description].filter((text) => text !== "");
    if (more.length > 0) {
      const line = document.createElement("bdi");
      line.className = "meta";
      line.lang = "zh";
      line.textContent = more.join(" · ");
      option.append(line);
    }
    return option;
  }

  #activate(index: number): void {
    this.#active = index;
    for (const [position, option] of [...this.#list.children].entries()) {
      option.setAttribute("aria-selected", String(position === index));
      if (position === index) option.scrollIntoView({ block: "nearest" });
    }
    if (index < 0) this.#input.removeAttribute("aria-activedescendant");
    else this.#input.setAttribute("aria-activedescendant", `${this.#list.id}-${index}`);
  }

  #close(): void {
    clearTimeout(this.#timer);
    this.#request?.abort();
    this.#list.hidden = true;
    this.#input.setAttribute("aria-expanded", "false");
    this.#activate(-1);
  }

  #pressed(event: KeyboardEvent): void {
    if (event.isComposing) return;
    const count = this.#suggestions.length;
    if (this.#list.hidden) {
      if (event.key === "ArrowDown" && this.#input.value.trim() !== "") {
        event.preventDefault();
        void this.#fetch();
      }
      return;
    }
    switch (event.key) {
      case "ArrowDown":
        event.preventDefault();
        this.#activate(this.#active + 1 < count ? this.#active + 1 : -1);
        break;
      case "ArrowUp":
        event.preventDefault();
        this.#activate(this.#active < 0 ? count - 1 : this.#active - 1);
        break;
      case "Enter":
        if (this.#active >= 0) {
          event.preventDefault();
          this.#open(this.#active);
        }
        break;
      case "Escape":
        event.preventDefault();
        this.#close();
        break;
    }
  }

  #clicked(event: MouseEvent): void {
    const option = (event.target as Element).closest<HTMLElement>('[role="option"]');
    if (option !== null) this.#open(Number(option.dataset["index"]));
  }

  #open(index: number): void {
    const suggestion = this.#suggestions[index];
    if (suggestion !== undefined) location.assign(suggestion.href);
  }
}
