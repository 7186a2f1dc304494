// <tb-upload data-purpose data-target …>: drop or pick files, see them go, pause, continue after a break.
//
//   data-purpose, data-target   what the server's purpose wants to know
//   data-multiple               several files at a time
//   data-folders                keeps the path of files that lie in a folder (metadata `path`)
//   data-max                    bytes per file, to refuse before sending
//   data-drop="#pane"           a larger place that takes drops (default: the element)
//   data-refresh="#files"       elements that get the HTMX event `uploaded` when a file has arrived
//   data-input="#id_letter"     a hidden field that gets `data-key` (default "id") of the result
//   data-endpoint               default /uploads/
//
// Inside (ui/_upload.html): [data-tb-files] the picker, [data-tb-rows] the list, [data-tb-summary],
// [data-tb-pause-all], [data-tb-said] for screen readers. Other buttons: data-tb-pick="id of the element".
// Event `tb:uploaded` (bubbles): detail {name, size, result}. `tb:upload-idle`: nothing is under way any more.
import { all, h, icon, on } from "../dom.js";
import { bytes, left, t } from "../strings.js";
import { filesOf, picked } from "./dropped.js";
import { Transfer } from "./transfer.js";

const AT_ONCE = 3;
const DAY = 24 * 3600 * 1000;

function statusText(transfer) {
  const { state } = transfer;
  const amounts = t("upload-bytes", { done: bytes(transfer.sent), total: bytes(transfer.size) });
  if (state === "queued") return `${t("upload-queued")} · ${bytes(transfer.size)}`;
  if (state === "paused") return t("upload-paused", { percent: transfer.percent });
  if (state === "interrupted") return t("upload-interrupted");
  if (state === "finishing") return t("upload-finishing");
  if (state === "done") return t("upload-done");
  if (state === "cancelled") return t("upload-cancelled");
  if (state === "failed") {
    const server = t("error-server", { id: "" }).replace(/\s*[.。]?\s*$/, "");
    return t("upload-failed", { reason: transfer.reason || (transfer.status ? server : t("upload-network")) });
  }
  const speed = transfer.speed;
  if (!speed) return amounts;
  return `${amounts} · ${t("upload-speed", { amount: bytes(speed) })} · ${left((transfer.size - transfer.sent) / speed)}`;
}

class Row {
  constructor(owner, name, transfer = null, reason = "") {
    this.owner = owner;
    this.transfer = transfer;
    this.name = h("span", { class: "ellipsis", title: name }, name);
    this.status = h("span", { class: "tb-upload-status small text-2" });
    this.bar = h("progress", { class: "progress progress-sm", max: "100", value: "0", "aria-label": name });
    this.main = this.#button("player-pause", () => this.#toggle());
    this.stop = this.#button("x", () => this.#stop());
    this.element = h(
      "li",
      { class: "tb-upload-row" },
      h("span", { class: "tb-upload-name min-0" }, icon("file"), this.name),
      this.status,
      h("span", { class: "tb-upload-acts" }, this.main, this.stop),
      h("span", { class: "meta pt-1" }, this.bar),
    );
    if (transfer) {
      transfer.addEventListener("change", () => this.draw());
      transfer.addEventListener("state", () => owner.changed(transfer));
      this.draw();
    } else this.#refused(reason);
  }

  #button(name, act) {
    return h("button", { class: "tb-iconbtn is-sm", type: "button", onclick: act }, icon(name, "icon-sm"));
  }

  #name(button, name, text) {
    button.replaceChildren(icon(name, "icon-sm"));
    button.setAttribute("aria-label", `${text}: ${this.name.textContent}`);
    button.title = text;
  }

  #refused(reason) {
    this.element.classList.add("is-bad");
    this.status.textContent = reason;
    this.bar.remove();
    this.main.remove();
    this.#name(this.stop, "x", t("upload-remove"));
  }

  #toggle() {
    const { transfer } = this;
    if (transfer.state === "paused" || transfer.state === "failed") transfer.resume();
    else transfer.pause();
  }

  #stop() {
    if (this.transfer && (this.transfer.active || this.transfer.state === "paused")) {
      this.transfer.cancel();
      this.owner.say(`${this.name.textContent}: ${t("upload-cancelled")}`);
    }
    this.owner.remove(this);
  }

  draw() {
    const { transfer } = this;
    const { state } = transfer;
    this.status.textContent = statusText(transfer);
    this.bar.value = state === "done" ? 100 : transfer.percent;
    this.bar.classList.toggle("is-high", state === "interrupted" || state === "paused");
    this.bar.classList.toggle("is-full", state === "failed");
    this.element.classList.toggle("is-bad", state === "failed");
    this.element.classList.toggle("is-done", state === "done");
    if (state !== this.drawn) {
      this.drawn = state;
      this.main.hidden = ["finishing", "done", "cancelled"].includes(state);
      if (state === "failed") this.#name(this.main, "refresh", t("upload-retry"));
      else if (state === "paused") this.#name(this.main, "player-play", t("upload-resume"));
      else this.#name(this.main, "player-pause", t("upload-pause"));
      this.#name(this.stop, "x", transfer.active || state === "paused" ? t("upload-cancel") : t("upload-remove"));
    }
  }
}

class TbUpload extends HTMLElement {
  rows = [];

  connectedCallback() {
    if (this.ready) return;
    this.ready = true;
    this.input = this.querySelector("[data-tb-files]");
    this.list = this.querySelector("[data-tb-rows]");
    this.panel = this.querySelector("[data-tb-panel]");
    this.summary = this.querySelector("[data-tb-summary]");
    this.said = this.querySelector("[data-tb-said]");
    this.input?.addEventListener("change", () => {
      const files = picked(this.input);
      this.input.value = "";
      this.add(files);
    });
    this.querySelector("[data-tb-pause-all]")?.addEventListener("click", (event) => this.#pauseAll(event.currentTarget));
    this.#takeDrops();
    this.#showInterrupted();
  }

  pick() {
    this.input?.click();
  }

  get options() {
    return {
      endpoint: this.dataset.endpoint || "/uploads/",
      purpose: this.dataset.purpose,
      target: this.dataset.target ?? "",
    };
  }

  get transfers() {
    return this.rows.map((row) => row.transfer).filter(Boolean);
  }

  get busy() {
    return this.transfers.some((each) => each.active);
  }

  /** Take files as {file, path}. */
  add(files) {
    if (!files.length) return;
    const wanted = "multiple" in this.dataset ? files : files.slice(0, 1);
    if (!("multiple" in this.dataset)) {
      for (const row of [...this.rows]) {
        if (row.transfer?.active || row.transfer?.state === "paused") row.transfer.cancel();
        this.remove(row);
      }
    }
    const max = Number(this.dataset.max || 0);
    for (const { file, path } of wanted) {
      if (max && file.size > max) {
        this.#refuse(file, t("upload-too-large", { size: bytes(file.size), limit: bytes(max) }));
      } else if (file.size === 0 && !("empty" in this.dataset)) {
        this.#refuse(file, t("upload-empty"));
      } else {
        const transfer = new Transfer(file, { ...this.options, path: "folders" in this.dataset ? path : "" });
        this.#append(new Row(this, file.name, transfer));
      }
    }
    this.#next();
  }

  remove(row) {
    this.rows = this.rows.filter((each) => each !== row);
    row.element.remove();
    this.#update();
    this.#next();
  }

  say(text) {
    if (this.said) this.said.textContent = text;
  }

  /** A transfer has changed its state. */
  changed(transfer) {
    if (transfer.state === "done") this.#arrived(transfer);
    else if (transfer.state === "failed") this.say(`${transfer.file.name}: ${statusText(transfer)}`);
    this.#next();
  }

  #refuse(file, reason) {
    const text = t("upload-failed", { reason });
    this.#append(new Row(this, file.name, null, text));
    this.say(`${file.name}: ${text}`);
  }

  #append(row) {
    this.rows.push(row);
    this.list.append(row.element);
    row.transfer?.addEventListener("change", () => this.#update());
    this.#update();
  }

  #next() {
    const under = this.transfers.filter((each) => ["sending", "finishing"].includes(each.state)).length;
    const waiting = this.transfers.filter((each) => each.state === "queued");
    for (const transfer of waiting.slice(0, Math.max(0, AT_ONCE - under))) transfer.start();
    this.#update();
    if (this.wasBusy && !this.busy) this.dispatchEvent(new CustomEvent("tb:upload-idle", { bubbles: true }));
    this.wasBusy = this.busy;
  }

  #update() {
    if (this.panel) this.panel.hidden = this.rows.length === 0;
    this.toggleAttribute("data-busy", this.busy);
    if (!this.summary) return;
    const open = this.transfers.filter((each) => each.active || each.state === "paused");
    const total = open.reduce((sum, each) => sum + each.size, 0);
    const rest = open.reduce((sum, each) => sum + each.size - each.sent, 0);
    const speed = open.reduce((sum, each) => sum + each.speed, 0);
    const key = open.length === 1 ? "upload-summary-one" : "upload-summary";
    const parts = open.length ? [t(key, { count: open.length, total: bytes(total) })] : [];
    if (speed > 0) parts.push(left(rest / speed));
    this.summary.textContent = parts.join(" · ");
    const button = this.querySelector("[data-tb-pause-all]");
    if (button) {
      button.hidden = open.length < 2;
      button.textContent = open.some((each) => each.active) ? button.dataset.pause : button.dataset.resume;
    }
  }

  #pauseAll() {
    const running = this.transfers.some((each) => each.active);
    for (const each of this.transfers) {
      if (running) each.pause();
      else if (each.state === "paused") each.resume();
    }
  }

  #arrived(transfer) {
    const { name, size } = transfer.file;
    const result = transfer.result ?? {};
    this.say(`${name}: ${t("upload-done")}`);
    const input = this.dataset.input ? document.querySelector(this.dataset.input) : null;
    if (input) {
      input.value = result[this.dataset.key || "id"] ?? "";
      input.dispatchEvent(new Event("change", { bubbles: true }));
    }
    this.dispatchEvent(new CustomEvent("tb:uploaded", { bubbles: true, detail: { name, size, result } }));
    if (!this.dataset.refresh) return;
    // Many small files at once: one refresh, not one for each.
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      for (const element of document.querySelectorAll(this.dataset.refresh)) window.htmx.trigger(element, "uploaded");
    }, 300);
  }

  #takeDrops() {
    const place = (this.dataset.drop && document.querySelector(this.dataset.drop)) || this;
    let depth = 0;
    const withFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
    const mark = (wanted) => place.classList.toggle("is-drop", wanted);
    place.addEventListener("dragenter", (event) => {
      if (!withFiles(event)) return;
      event.preventDefault();
      depth += 1;
      mark(true);
    });
    place.addEventListener("dragover", (event) => {
      if (!withFiles(event)) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = "copy";
    });
    place.addEventListener("dragleave", (event) => {
      if (!withFiles(event)) return;
      depth -= 1;
      if (depth <= 0) mark(false);
    });
    place.addEventListener("drop", async (event) => {
      if (!withFiles(event)) return;
      event.preventDefault();
      depth = 0;
      mark(false);
      if (this.isConnected) this.add(await filesOf(event.dataTransfer));
    });
  }

  // After a reload the browser does not give the files back, but the server has kept what was sent.
  #showInterrupted() {
    const place = this.querySelector("[data-tb-interrupted]");
    if (!place) return;
    const { purpose, target } = this.options;
    const names = [];
    for (const key of Object.keys(localStorage)) {
      const [, owner, of, to] = key.match(/^tus::(tb)\|([^|]*)\|([^|]*)\|/) ?? [];
      if (!owner) continue;
      try {
        const kept = JSON.parse(localStorage.getItem(key));
        if (Date.now() - new Date(kept.creationTime).getTime() > DAY) localStorage.removeItem(key);
        else if (of === purpose && to === target) names.push(kept.metadata.filename);
      } catch {
        localStorage.removeItem(key);
      }
    }
    place.hidden = names.length === 0;
    const words = place.querySelector("[data-tb-names]");
    if (words) words.textContent = t("upload-resumable", { names: [...new Set(names)].join("、") });
  }
}

customElements.define("tb-upload", TbUpload);

on("click", "[data-tb-pick]", (event, button) => document.getElementById(button.dataset.tbPick)?.pick?.());

// A file dropped beside its place must not replace the page.
for (const type of ["dragover", "drop"]) {
  document.addEventListener(type, (event) => {
    if ([...(event.dataTransfer?.types ?? [])].includes("Files") && !event.defaultPrevented) event.preventDefault();
  });
}

window.addEventListener("beforeunload", (event) => {
  if (all(document, "tb-upload").some((element) => element.busy)) event.preventDefault();
});
