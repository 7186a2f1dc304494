// The panel of a step that people do: everything that urn:tongban:workflow:1 says about it.
import { h } from "../dom.js";
import { cross, group, number_, row, select, small, text, tick, words } from "./controls.js";
import { people } from "./people.js";

export function step(desk, element) {
  const { model, data } = desk;
  const w = data.words;
  const thing = element.businessObject;
  return [
    people(desk, w.who, model.people(thing, "tb:Performers"), { copies: false, element }, (keys) => model.peoplePut(element, "tb:Performers", keys)),
    ...sign(desk, element),
    ...deadline(desk, element),
    outcomes(desk, element),
    fields(desk, element),
    acts(desk, element),
    people(desk, w.copies, model.people(thing, "tb:Copies"), { copies: true, element }, (keys) => model.peoplePut(element, "tb:Copies", keys)),
  ];
}

function sign({ model, data }, element) {
  const w = data.words;
  const now = model.one(element.businessObject, "tb:Sign");
  const value = { rule: now?.rule ?? "one", share: now?.share ?? "", order: now?.order ?? "parallel" };
  const put = (change) => {
    const made = { ...value, ...change };
    if (made.rule !== "share") delete made.share;
    else made.share ||= "67";
    model.put(element, "tb:Sign", made.rule === "one" && made.order === "parallel" ? [] : [made]);
  };
  const parts = [select(w.rule, value.rule, w.rules, (rule) => put({ rule }))];
  if (value.rule === "share") parts.push(number_(w.share, value.share, (share) => put({ share })));
  parts.push(select(w.order, value.order, w.orders, (order) => put({ order })));
  return [parts.length > 2 ? row(...parts.slice(0, 2)) : parts[0], parts.at(-1)];
}

function deadline({ model, data }, element) {
  const w = data.words;
  const thing = element.businessObject;
  const now = model.one(thing, "tb:Deadline");
  const late = model.one(thing, "tb:Escalation");
  const unit = now?.unit ?? "workdays";
  const put = (amount, of) => model.put(element, "tb:Deadline", amount ? [{ amount, unit: of }] : []);
  const tell = { after: late?.after ?? "", unit: late?.unit ?? "workdays", to: late?.to ?? "head" };
  const escalate = (change) => {
    const made = { ...tell, ...change };
    model.put(element, "tb:Escalation", made.after ? [made] : []);
  };
  const parts = [row(number_(w.deadline, now?.amount, (amount) => put(amount, unit)), select(w.unit, unit, w.units, (of) => put(now?.amount ?? "", of)))];
  if (now || late) {
    parts.push(row(number_(w.after, tell.after, (after) => escalate({ after })), select(w.unit, tell.unit, w.units, (of) => escalate({ unit: of }))), select(w.to, tell.to, w.tell, (to) => escalate({ to })));
  }
  return parts;
}

function outcomes({ model, data }, element) {
  const w = data.words;
  const rows = model.all(element.businessObject, "tb:Outcome").map(({ value, label, labelEn }) => ({ value, label, labelEn }));
  const put = (list) => model.put(element, "tb:Outcome", list.map(({ value, label, labelEn }) => (labelEn ? { value, label, labelEn } : { value, label })));
  const change = (index, given) => put(rows.map((each, at) => (at === index ? { ...each, ...given } : each)));
  const parts = rows.map((each, index) => {
    const line = h("div", { class: "d-grid gap-2 border rounded p-2" });
    line.append(
      h("div", { class: "d-flex gap-2 align-items-center" }, h("code", { class: "xsmall text-3 min-0 flex-fill ellipsis" }, each.value), cross(w.remove.replace("{name}", each.label ?? each.value), () => put(rows.filter((_, at) => at !== index)))),
      row(text(w.label, each.label, (label) => change(index, { label: label || each.value }), { maxlength: 100 }), text(w.labelEn, each.labelEn, (labelEn) => change(index, { labelEn }), { maxlength: 100, lang: "en" })),
    );
    return line;
  });
  const taken = new Set(rows.map((each) => each.value));
  const buttons = w.presets.filter(([value]) => !taken.has(value)).map(([value, label, labelEn, shown]) => small(shown, () => put([...rows, { value, label, labelEn }])));
  buttons.push(
    small(w.other, () => {
      let number = 1;
      while (taken.has(`choice${number}`)) number += 1;
      put([...rows, { value: `choice${number}`, label: `选项${number}`, labelEn: `Choice ${number}` }]);
    }),
  );
  return group(w.outcomes, ...(parts.length ? parts : [words(w.oneButton)]), h("div", { class: "tb-actions" }, ...buttons));
}

function fields({ model, data }, element) {
  const w = data.words;
  const now = new Map(model.all(element.businessObject, "tb:Field").map((each) => [each.name, each.access]));
  const put = (name, access) => {
    now.set(name, access);
    const made = [...now].filter(([, value]) => value !== "read").map(([key, value]) => ({ name: key, access: value }));
    model.put(element, "tb:Field", made);
  };
  if (!data.fields.length) return group(w.fields, words(w.noFields));
  const known = new Set(data.fields.map((each) => each.name));
  const strange = [...now.keys()].filter((name) => !known.has(name)).map((name) => ({ name, label: name }));
  const lines = [...data.fields, ...strange].map((field) => {
    const choices = field.fixed ? w.access.slice(0, 2) : w.access;
    const control = h("select", { class: "form-select form-select-sm w-auto", "aria-label": field.label }, ...choices.map(([key, label]) => h("option", { value: key, selected: key === (now.get(field.name) ?? "read") }, label)));
    control.addEventListener("change", () => put(field.name, control.value));
    return h("div", { class: "d-flex align-items-center gap-2" }, h("span", { class: "min-0 flex-fill text-break" }, field.label), control);
  });
  return h("details", { open: now.size > 0 }, h("summary", {}, w.fields), h("div", { class: "d-grid gap-2 mt-2" }, ...lines));
}

function acts({ model, data }, element) {
  const w = data.words;
  // What ends everything is allowed only where the drawing says so; the rest wherever it is not denied.
  const usual = (name) => !w.grantedActs.includes(name);
  const said = new Map(model.all(element.businessObject, "tb:Action").map((each) => [each.name, String(each.allowed ?? "true") !== "false"]));
  const put = (name, allowed) => {
    said.set(name, allowed);
    model.put(element, "tb:Action", [...said].filter(([each, value]) => value !== usual(each)).map(([each, value]) => ({ name: each, allowed: String(value) })));
  };
  return group(w.actsTitle, ...w.acts.map(([name, label]) => tick(label, said.get(name) ?? usual(name), (allowed) => put(name, allowed))));
}
