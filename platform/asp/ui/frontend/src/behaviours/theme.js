// The moon: changes at once, then tells the server, which keeps it.
import { csrfToken, on } from "../dom.js";

on("submit", "form[data-tb-theme-switch]", (event, form) => {
  event.preventDefault();
  event.stopPropagation();
  const root = document.documentElement;
  const theme = root.dataset.bsTheme === "dark" ? "light" : "dark";
  root.dataset.bsTheme = theme;
  root.dataset.tbTheme = theme;
  form.closest("details[data-tb-menu]")?.removeAttribute("open");
  const body = new FormData(form);
  body.set("theme", theme);
  fetch(form.action, {
    method: "POST",
    body,
    headers: { Accept: "application/json", "X-CSRFToken": csrfToken() },
    credentials: "same-origin",
  }).catch(() => undefined); // the page has changed; only the memory of it is lost
}, { capture: true });
