// Menus are <details data-tb-menu>: they open without a script; this closes them and moves in them.
import { on } from "../dom.js";

const open = () => document.querySelectorAll("details[data-tb-menu][open]");
const entries = (menu) => [...menu.querySelectorAll(".tb-menu-list :is(a, button):not([disabled])")].filter((e) => e.offsetParent);

document.addEventListener("click", (event) => {
  for (const menu of open()) if (!menu.contains(event.target)) menu.open = false;
});

on("click", "details[data-tb-menu] .tb-menu-list :is(a, button)", (event, entry) => {
  entry.closest("details").open = false;
});

on("focusout", "details[data-tb-menu]", (event, menu) => {
  if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  const menu = event.target instanceof Element ? event.target.closest("details[data-tb-menu]") : null;
  if (!menu) return;
  if (event.key === "Escape" && menu.open) {
    menu.open = false;
    menu.querySelector("summary").focus();
    event.stopPropagation();
    return;
  }
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  event.preventDefault();
  menu.open = true;
  const list = entries(menu);
  const at = list.indexOf(document.activeElement);
  const step = event.key === "ArrowDown" ? 1 : -1;
  list[(at + step + list.length) % list.length]?.focus();
});
