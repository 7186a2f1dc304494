// <form data-tb-draft="name">: what is typed is kept in this browser until the server has taken it.
import { eachPart, h, icon } from "../dom.js";
import { clock, t } from "../strings.js";

const PREFIX = "tb-draft:";
const WEEK = 7 * 24 * 3600 * 1000;
const PAUSE = 800;

const person = () => document.body.dataset.tbPerson ?? "";
const keyOf = (form) => `${PREFIX}${person()}:${form.dataset.tbDraft}`;
const kept = (field) =>
  field.name && !/^(password|hidden|file|submit|button)$/.test(field.type) && field.autocomplete !== "off";

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

function write(key, draft) {
  try {
    localStorage.setItem(key, JSON.stringify(draft));
    return true;
  } catch {
    return false; // storage is full or forbidden: the page works without
  }
}

function values(form) {
  const found = {};
  for (const field of form.elements) {
    if (!kept(field)) continue;
    if (/^(checkbox|radio)$/.test(field.type)) (found[field.name] ??= []).push(...(field.checked ? [field.value] : []));
    else (found[field.name] ??= []).push(field.value);
  }
  return found;
}

function fill(form, draft) {
  const places = {};
  for (const field of form.elements) {
    if (!kept(field) || !(field.name in draft)) continue;
    const at = (places[field.name] = (places[field.name] ?? -1) + 1);
    if (/^(checkbox|radio)$/.test(field.type)) field.checked = draft[field.name].includes(field.value);
    else field.value = draft[field.name][at] ?? field.value;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

function offer(form, key, draft) {
  const note = h(
    "div",
    { class: "tb-note is-blue", role: "status" },
    icon("history"),
    h("div", { class: "flex-fill" }, t("draft-found", { time: new Date(draft.at).toLocaleString(document.documentElement.lang) })),
    h("button", { class: "btn btn-sm", type: "button", onclick: () => (fill(form, draft.values), note.remove()) }, t("draft-restore")),
    h("button", { class: "btn btn-sm", type: "button", onclick: () => (localStorage.removeItem(key), note.remove()) }, t("draft-discard")),
  );
  form.prepend(note);
}

function watch(form) {
  if (form.dataset.tbDraftOn) return;
  form.dataset.tbDraftOn = "1";
  const key = keyOf(form);
  const start = JSON.stringify(values(form));
  const failed = form.querySelector(".is-invalid") !== null;
  const draft = read(key);
  if (draft && Date.now() - draft.at > WEEK) localStorage.removeItem(key);
  else if (draft && !failed && JSON.stringify(draft.values) !== start) offer(form, key, draft);

  let timer = 0;
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const now = values(form);
      if (JSON.stringify(now) === start && !failed) localStorage.removeItem(key);
      else if (write(key, { at: Date.now(), values: now })) {
        const place = document.querySelector("[data-tb-draft-note]");
        if (place) place.textContent = t("draft-saved", { time: clock() });
      }
    }, PAUSE);
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    write(key, { at: Date.now(), values: values(form), sent: true });
  });
}

// A page came back from the server after a draft was sent: it has been taken, unless its form shows errors
// or the reader only went back.
function settle() {
  const back = performance.getEntriesByType("navigation")[0]?.type === "back_forward";
  for (const key of Object.keys(localStorage)) {
    if (!key.startsWith(PREFIX)) continue;
    const draft = read(key);
    if (!draft?.sent) continue;
    const form = [...document.querySelectorAll("form[data-tb-draft]")].find((each) => keyOf(each) === key);
    if (back || form?.querySelector(".is-invalid")) write(key, { ...draft, sent: false });
    else localStorage.removeItem(key);
  }
}

// Nothing stays behind on a shared machine: signing out forgets every draft.
document.addEventListener("submit", (event) => {
  if (!(event.target instanceof Element) || !event.target.matches("form[data-tb-forget]")) return;
  for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX) || key.startsWith("tus::")) localStorage.removeItem(key);
});

let settled = false;
eachPart((root) => {
  if (!settled) {
    settled = true;
    settle();
  }
  const forms = [...root.querySelectorAll("form[data-tb-draft]")];
  if (root instanceof HTMLFormElement && root.dataset.tbDraft) forms.push(root);
  forms.forEach(watch);
});
