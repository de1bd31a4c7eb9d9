// The facts of a mention beside it, while one points at it or has it in focus. The same facts
// stand in the list of the page, which is all there is without scripts.

const PAUSE = 120; // milliseconds before it opens, and before it closes
const MOST = 6; // facts that it shows

/** Makes each reader under a root show what the text says with a mention. */
export function attachMentions(root: ParentNode): void {
  root.querySelectorAll<HTMLElement>("[data-reader]").forEach((reader) => new Mentions(reader));
}

class Mentions {
  readonly #reader: HTMLElement;
  readonly #card: HTMLElement;
  readonly #facts = new Map<string, HTMLElement[]>();
  #shown: HTMLElement | null = null;
  #timer = 0;

  constructor(reader: HTMLElement) {
    this.#reader = reader;
    this.#card = document.createElement("div");
    this.#card.className = "fact-card";
    this.#card.id = "fact-card";
    this.#card.setAttribute("role", "tooltip");
    this.#card.hidden = true;
    reader.append(this.#card);
    reader.querySelectorAll<HTMLElement>("[data-mentions]").forEach((fact) => this.#readFact(fact));
    reader.querySelectorAll<HTMLElement>('mark[id^="mention="]').forEach((mark) => this.#attach(mark));
    this.#card.addEventListener("pointerenter", () => clearTimeout(this.#timer));
    this.#card.addEventListener("pointerleave", () => this.#closeSoon());
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.#close();
    });
  }

  #readFact(fact: HTMLElement): void {
    const marks = (fact.dataset["mentions"] ?? "").split(" ").filter((span) => span !== "");
    for (const span of marks) {
      this.#facts.set(span, [...(this.#facts.get(span) ?? []), fact]);
    }
    const light = (on: boolean) => (): void => {
      for (const span of marks) {
        document.getElementById(`mention=${span}`)?.classList.toggle("is-meant", on);
      }
    };
    fact.addEventListener("pointerenter", light(true));
    fact.addEventListener("pointerleave", light(false));
    fact.addEventListener("focusin", light(true));
    fact.addEventListener("focusout", light(false));
  }

  #attach(mark: HTMLElement): void {
    if (!this.#facts.has(mark.id.slice("mention=".length))) return;
    // A mark that leads nowhere can be reached by keyboard all the same.
    const focusable = mark.querySelector("a") ?? mark;
    if (focusable === mark) mark.tabIndex = 0;
    focusable.removeAttribute("title");
    mark.addEventListener("pointerenter", () => this.#openSoon(mark));
    mark.addEventListener("pointerleave", () => this.#closeSoon());
    focusable.addEventListener("focus", () => this.#open(mark));
    focusable.addEventListener("blur", () => this.#closeSoon());
  }

  #openSoon(mark: HTMLElement): void {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.#open(mark), PAUSE);
  }

  #closeSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.#close(), PAUSE * 2);
  }

  #open(mark: HTMLElement): void {
    clearTimeout(this.#timer);
    if (this.#shown === mark) return;
    this.#close();
    const facts = this.#facts.get(mark.id.slice("mention=".length)) ?? [];
    const list = document.createElement("ul");
    list.className = "plain";
    for (const fact of facts.slice(0, MOST)) {
      const line = document.createElement("li");
      const kind = document.createElement("span");
      kind.className = "meta";
      kind.textContent = fact.dataset["kind"] ?? "";
      const said = fact.querySelector(".said-so")?.textContent ?? "";
      line.append(kind, ` ${said}`);
      list.append(line);
    }
    const heading = document.createElement("p");
    heading.className = "meta";
    heading.textContent = `${this.#reader.dataset["factsLabel"] ?? ""} (${facts.length})`;
    this.#card.replaceChildren(heading, list);
    this.#card.hidden = false;
    this.#place(mark);
    (mark.querySelector("a") ?? mark).setAttribute("aria-describedby", this.#card.id);
    mark.classList.add("is-meant");
    this.#shown = mark;
  }

  // Below the first line of the mark, or above it where there is no room.
  #place(mark: HTMLElement): void {
    const line = mark.getClientRects()[0] ?? mark.getBoundingClientRect();
    const frame = this.#reader.getBoundingClientRect();
    const card = this.#card.getBoundingClientRect();
    const left = Math.min(line.left, document.documentElement.clientWidth - card.width - 8);
    const above = line.bottom + card.height + 8 > window.innerHeight && line.top > card.height + 8;
    this.#card.style.left = `${Math.max(8, left) - frame.left}px`;
    this.#card.style.top = `${(above ? line.top - card.height - 6 : line.bottom + 6) - frame.top}px`;
  }

  #close(): void {
    clearTimeout(this.#timer);
    this.#card.hidden = true;
    const mark = this.#shown;
    if (mark === null) return;
    mark.classList.remove("is-meant");
    (mark.querySelector("a") ?? mark).removeAttribute("aria-describedby");
    this.#shown = null;
  }
}
