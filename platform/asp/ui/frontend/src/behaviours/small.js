// Copying, printing, going back, folding on phones.
import { eachPart, on } from "../dom.js";
import { t } from "../strings.js";
import { toast } from "./toasts.js";

// <button data-tb-copy="text"> or <button data-tb-copy-from="#element">
on("click", "[data-tb-copy], [data-tb-copy-from]", async (event, button) => {
  const source = button.dataset.tbCopyFrom ? document.querySelector(button.dataset.tbCopyFrom) : null;
  const text = source ? (source.value ?? source.textContent).trim() : button.dataset.tbCopy;
  try {
    await navigator.clipboard.writeText(text);
    toast(t("copied"));
  } catch {
    // Without https the clipboard is closed to pages: select it, so that Ctrl-C is all that is left to do.
    if (source) {
      const range = document.createRange();
      range.selectNodeContents(source);
      const selection = window.getSelection();
      selection.removeAllRanges();
      selection.addRange(range);
      source.select?.();
    }
    const done = source && document.execCommand?.("copy");
    toast(t(done ? "copied" : "copy-failed"), { kind: done ? "ok" : "warn" });
  }
});

on("click", "[data-tb-print]", () => window.print());

eachPart((root) => {
  const inside = document.referrer.startsWith(`${location.origin}/`) && history.length > 1;
  for (const link of root.querySelectorAll("[data-tb-back]")) link.hidden = !inside;
});
on("click", "[data-tb-back]", (event) => {
  event.preventDefault();
  history.back();
});

// <details open data-tb-fold>: on a phone what it holds would push the page's own content off the screen.
const narrow = matchMedia("(max-width: 767.98px)");
const fold = (root) => {
  for (const each of root.querySelectorAll("details[data-tb-fold]")) each.open = !narrow.matches;
};
eachPart(fold);
narrow.addEventListener("change", () => fold(document));
