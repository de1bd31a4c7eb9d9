// YASQE over the page's text area: our prefixes, completion from this graph, errors at their place.
//
// What YASQE brings for other sites is left out: it would ask lov.linkeddata.es for terms, keep
// queries in the browser, and run them itself. Its signs of errors are given our words, for its
// own are English and need styles in attributes, which the policy of the site forbids.

import Yasqe from "@zazuko/yasqe";
import type { AutocompletionToken, CompleterConfig } from "@zazuko/yasqe/build/ts/src/autocompleters/index.js";
import "@zazuko/yasqe/build/yasqe.min.css";
import type { Words } from "./words";

interface Offer {
  iri: string;
  count: number;
  label: string;
}

interface Vocabulary {
  prefixes: Record<string, string>;
  classes: Offer[];
  properties: Offer[];
}

const LIMIT = 60;

export class QueryEditor {
  readonly #yasqe: Yasqe;
  readonly #words: Words;
  #refused: { clear(): void }[] = [];

  /** Puts the editor before a text area, which is hidden and keeps the text for the form. */
  constructor(area: HTMLTextAreaElement, words: Words, address: string, run: () => void) {
    this.#words = words;
    const place = document.createElement("div");
    area.before(place);
    registerCompleters(once(() => readVocabulary(address)));
    this.#yasqe = new Yasqe(place, {
      value: area.value,
      persistenceId: null,
      consumeShareLink: null,
      createShareableLink: null as never,
      showQueryButton: false,
      resizeable: false,
      editorHeight: "",
      placeholder: area.placeholder,
      extraKeys: {
        Tab: false,
        "Shift-Tab": false,
        "Ctrl-Enter": run,
        "Cmd-Enter": run,
        "Ctrl-S": false,
      },
    } as never);
    area.hidden = true;
    const input = this.#yasqe.getInputField();
    input.setAttribute("aria-label", words("editor"));
    const check = this.#yasqe.checkSyntax;
    this.#yasqe.checkSyntax = () => {
      check();
      this.#reword();
    };
    this.#reword();
    this.#yasqe.on("change", () => {
      area.value = this.#yasqe.getValue();
      this.clearRefusal();
    });
  }

  get text(): string {
    return this.#yasqe.getValue();
  }

  set text(text: string) {
    this.#yasqe.setValue(text);
  }

  /** Marks where a query was refused; line and column count from 1. */
  refuse(line: number, column: number): void {
    this.#yasqe.getDoc().setCursor(this.markRefusal(line, column));
    this.#yasqe.focus();
  }

  /** The same without moving the cursor, which opens the list of completions; gives the place. */
  markRefusal(line: number, column: number): { line: number; ch: number } {
    const doc = this.#yasqe.getDoc();
    const last = Math.min(line - 1, doc.lastLine());
    const length = doc.getLine(last)?.length ?? 0;
    // A refusal at the end of a line is shown on what comes before.
    const end = Math.min(Math.max(column, 1), Math.max(length, 1));
    const from = { line: last, ch: Math.max(Math.min(column - 1, length - 1), 0) };
    this.#refused = [
      doc.markText(from, { line: last, ch: Math.max(end, from.ch + 1) }, { className: "is-refused" }),
    ];
    this.#yasqe.addLineClass(last, "background", "is-refused-line");
    this.#refused.push({ clear: () => void this.#yasqe.removeLineClass(last, "background", "is-refused-line") });
    return from;
  }

  clearRefusal(): void {
    for (const mark of this.#refused.splice(0)) mark.clear();
  }

  /** Gives the sign of a line that cannot be read our words. */
  #reword(): void {
    for (const [line, icon] of this.#signs()) {
      icon.onmouseover = null;
      icon.onmouseout = null;
      const expected = this.#expected(line);
      icon.title =
        expected.length > 0 ? this.#words("expected", expected.join(" ")) : this.#words("unreadable");
      icon.setAttribute("role", "img");
      icon.setAttribute("aria-label", icon.title);
    }
  }

  *#signs(): Generator<[number, HTMLElement]> {
    const doc = this.#yasqe.getDoc();
    for (let line = 0; line < doc.lineCount(); line += 1) {
      const icon = this.#yasqe.lineInfo(line)?.gutterMarkers?.["gutterErrorBar"] as HTMLElement | undefined;
      if (icon !== undefined) yield [line, icon];
    }
  }

  #expected(line: number): string[] {
    const end = { line, ch: this.#yasqe.getDoc().getLine(line)?.length ?? 0 };
    return (this.#yasqe.getTokenAt(end, true).state.possibleCurrent ?? []) as string[];
  }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}

/** The vocabulary of the graph; without the service, nothing is offered and typing goes on. */
async function readVocabulary(address: string): Promise<Vocabulary> {
  const response = await fetch(address, { headers: { Accept: "application/json" } });
  if (!response.ok) return { prefixes: {}, classes: [], properties: [] };
  return (await response.json()) as Vocabulary;
}

function registerCompleters(read: () => Promise<Vocabulary>): void {
  const { prefixes, class: classes, property: properties } = Yasqe.Autocompleters as Record<string, CompleterConfig>;
  if (prefixes === undefined || classes === undefined || properties === undefined) {
    throw new Error("expected YASQE to have completers of prefixes, classes and properties");
  }
  Yasqe.defaults.autocompleters.splice(0);
  Yasqe.registerAutocompleter({
    ...prefixes,
    name: "prefixes",
    get: async () => {
      const vocabulary = await read();
      return Object.entries(vocabulary.prefixes)
        .map(([name, namespace]) => `${name}: <${namespace}>`)
        .sort();
    },
  });
  Yasqe.registerAutocompleter(termCompleter("class", classes, read, (found) => found.classes));
  Yasqe.registerAutocompleter(termCompleter("property", properties, read, (found) => found.properties));
  Yasqe.defaults.autocompleters.push("variables");
}

/** Completes terms from their prefixed names, their local names and their words. */
function termCompleter(
  name: string,
  original: CompleterConfig,
  read: () => Promise<Vocabulary>,
  choose: (vocabulary: Vocabulary) => Offer[],
): CompleterConfig {
  const shown = new Map<string, string>();
  return {
    ...original,
    name,
    autoShow: true,
    bulk: false,
    get: async (_yasqe, token) => {
      const vocabulary = await read();
      const typed = (token?.string ?? "").trim().replace(/^</, "").toLowerCase();
      const offers = choose(vocabulary).filter((offer) =>
        [shorten(offer.iri, vocabulary.prefixes), localName(offer.iri), offer.iri, offer.label].some((text) =>
          text.toLowerCase().startsWith(typed),
        ),
      );
      for (const offer of offers) {
        const short = shorten(offer.iri, vocabulary.prefixes);
        shown.set(offer.iri, short);
        shown.set(short, `${short}  ${offer.label}  ${offer.count}`);
      }
      return offers.slice(0, LIMIT).map((offer) => offer.iri);
    },
    postProcessSuggestion: (_yasqe: Yasqe, _token: AutocompletionToken, iri: string) => shown.get(iri) ?? `<${iri}>`,
    postprocessHints: (_yasqe, hints) =>
      hints.map((hint) => ({ ...hint, displayText: shown.get(hint.text) ?? hint.text })),
  };
}

function localName(iri: string): string {
  return iri.slice(Math.max(iri.lastIndexOf("#"), iri.lastIndexOf("/")) + 1);
}

/** `prefix:name` where a prefix fits and what is left is a plain name, else the IRI in brackets. */
function shorten(iri: string, prefixes: Record<string, string>): string {
  for (const [prefix, namespace] of Object.entries(prefixes)) {
    const rest = iri.slice(namespace.length);
    if (iri.startsWith(namespace) && /^[\p{L}_][\p{L}\p{N}_-]*$/u.test(rest)) return `${prefix}:${rest}`;
  }
  return `<${iri}>`;
}
