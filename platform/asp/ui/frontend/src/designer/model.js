// Reading and writing what the panel shows, by commands that can be undone.

/** Whether a moddle element is of a type. */
export const is = (thing, type) => Boolean(thing?.$instanceOf?.(type));

export class Model {
  constructor(modeler) {
    this.modeling = modeler.get("modeling");
    this.factory = modeler.get("bpmnFactory");
    this.canvas = modeler.get("canvas");
    this.modeler = modeler;
  }

  /** The elements of ours inside the extension of a thing. */
  all(thing, type) {
    return (thing.extensionElements?.values ?? []).filter((each) => is(each, type));
  }

  one(thing, type) {
    return this.all(thing, type)[0];
  }

  /** Put `made` (a list of attributes) in the place of all elements of `type`; `thing` is the element's own or inside it. */
  put(element, type, made, thing = element.businessObject) {
    const kept = (thing.extensionElements?.values ?? []).filter((each) => !is(each, type));
    const extension = this.factory.create("bpmn:ExtensionElements", { values: [] });
    extension.$parent = thing;
    const added = made.map((attributes) => this.make(type, attributes, extension));
    for (const each of kept) each.$parent = extension;
    extension.values = [...kept, ...added];
    this.change(element, { extensionElements: extension.values.length ? extension : undefined }, thing);
  }

  make(type, attributes, parent) {
    const { people, ...plain } = attributes;
    const made = this.factory.create(type, plain);
    made.$parent = parent;
    if (people) made.people = people.map((each) => this.make("tb:Performer", each, made));
    return made;
  }

  change(element, properties, thing = element.businessObject) {
    if (thing === element.businessObject) this.modeling.updateProperties(element, properties);
    else this.modeling.updateModdleProperties(element, thing, properties);
  }

  /** The people of a step: performers or copies, as keys "kind:ref". */
  people(thing, type) {
    return (this.one(thing, type)?.people ?? []).map((each) => `${each.kind}:${each.ref ?? ""}`);
  }

  peoplePut(element, type, keys) {
    const people = keys.map((key) => {
      const kind = key.slice(0, key.indexOf(":"));
      const ref = key.slice(kind.length + 1);
      return ref ? { kind, ref } : { kind };
    });
    this.put(element, type, people.length ? [{ people }] : []);
  }

  note(thing) {
    return thing.documentation?.[0]?.text ?? "";
  }

  notePut(element, text) {
    const made = text ? [this.factory.create("bpmn:Documentation", { text })] : [];
    for (const each of made) each.$parent = element.businessObject;
    this.change(element, { documentation: made });
  }

  /** A formal expression inside a thing, or nothing. */
  expression(thing, key) {
    return thing[key]?.body ?? "";
  }

  expressionPut(element, key, body, thing = element.businessObject) {
    const made = body ? this.factory.create("bpmn:FormalExpression", { body }) : undefined;
    if (made) made.$parent = thing;
    this.change(element, { [key]: made }, thing);
  }

  definitions() {
    let root = this.canvas.getRootElement().businessObject;
    while (root.$parent) root = root.$parent;
    return root;
  }

  /** A message, error or escalation of the file by its name; made if there is none. */
  named(type, name) {
    const definitions = this.definitions();
    const key = type === "bpmn:Message" ? "name" : type === "bpmn:Error" ? "errorCode" : "escalationCode";
    const found = (definitions.rootElements ?? []).find((each) => is(each, type) && (each[key] || each.name) === name);
    if (found) return found;
    const made = this.factory.create(type, { name, ...(key === "name" ? {} : { [key]: name }) });
    made.$parent = definitions;
    definitions.rootElements.push(made);
    return made;
  }

  /** Every step that people do, except one. */
  steps(except) {
    return this.modeler
      .get("elementRegistry")
      .filter((each) => is(each.businessObject, "bpmn:UserTask") && each.type !== "label" && each !== except)
      .map((each) => each.businessObject);
  }
}
