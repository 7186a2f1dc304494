// The designer of processes (流程设计器): bpmn-js with a panel of our own. Loaded on its page alone.
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";
import "bpmn-js/dist/assets/bpmn-font/css/bpmn.css";
import "./designer/designer.css";

import Modeler from "bpmn-js/lib/Modeler";

import { csrfToken } from "./dom.js";
import { Findings } from "./designer/findings.js";
import menus from "./designer/menus.js";
import descriptor from "./designer/moddle.json";
import { Model } from "./designer/model.js";
import { Panel } from "./designer/panel.js";
import { translating } from "./designer/translate.js";

const root = document.querySelector("[data-wf-designer]");
const data = JSON.parse(document.getElementById("wf-designer-data").textContent);
const state = root.querySelector("[data-wf-state]");
const modeler = new Modeler({
  container: root.querySelector("[data-wf-canvas]"),
  moddleExtensions: { tb: descriptor },
  additionalModules: [translating(document.documentElement.lang), menus],
});
const desk = { modeler, data, model: new Model(modeler) };
const READABLE = 0.7;
let revision = data.revision;
let dirty = false;
let saving = false;

function say(text, bad = false) {
  state.textContent = text;
  state.classList.toggle("text-red", bad);
}

/** All of it, or, where that could not be read, its beginning. */
function begin(canvas) {
  canvas.zoom("fit-viewport", "auto");
  if (canvas.zoom() >= READABLE) return;
  const { inner, outer } = canvas.viewbox();
  const [width, height] = [outer.width / READABLE, outer.height / READABLE];
  canvas.viewbox({ x: inner.x - 160, y: inner.y + inner.height / 2 - height / 2, width, height });
}

async function open() {
  try {
    await modeler.importXML(data.bpmn);
  } catch (error) {
    say(data.words.broken.replace("{reason}", error.message), true);
    return;
  }
  const panel = new Panel(desk, root);
  const findings = new Findings(desk, root);
  begin(modeler.get("canvas"));
  panel.show(null);
  findings.show(data);
  modeler.get("eventBus").on("commandStack.changed", () => {
    dirty = true;
    say(data.words.unsaved);
  });
  root.querySelector("[data-wf-save]").addEventListener("click", () => save(findings));
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "s") {
      event.preventDefault();
      save(findings);
    }
  });
}

async function save(findings) {
  if (saving) return;
  saving = true;
  // What is typed in a field and not left yet counts as well.
  if (document.activeElement?.closest("[data-wf-fields]")) document.activeElement.blur();
  say(data.words.saving);
  try {
    const { xml } = await modeler.saveXML({ format: true });
    dirty = false;
    const response = await fetch(data.saveUrl, {
      method: "POST",
      body: JSON.stringify({ revision, bpmn: xml }),
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrfToken() },
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(answer.message);
    revision = answer.revision;
    findings.show(answer);
    if (!dirty) say(data.words.saved);
  } catch (error) {
    dirty = true;
    say(data.words.failed.replace("{reason}", error instanceof TypeError ? data.words.network : error.message), true);
  } finally {
    saving = false;
  }
}

root.querySelector("[data-wf-undo]").addEventListener("click", () => modeler.get("commandStack").undo());
root.querySelector("[data-wf-redo]").addEventListener("click", () => modeler.get("commandStack").redo());
for (const button of root.querySelectorAll("[data-wf-zoom]")) {
  button.addEventListener("click", () => {
    const canvas = modeler.get("canvas");
    if (button.dataset.wfZoom === "fit") canvas.zoom("fit-viewport", "auto");
    else modeler.get("zoomScroll").stepZoom(button.dataset.wfZoom === "in" ? 1 : -1);
  });
}
window.addEventListener("beforeunload", (event) => {
  if (dirty) event.preventDefault();
});

open();
