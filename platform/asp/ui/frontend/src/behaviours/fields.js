// Fields: showing a password, going to the first error.
import { eachPart, on } from "../dom.js";
import { t } from "../strings.js";

on("click", "[data-tb-reveal]", (event, button) => {
  const input = document.getElementById(button.dataset.tbReveal);
  if (!input) return;
  const shown = input.type === "password";
  input.type = shown ? "text" : "password";
  button.setAttribute("aria-pressed", String(shown));
  button.setAttribute("aria-label", t(shown ? "password-hide" : "password-show"));
  const use = button.querySelector("use");
  use?.setAttribute("href", use.getAttribute("href").replace(/#.*/, shown ? "#eye-off" : "#eye"));
});

// A password that was shown must not stay readable in the browser's memory of typed values.
document.addEventListener(
  "submit",
  (event) => {
    for (const button of event.target.querySelectorAll?.("[data-tb-reveal][aria-pressed=true]") ?? []) {
      const input = document.getElementById(button.dataset.tbReveal);
      if (input) input.type = "password";
    }
  },
  true,
);

// The links of the note at the top lead into the field, not only to it.
on("click", "[data-tb-focus] a[href^='#']", (event, link) => {
  const field = document.getElementById(decodeURIComponent(link.hash.slice(1)));
  if (!field) return;
  event.preventDefault();
  const control = field.matches("fieldset") ? field.querySelector("input") : field;
  control.scrollIntoView({ block: "center" });
  control.focus({ preventScroll: true });
});

eachPart((root) => {
  root.querySelector("[data-tb-focus]")?.focus({ preventScroll: false });
});
