// The panel beside the drawing: what the selected element is and does.
import { h } from "../dom.js";
import { text, words } from "./controls.js";
import { is } from "./model.js";
import { call, event, flow, message, repeated, service } from "./parts.js";
import { step } from "./step.js";

export class Panel {
  constructor(desk, root) {
    this.desk = desk;
    this.title = root.querySelector("[data-wf-title]");
    this.id = root.querySelector("[data-wf-id]");
    this.fields = root.querySelector("[data-wf-fields]");
    this.element = null;
    const bus = desk.modeler.get("eventBus");
    bus.on("selection.changed", ({ newSelection }) => this.show(newSelection.length === 1 ? newSelection[0] : null));
    bus.on(["elements.changed", "commandStack.changed"], () => this.later());
    // Leaving a field draws the panel anew; the button that is being pressed must still be there for its click.
    this.fields.addEventListener("pointerdown", () => (this.pressed = true));
    document.addEventListener("pointerup", () => setTimeout(() => this.released()));
    document.addEventListener("pointercancel", () => this.released());
  }

  released() {
    this.pressed = false;
    if (this.waits) this.later();
  }

  /** Once for all changes of one act; what is being typed elsewhere in the panel stays focused. */
  later() {
    if (this.timer) return;
    this.timer = setTimeout(() => {
      this.timer = 0;
      this.waits = Boolean(this.pressed);
      if (!this.waits) this.show(this.element);
    });
  }

  show(element) {
    const { modeler, data } = this.desk;
    const canvas = modeler.get("canvas");
    let shown = element?.labelTarget ?? element;
    if (!shown || !modeler.get("elementRegistry").get(shown.id)) shown = canvas.getRootElement();
    this.element = shown;
    const thing = shown.businessObject;
    const w = data.words;
    const kinds = w.kinds;
    this.title.textContent = kinds[thing.$type] ?? kinds.other;
    this.id.textContent = thing.id ?? "";
    const at = this.place();
    const open = [...this.fields.querySelectorAll("details")].map((each) => each.open);
    this.fields.replaceChildren(...this.parts(shown, thing, w));
    if (this.before === shown) [...this.fields.querySelectorAll("details")].forEach((each, index) => (each.open = open[index] ?? each.open));
    if (this.before === shown && at >= 0) this.controls()[at]?.focus();
    this.before = shown;
  }

  controls() {
    return [...this.fields.querySelectorAll("input, select, textarea, button")];
  }

  place() {
    return this.controls().indexOf(document.activeElement);
  }

  parts(element, thing, w) {
    const { desk } = this;
    const { model } = desk;
    if (is(thing, "bpmn:Collaboration")) return [words(w.nothing)];
    const parts = [];
    if (is(thing, "bpmn:FlowElement") || is(thing, "bpmn:Process")) {
      parts.push(
        text(w.name, thing.name, (name) => this.rename(element, name), { maxlength: 300 }),
        text(w.nameEn, thing.get("tb:nameEn"), (name) => model.change(element, { "tb:nameEn": name || undefined }), { maxlength: 300, lang: "en" }),
      );
    } else if (thing.name !== undefined || is(thing, "bpmn:Participant") || is(thing, "bpmn:Lane")) {
      parts.push(text(w.name, thing.name, (name) => this.rename(element, name), { maxlength: 300 }));
    }
    if (is(thing, "bpmn:UserTask")) parts.push(...step(desk, element));
    if (is(thing, "bpmn:ServiceTask") || is(thing, "bpmn:BusinessRuleTask")) parts.push(...service(desk, element));
    if (is(thing, "bpmn:SendTask") || is(thing, "bpmn:ReceiveTask")) parts.push(...message(desk, element));
    if (is(thing, "bpmn:CallActivity")) parts.push(...call(desk, element));
    if (is(thing, "bpmn:Event")) parts.push(...event(desk, element));
    if (is(thing, "bpmn:SequenceFlow")) parts.push(...flow(desk, element));
    if (is(thing, "bpmn:Activity") && !is(thing, "bpmn:ManualTask")) parts.push(...repeated(desk, element));
    if (is(thing, "bpmn:Activity") || is(thing, "bpmn:Event")) parts.push(text(w.note, model.note(thing), (note) => model.notePut(element, note), { lines: true, maxlength: 1000 }));
    if (is(thing, "bpmn:Process")) parts.push(words(w.nothing));
    if (desk.data.names.length && (is(thing, "bpmn:SequenceFlow") || is(thing, "bpmn:Activity"))) {
      parts.push(h("details", { class: "small" }, h("summary", {}, w.names), h("p", { class: "tb-editor-names mb-0 mt-1" }, ...desk.data.names.flatMap((name) => [h("code", {}, name), " "]))));
    }
    return parts;
  }

  rename(element, name) {
    const { modeling } = this.desk.model;
    if (is(element.businessObject, "bpmn:Process")) this.desk.model.change(element, { name: name || undefined });
    else modeling.updateLabel(element, name);
  }
}
