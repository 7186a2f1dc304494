// Naming people in the panel: who is named, what can be added at once, and a search.
import { h, icon } from "../dom.js";
import { cross, group, words } from "./controls.js";

const PAUSE = 250;
const ICONS = { starter: "user-circle", account: "user", post: "id-badge-2", department: "building-community", role: "shield", head: "hierarchy-2", former: "history", field: "forms", chosen: "user-question" };

export function people(desk, label, keys, { copies, element }, changed) {
  const { data } = desk;
  const w = data.words;
  const list = h("ul", { class: "list-unstyled mb-0 d-grid gap-1" });
  for (const key of keys) {
    const shown = named(desk, key, element);
    list.append(
      h("li", { class: "d-flex align-items-center gap-2" }, icon(ICONS[kindOf(key)] ?? "user"), h("span", { class: "min-0 flex-fill text-break" }, shown), cross(w.remove.replace("{name}", shown), () => changed(keys.filter((each) => each !== key)))),
    );
  }
  const add = (key) => changed([...new Set([...keys, key])]);
  return group(label, keys.length ? list : words(w.nobody), ready(desk, keys, copies, element, add), search(desk, add));
}

const kindOf = (key) => key.slice(0, key.indexOf(":"));

/** What a performer is called. */
export function named({ data, model }, key, element) {
  const kind = kindOf(key);
  const ref = key.slice(kind.length + 1);
  const pattern = data.words.performers[kind] ?? "{ref}";
  if (kind === "head" && Object.hasOwn(data.words.heads, ref)) return data.words.heads[ref];
  if (kind === "former" || kind === "head") {
    const step = model.steps().find((each) => each.id === ref);
    if (step) return pattern.replace("{ref}", step.name || ref);
  }
  if (kind === "field" || kind === "head") {
    const field = data.fields.find((each) => each.name === ref);
    if (field) return pattern.replace("{ref}", field.label);
  }
  return data.people[key] ?? pattern.replace("{ref}", ref);
}

function ready(desk, keys, copies, element, add) {
  const { data, model } = desk;
  const offered = ["starter:", ...Object.keys(data.words.heads).map((ref) => `head:${ref}`)];
  if (!copies) offered.push("chosen:");
  for (const step of model.steps(element)) offered.push(`former:${step.id}`, `head:${step.id}`);
  for (const field of data.fields) if (field.person) offered.push(`field:${field.name}`);
  const rest = offered.filter((each) => !keys.includes(each));
  const choose = h("select", { class: "form-select form-select-sm", "aria-label": data.words.add }, h("option", { value: "" }, `${data.words.add} …`), ...rest.map((key) => h("option", { value: key }, named(desk, key, element))));
  choose.addEventListener("change", () => choose.value && add(choose.value));
  return choose;
}

function search({ data }, add) {
  const found = h("div", { "aria-live": "polite" });
  const input = h("input", { class: "form-control form-control-sm", type: "search", autocomplete: "off", placeholder: data.words.find, "aria-label": data.words.find });
  let timer = 0;
  let asking = null;
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      asking?.abort();
      asking = new AbortController();
      const query = new URLSearchParams({ q: input.value, form: "wf-none" });
      try {
        const response = await fetch(`${data.findUrl}?${query}`, { signal: asking.signal, headers: { "HX-Request": "true" } });
        // Our own part of a page: the server has escaped every name in it.
        if (response.ok) found.innerHTML = await response.text();
      } catch (error) {
        if (error.name !== "AbortError") throw error;
      }
    }, PAUSE);
  });
  found.addEventListener("click", (event) => {
    const button = event.target.closest("[data-wf-performer]");
    if (!button) return;
    event.preventDefault();
    data.people[button.dataset.wfPerformer] = data.words.performers[kindOf(button.dataset.wfPerformer)].replace("{ref}", button.dataset.wfLabel);
    add(button.dataset.wfPerformer);
  });
  return h("div", {}, input, found);
}
