// Try it: the answer comes into the page without a reload. Downloads, and everything where
// scripts are off, are plain submissions of the form.

import { attachMentions } from "./shared/mentions";

const form = document.querySelector<HTMLFormElement>("#try");
const result = document.querySelector<HTMLElement>("#result");
const status = document.querySelector<HTMLElement>("#try-status");
if (form === null || result === null || status === null) throw new Error("expected the form");
attachMentions(result);
attachForm(form, result, status);

function attachForm(form: HTMLFormElement, result: HTMLElement, status: HTMLElement): void {
  let running = false;
  form.addEventListener("submit", (event) => {
    const pressed = event.submitter;
    if (pressed instanceof HTMLButtonElement && pressed.name === "format") return;
    event.preventDefault();
    if (running) return;
    running = true;
    void read(form, result, status).finally(() => {
      running = false;
    });
  });
}

async function read(form: HTMLFormElement, result: HTMLElement, status: HTMLElement): Promise<void> {
  const sent = new FormData(form);
  form.setAttribute("aria-busy", "true");
  say(form.dataset["busy"] ?? "", result, status, "notice");
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: sent,
      headers: { Accept: "text/html" },
    });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const made = page.querySelector("#result");
    if (made === null) {
      say(page.querySelector("main")?.textContent?.trim() ?? "", result, status, "notice error");
      return;
    }
    result.replaceChildren(...made.childNodes);
    status.textContent = result.querySelector(".names, .notice")?.textContent ?? "";
    const text = page.querySelector<HTMLTextAreaElement>("#try-text");
    const typed = form.querySelector<HTMLTextAreaElement>("#try-text");
    const file = form.querySelector<HTMLInputElement>("#try-file");
    // The text of a file, which downloads send again.
    if (answer.ok && text !== null && typed !== null && file !== null) {
      typed.value = text.value;
      file.value = "";
    }
    attachMentions(result);
    result.focus({ preventScroll: true });
    result.scrollIntoView({ block: "start" });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    say(form.dataset["failed"] ?? "", result, status, "notice error");
  } finally {
    form.removeAttribute("aria-busy");
  }
}

function say(words: string, result: HTMLElement, status: HTMLElement, look: string): void {
  const line = document.createElement("p");
  line.className = look;
  line.textContent = words;
  result.replaceChildren(line);
  status.textContent = words;
}
