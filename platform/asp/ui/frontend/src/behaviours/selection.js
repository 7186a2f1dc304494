// Select many: <form data-tb-select> with check boxes [data-tb-row], one [data-tb-all], and the bar of
// {% selection %}. Shift takes a range; Escape selects nothing.
import { eachPart, on } from "../dom.js";
import { t } from "../strings.js";

const rowsOf = (list) => [...list.querySelectorAll("input[data-tb-row]")].filter((box) => !box.disabled);
const last = new WeakMap();

function update(list) {
  const rows = rowsOf(list);
  const chosen = rows.filter((box) => box.checked);
  for (const box of rows) box.closest("tr, li")?.classList.toggle("table-active", box.checked);
  for (const master of list.querySelectorAll("input[data-tb-all]")) {
    master.checked = rows.length > 0 && chosen.length === rows.length;
    master.indeterminate = chosen.length > 0 && chosen.length < rows.length;
  }
  for (const bar of list.querySelectorAll("[data-tb-selection-bar]")) {
    bar.hidden = chosen.length === 0;
    bar.querySelector("[data-tb-selection-count]").textContent = t("selected", { n: chosen.length });
    // Acts that make sense for one thing only.
    for (const button of bar.querySelectorAll("[data-tb-single]")) button.disabled = chosen.length !== 1;
  }
  list.classList.toggle("has-selection", chosen.length > 0);
  list.dispatchEvent(new CustomEvent("tb:selected", { bubbles: true, detail: { values: chosen.map((box) => box.value) } }));
}

on("click", "[data-tb-select] input[data-tb-row]", (event, box) => {
  const list = box.closest("[data-tb-select]");
  const rows = rowsOf(list);
  const from = rows.indexOf(last.get(list));
  const to = rows.indexOf(box);
  if (event.shiftKey && from >= 0) {
    for (const between of rows.slice(Math.min(from, to), Math.max(from, to) + 1)) between.checked = box.checked;
  }
  last.set(list, box);
  update(list);
});

on("change", "[data-tb-select] input[data-tb-row]", (event, box) => update(box.closest("[data-tb-select]")));

on("change", "[data-tb-select] input[data-tb-all]", (event, master) => {
  const list = master.closest("[data-tb-select]");
  for (const box of rowsOf(list)) box.checked = master.checked;
  update(list);
});

function clear(list) {
  for (const box of rowsOf(list)) box.checked = false;
  update(list);
}

on("click", "[data-tb-selection-clear]", (event, button) => clear(button.closest("[data-tb-select]")));

on("keydown", "[data-tb-select].has-selection", (event, list) => {
  if (event.key === "Escape" && !event.defaultPrevented) clear(list);
});

eachPart((root) => {
  const lists = new Set([...root.querySelectorAll("[data-tb-select]"), root.closest?.("[data-tb-select]")]);
  for (const list of lists) if (list) update(list);
});
window.addEventListener("pageshow", () => document.querySelectorAll("[data-tb-select]").forEach(update));
