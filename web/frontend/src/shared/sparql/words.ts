// The words of the page, which the template gives in its language.

export type Words = (key: string, ...values: (number | string)[]) => string;

/** Reads the words; each `%d` or `%s` in them takes the next value. */
export function readWords(): Words {
  const texts = JSON.parse(document.getElementById("sparql-words")?.textContent ?? "{}") as Record<string, string>;
  return (key, ...values) => {
    let next = 0;
    return (texts[key] ?? key).replace(/%[ds]/g, () => String(values[next++] ?? ""));
  };
}
