// The light or dark scheme: the system's, unless one was chosen in this browser.

export type Theme = "light" | "dark";

const KEY = "tanpu-theme";

/** The scheme that was chosen; null when none was, or when the browser keeps nothing. */
export function readTheme(): Theme | null {
  try {
    const value = localStorage.getItem(KEY);
    return value === "light" || value === "dark" ? value : null;
  } catch (error) {
    if (error instanceof DOMException) return null; // storage is switched off
    throw error;
  }
}

/** Keeps a choice, if the browser keeps anything. */
export function keepTheme(theme: Theme): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
  }
}

/** Shows the page in a scheme; null leaves it to the system. */
export function applyTheme(theme: Theme | null): void {
  if (theme === null) delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
}

/** The scheme that the page is shown in. */
export function currentTheme(): Theme {
  const chosen = readTheme();
  if (chosen !== null) return chosen;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}
