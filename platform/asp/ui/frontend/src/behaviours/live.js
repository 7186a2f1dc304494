// Parts of a page that follow what happens elsewhere.
//
// `data-tb-live="job:<id>"` (several, separated by spaces) with `hx-get` and `hx-trigger="tb-live"`: the part is
// fetched anew when such a change is told. While nothing can be told it is fetched every 30 s; a part that somebody
// watches names a shorter time in seconds, `data-tb-pace="2"`, and is looked after now and then in any case.
import htmx from "htmx.org";

const PACE = 30;
const SAFETY = 30; // seconds; for watched parts, should a change ever be lost
const TOGETHER = 80; // milliseconds; changes in between are fetched once

const told = new Map(); // key → when it was told last
const asked = new WeakMap(); // part → when what it shows was asked for
const asking = new WeakSet();
const due = new Set();
let line = { state: "down", since: 0 };
let timer = 0;

const parts = () => document.querySelectorAll("[data-tb-live]");
const keys = (part) => part.dataset.tbLive.split(/\s+/);

function want(part) {
  due.add(part);
  timer ||= setTimeout(fetchDue, TOGETHER);
}

function fetchDue() {
  timer = 0;
  // Nobody sees a hidden page: it catches up when it is looked at again.
  if (document.hidden) return;
  for (const part of [...due]) {
    if (!part.isConnected) due.delete(part);
    else if (!asking.has(part)) {
      due.delete(part);
      asked.set(part, Date.now());
      htmx.trigger(part, "tb-live");
    }
  }
}

/** Note what was asked for when, and fetch again what changed while the answer was on its way. */
function look(at) {
  for (const part of parts()) {
    if (!asked.has(part)) asked.set(part, at);
    const moment = asked.get(part);
    const missed = line.state === "up" && line.since > moment;
    if (missed || keys(part).some((key) => (told.get(key) ?? 0) >= moment)) want(part);
  }
}

function hear({ state, since, change }) {
  if (state) {
    line = { state, since };
    document.documentElement.dataset.tbLine = state;
    if (state === "up") look(Date.now());
  }
  if (change) {
    told.set(change.key, change.at);
    for (const part of parts()) {
      if (keys(part).includes(change.key) && (asked.get(part) ?? 0) <= change.at) want(part);
    }
  }
}

function tick() {
  for (const part of parts()) {
    const pace = Number(part.dataset.tbPace) || 0;
    const every = line.state === "up" ? (pace ? SAFETY : Infinity) : pace || PACE;
    if (Date.now() - (asked.get(part) ?? 0) > every * 1000) want(part);
  }
}

async function connect() {
  const worker = document.body.dataset.tbWorker;
  if ("SharedWorker" in window) {
    return new SharedWorker(worker, { type: "module", name: "live" }).port;
  }
  // The same script in the page itself: a stream for each page then.
  await import(/* @vite-ignore */ worker);
  const { port1, port2 } = new MessageChannel();
  window.dispatchEvent(new MessageEvent("connect", { ports: [port2] }));
  return port1;
}

async function begin() {
  const person = document.body.dataset.tbPerson;
  if (!person || !document.body.dataset.tbWorker) return;
  look(performance.timeOrigin);
  setInterval(tick, 1000);
  const port = await connect();
  port.onmessage = ({ data }) => hear(data);
  const join = () => port.postMessage({ join: person });
  join();
  window.addEventListener("pagehide", () => port.postMessage({ leave: true }));
  window.addEventListener("pageshow", (event) => event.persisted && join());
  document.addEventListener("submit", (event) => {
    if (event.target.matches?.("[data-tb-sign-out]")) port.postMessage({ out: true });
  });
}

document.addEventListener("htmx:configRequest", (event) => {
  // What a page fetches by itself is no activity of its reader.
  if (event.detail.triggeringEvent?.type === "tb-live") event.detail.headers["X-Tb-Poll"] = "1";
});
document.addEventListener("htmx:beforeRequest", (event) => {
  event.detail.xhr.tbAskedAt = Date.now();
  asking.add(event.detail.elt);
});
document.addEventListener("htmx:afterRequest", (event) => {
  asking.delete(event.detail.elt);
  if (due.size) timer ||= setTimeout(fetchDue, TOGETHER);
});
document.addEventListener("htmx:afterSwap", (event) => look(event.detail.xhr?.tbAskedAt ?? Date.now()));
document.addEventListener("visibilitychange", fetchDue);

begin();
