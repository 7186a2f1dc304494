// What the gate has found: a mark on each element, and a list that leads to them.
import { h, icon } from "../dom.js";

export class Findings {
  constructor(desk, root) {
    this.desk = desk;
    this.place = root.querySelector("[data-wf-findings]");
  }

  show({ findings, faults, ok }) {
    const { modeler, data } = this.desk;
    const overlays = modeler.get("overlays");
    const registry = modeler.get("elementRegistry");
    overlays.remove({ type: "wf-finding" });
    const byElement = Map.groupBy ? Map.groupBy(findings, (each) => each.element) : grouped(findings);
    for (const [id, found] of byElement) {
      if (!registry.get(id)) continue;
      const bad = found.some((each) => each.level === "error");
      const mark = h("span", { class: `wf-mark ${bad ? "is-bad" : "is-warn"}`, title: found.map((each) => each.text).join("\n"), role: "img", "aria-label": found.map((each) => each.text).join(" ") }, icon(bad ? "alert-circle" : "alert-triangle"));
      overlays.add(id, "wf-finding", { position: { top: -12, right: 12 }, html: mark });
    }
    const lines = findings.map((each) => this.line(each));
    if (faults) lines.push(h("li", { class: "tb-note is-red" }, icon("forms"), h("div", {}, data.words.faults)));
    if (ok && !lines.length) lines.push(h("li", { class: "text-2" }, data.words.ok));
    this.place.replaceChildren(h("ul", { class: "list-unstyled mb-0 d-grid gap-2" }, ...lines));
  }

  line({ element, name, level, text }) {
    const { modeler, data } = this.desk;
    const known = element && modeler.get("elementRegistry").get(element);
    const label = name || data.words.drawing;
    const title = known ? h("button", { class: "btn btn-link p-0 text-start text-break", type: "button", onclick: () => this.go(known) }, label) : h("strong", { class: "text-break" }, label);
    return h("li", { class: `tb-note ${level === "error" ? "is-red" : "is-amber"}` }, icon(level === "error" ? "alert-circle" : "alert-triangle"), h("div", {}, title, h("span", { class: "d-block" }, text)));
  }

  go(element) {
    this.desk.modeler.get("selection").select(element);
    this.desk.modeler.get("canvas").scrollToElement(element);
  }
}

function grouped(findings) {
  const map = new Map();
  for (const each of findings) map.set(each.element, [...(map.get(each.element) ?? []), each]);
  return map;
}
