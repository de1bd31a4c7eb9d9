// What every page has: the switch between schemes, and suggestions under each search box.

import { attachSuggestions } from "./shared/suggestions";
import { applyTheme, currentTheme, keepTheme } from "./shared/theme";

function attachThemeSwitch(button: HTMLButtonElement): void {
  const describe = (): void => {
    const words = button.dataset[currentTheme() === "dark" ? "light" : "dark"] ?? "";
    button.setAttribute("aria-label", words);
    button.title = words;
  };
  button.addEventListener("click", () => {
    const theme = currentTheme() === "dark" ? "light" : "dark";
    keepTheme(theme);
    applyTheme(theme);
    describe();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", describe);
  describe();
  button.hidden = false;
}

document.querySelectorAll<HTMLButtonElement>("[data-theme-switch]").forEach(attachThemeSwitch);
document.querySelectorAll<HTMLFormElement>("form[data-suggest]").forEach(attachSuggestions);
