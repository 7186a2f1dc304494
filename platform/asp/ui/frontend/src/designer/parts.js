// The panels of everything that is no step: events, services, calls, flows, repetition.
import { number_, row, select, text, tick } from "./controls.js";
import { is } from "./model.js";

export function service({ model, data }, element) {
  const now = model.one(element.businessObject, "tb:Service")?.name ?? "";
  return [select(data.words.service, now, offered(data, data.services, now), (name) => model.put(element, "tb:Service", name ? [{ name }] : []))];
}

export function call({ model, data }, element) {
  const now = element.businessObject.calledElement ?? "";
  return [select(data.words.called, now, offered(data, data.processes, now), (code) => model.change(element, { calledElement: code || undefined }))];
}

/** What can be chosen, with what stands there although it is not known. */
function offered(data, list, now) {
  const choices = [["", data.words.choose], ...list.map(({ code, label }) => [code, `${label} (${code})`])];
  return now && !list.some((each) => each.code === now) ? [...choices, [now, now]] : choices;
}

export function message({ model, data }, element, thing = element.businessObject) {
  const now = thing.messageRef?.name ?? "";
  const put = (name) => model.change(element, { messageRef: name ? model.named("bpmn:Message", name) : undefined }, thing);
  return [text(data.words.message, now, put, { maxlength: 200 })];
}

const EVENTS = {
  "bpmn:MessageEventDefinition": message,
  "bpmn:TimerEventDefinition": timer,
  "bpmn:LinkEventDefinition": ({ model, data }, element, thing) => [text(data.words.link, thing.name, (name) => model.change(element, { name: name || undefined }, thing))],
  "bpmn:ErrorEventDefinition": (desk, element, thing) => code(desk, element, thing, "bpmn:Error", "errorRef", "errorCode"),
  "bpmn:EscalationEventDefinition": (desk, element, thing) => code(desk, element, thing, "bpmn:Escalation", "escalationRef", "escalationCode"),
};

function code({ model, data }, element, thing, type, ref, key) {
  const put = (name) => model.change(element, { [ref]: name ? model.named(type, name) : undefined }, thing);
  return [text(data.words.code, thing[ref]?.[key] ?? thing[ref]?.name ?? "", put, { maxlength: 200 })];
}

export function event(desk, element) {
  const { model, data } = desk;
  const thing = element.businessObject;
  const parts = (thing.eventDefinitions ?? []).flatMap((each) => EVENTS[each.$type]?.(desk, element, each) ?? []);
  const both = ["bpmn:TimerEventDefinition", "bpmn:MessageEventDefinition", "bpmn:EscalationEventDefinition"];
  if (is(thing, "bpmn:BoundaryEvent") && (thing.eventDefinitions ?? []).some((each) => both.includes(each.$type))) {
    parts.push(tick(data.words.ends, thing.cancelActivity !== false, (cancelActivity) => model.change(element, { cancelActivity })));
  }
  return parts;
}

const TIMES = { date: "timeDate", duration: "timeDuration", cycle: "timeCycle" };

function timer({ model, data }, element, thing) {
  const w = data.words;
  const wait = model.one(thing, "tb:Wait");
  const kind = wait ? "wait" : (Object.keys(TIMES).find((each) => thing[TIMES[each]]) ?? "wait");
  const clear = () => {
    for (const key of Object.values(TIMES)) if (thing[key]) model.change(element, { [key]: undefined }, thing);
    if (model.one(thing, "tb:Wait")) model.put(element, "tb:Wait", [], thing);
  };
  const choose = (next) => {
    clear();
    if (next === "wait") model.put(element, "tb:Wait", [{ amount: "1", unit: "workdays" }], thing);
    else model.expressionPut(element, TIMES[next], { date: "2030-01-01", duration: "P1D", cycle: "R3/P1D" }[next], thing);
  };
  const choices = is(element.businessObject, "bpmn:BoundaryEvent") ? w.timers : w.timers.filter(([key]) => key !== "cycle");
  const parts = [select(w.timer, kind, choices, choose)];
  if (kind === "wait") {
    const put = (change) => {
      const made = { amount: wait?.amount ?? "", unit: wait?.unit ?? "workdays", ...change };
      for (const key of Object.values(TIMES)) if (thing[key]) model.change(element, { [key]: undefined }, thing);
      model.put(element, "tb:Wait", made.amount ? [made] : [], thing);
    };
    parts.push(row(number_(w.deadline, wait?.amount, (amount) => put({ amount })), select(w.unit, wait?.unit ?? "workdays", w.units, (unit) => put({ unit }))));
  } else {
    parts.push(text(w.text, model.expression(thing, TIMES[kind]), (body) => model.expressionPut(element, TIMES[kind], body, thing), { maxlength: 200, spellcheck: "false" }));
  }
  return parts;
}

export function flow({ model, data }, element) {
  const w = data.words;
  const thing = element.businessObject;
  const source = element.source;
  const from = source.businessObject;
  const chooses = is(from, "bpmn:ExclusiveGateway") || is(from, "bpmn:InclusiveGateway") || is(from, "bpmn:Activity");
  if (!chooses) return [];
  const parts = [];
  const isDefault = from.default === thing;
  if (!isDefault) parts.push(text(w.condition, model.expression(thing, "conditionExpression"), (body) => model.expressionPut(element, "conditionExpression", body), { lines: true, maxlength: 500, spellcheck: "false", help: w.conditionHelp }));
  parts.push(
    tick(w.isDefault, isDefault, (on) => {
      if (on && thing.conditionExpression) model.expressionPut(element, "conditionExpression", "");
      model.change(source, { default: on ? thing : undefined });
    }),
  );
  return parts;
}

export function repeated({ model, data }, element) {
  const w = data.words;
  const thing = element.businessObject;
  const now = is(thing.loopCharacteristics, "bpmn:MultiInstanceLoopCharacteristics") ? thing.loopCharacteristics : null;
  const kind = now ? (now.isSequential ? "sequence" : "parallel") : "";
  const choose = (next) => {
    if (!next) return model.change(element, { loopCharacteristics: undefined });
    if (now) return model.change(element, { isSequential: next === "sequence" }, now);
    const lists = data.fields.filter((each) => each.many);
    const made = model.factory.create("bpmn:MultiInstanceLoopCharacteristics", { isSequential: next === "sequence", collection: lists[0]?.name ?? "", item: "item" });
    made.$parent = thing;
    return model.change(element, { loopCharacteristics: made });
  };
  const parts = [select(w.many, kind, w.manyKinds, choose)];
  if (now) {
    parts.push(
      row(text(w.collection, now.collection, (collection) => model.change(element, { collection: collection || undefined }, now), { list: "wf-lists", maxlength: 60 }), text(w.item, now.item, (item) => model.change(element, { item: item || undefined }, now), { maxlength: 60 })),
      text(w.until, model.expression(now, "completionCondition"), (body) => model.expressionPut(element, "completionCondition", body, now), { maxlength: 500, spellcheck: "false" }),
    );
  }
  return parts;
}
