// Dynamic forms (asp.forms): conditions and calculations follow what is typed, rows and files come and go.
//
// The server alone decides. A field marked `data-tb-matters` sends what the form holds to the address in
// `data-tb-asks`; the answer says which fields are asked (`data-tb-field`) and what stands in computed places (by id).
// Nothing is evaluated here, and values that this person may not see never come.
import { csrfToken, eachPart, on } from "../dom.js";
import { bytes } from "../strings.js";

const PAUSE = 250;
const PREFIX = "f.";
const asks = new WeakMap(); // block → { timer, number, pending, then }

const stateOf = (block) => {
  if (!asks.has(block)) asks.set(block, { timer: 0, number: 0, pending: null, then: null });
  return asks.get(block);
};

function soon(block) {
  const state = stateOf(block);
  clearTimeout(state.timer);
  state.timer = setTimeout(() => ask(block), PAUSE);
}

async function ask(block) {
  const state = stateOf(block);
  const form = block.closest("form");
  clearTimeout(state.timer);
  state.timer = 0;
  state.pending?.abort();
  const asking = (state.pending = new AbortController());
  const body = new FormData();
  for (const [key, value] of new FormData(form)) if (key.startsWith(PREFIX) && typeof value === "string") body.append(key, value);
  try {
    const response = await fetch(block.dataset.tbAsks, {
      method: "POST",
      body,
      signal: asking.signal,
      headers: { "X-CSRFToken": csrfToken(), Accept: "application/json" },
    });
    // Without an answer the form is as it was; what is wrong with it is said when it is sent.
    if (response.ok) apply(block, await response.json());
  } catch (error) {
    if (error.name === "AbortError") return;
  }
  if (state.pending === asking) {
    state.pending = null;
    const then = state.then;
    state.then = null;
    then?.();
  }
}

function apply(block, { asked, texts }) {
  for (const [name, wanted] of Object.entries(asked)) {
    const field = block.querySelector(`[data-tb-field="${CSS.escape(name)}"]`);
    if (!field) continue;
    field.hidden = !wanted;
    field.disabled = !wanted; // what is not asked is not sent, and comes back with the condition
  }
  for (const section of block.querySelectorAll("[data-tb-formsection]")) {
    section.hidden = [...section.querySelectorAll("[data-tb-field]")].every((field) => field.hidden);
  }
  for (const [id, text] of Object.entries(texts)) {
    const place = document.getElementById(id);
    if (place && block.contains(place) && place.textContent !== text) place.textContent = text;
  }
}

for (const type of ["input", "change"]) on(type, "[data-tb-asks] [data-tb-matters]", (event, field) => soon(field.closest("[data-tb-asks]")));

// A form that is sent while an answer is on its way would carry fields that are no longer asked.
document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    const block = form instanceof HTMLFormElement ? form.querySelector("[data-tb-asks]") : null;
    const state = block && asks.get(block);
    if (!state || (!state.timer && !state.pending)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const { submitter } = event;
    state.then = () => form.requestSubmit(submitter);
    if (state.timer) ask(block);
  },
  true,
);

// ----- rows of a table

function count(table) {
  const rows = table.querySelectorAll("[data-tb-formrow]").length;
  table.querySelector("[data-tb-rowin]").disabled = rows >= Number(table.dataset.most);
}

function touched(element) {
  element.dispatchEvent(new Event("change", { bubbles: true }));
}

on("click", "[data-tb-rowin]", (event, button) => {
  const table = button.closest("[data-tb-formrows]");
  const list = table.querySelector("[data-tb-rowlist]");
  const numbers = [...list.querySelectorAll("[data-tb-formrow]")].map((row) => Number(row.dataset.tbFormrow));
  const next = String(Math.max(-1, ...numbers) + 1);
  const row = table.querySelector("[data-tb-rowpattern]").content.firstElementChild.cloneNode(true);
  for (const element of [row, ...row.querySelectorAll("*")]) {
    for (const { name, value } of [...element.attributes]) {
      if (value.includes("__n__")) element.setAttribute(name, value.replaceAll("__n__", next));
    }
  }
  list.append(row);
  count(table);
  row.querySelector("input, select, textarea")?.focus();
});

on("click", "[data-tb-rowout]", (event, button) => {
  const table = button.closest("[data-tb-formrows]");
  const row = button.closest("[data-tb-formrow]");
  const near = row.nextElementSibling ?? row.previousElementSibling;
  row.remove();
  count(table);
  (near?.querySelector("[data-tb-rowout]") ?? table.querySelector("[data-tb-rowin]")).focus();
  touched(table);
});

eachPart((root) => {
  for (const table of root.querySelectorAll("[data-tb-formrows]")) count(table);
});

// ----- attachments

function full(field) {
  const picked = field.querySelectorAll("[data-tb-filelist] > li").length;
  const button = field.querySelector("[data-tb-pick]");
  if (button) button.disabled = picked >= Number(field.dataset.most);
}

on("tb:uploaded", "[data-tb-attachments]", (event, field) => {
  const { name, size, result } = event.detail;
  const item = field.querySelector("[data-tb-filepattern]").content.firstElementChild.cloneNode(true);
  item.querySelector("input").value = result.id ?? "";
  item.querySelector("[data-tb-filename]").textContent = result.name ?? name;
  item.querySelector("[data-tb-filesize]").textContent = bytes(size);
  field.querySelector("[data-tb-filelist]").append(item);
  full(field);
  touched(field);
});

on("click", "[data-tb-fileout]", (event, button) => {
  const field = button.closest("[data-tb-attachments]");
  button.closest("li").remove();
  full(field);
  field.querySelector("[data-tb-pick]")?.focus();
  touched(field);
});

eachPart((root) => {
  for (const field of root.querySelectorAll("[data-tb-attachments]")) full(field);
});

// ----- the editor: what was typed into the panel and not applied is not lost without a word

on("input", "[data-tb-editing]", (event, form) => (form.dataset.tbTyped = "1"));

document.addEventListener("htmx:confirm", (event) => {
  const editor = event.target instanceof Element ? event.target.closest("[data-tb-leave]") : null;
  const typed = editor?.querySelector("[data-tb-editing][data-tb-typed]");
  // A search inside the panel leaves what was typed where it is.
  if (typed && !typed.contains(event.target) && !window.confirm(editor.dataset.tbLeave)) event.preventDefault();
});
