// Texts of the graph may have characters that pages do not: what the service puts into a page has
// U+FFFD in their place, and so has what scripts put there. Data itself keeps them.

const NOT_SHOWN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff]/g;

/** A text as a page shows it. */
export function toShown(text: string): string {
  return text.replace(NOT_SHOWN, "\ufffd");
}

/** JSON with its texts as a page shows them. */
export function parseShown<Value>(json: string): Value {
  const shown = (_: string, value: unknown): unknown => (typeof value === "string" ? toShown(value) : value);
  return JSON.parse(json, shown) as Value;
}

/** The JSON of an answer, likewise. */
export async function readShown<Value>(response: Response): Promise<Value> {
  return parseShown<Value>(await response.text());
}
