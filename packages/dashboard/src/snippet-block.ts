import { element, setText } from "./dom.ts";

/** A text to copy, with a button that does it. `set` changes the text. */
export function createSnippetBlock(label: string, text: string) {
  const code = element("code", {}, text);
  const button = element("button", { type: "button", "aria-label": `Copy: ${label}` }, "Copy");
  // Spoken, and apart from the button: a live region must be there before what it is to say.
  const spoken = element("span", { class: "unseen", role: "status" });
  let timer: ReturnType<typeof setTimeout> | undefined;

  button.addEventListener("click", async () => {
    const copied = await copy(code);
    setText(button, copied ? "Copied" : "Press Ctrl+C");
    setText(spoken, copied ? "Copied" : "Selected: press Control and C to copy");
    clearTimeout(timer);
    timer = setTimeout(() => {
      setText(button, "Copy");
      setText(spoken, "");
    }, 2000);
  });

  // Scrolls sideways by keyboard, too, which needs the focus.
  const scroller = element("pre", { tabindex: "0", role: "group", "aria-label": label }, code);
  return {
    element: element("div", { class: "snippet" }, scroller, button, spoken),
    set: (changed: string) => setText(code, changed),
  };
}

/** Whether it could be copied. What could not is left selected, so that a key press does it. */
async function copy(code: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(code.textContent);
    return true;
  } catch {
    // Only pages of https and of this very machine have a clipboard; others have the old way.
    getSelection()?.selectAllChildren(code);
    return document.execCommand("copy");
  }
}
