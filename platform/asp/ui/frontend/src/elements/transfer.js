// One file on its way: tus with retries, pause and resume. Knows nothing of the page.
import { Upload } from "tus-js-client";

const CHUNK = 5 * 1024 * 1024;
const DELAYS = [0, 1000, 3000, 5000, 10000, 20000];
const WAIT = 30000; // after the quick retries: once in 30 s, and at once when the network is back
const TRIES = 60;
const FEW = 3; // for what may be a lock or a real refusal: 409, 423, 429
const WINDOW = 8000; // the speed is that of the last seconds

/** What the server said of a refusal, in the reader's language. */
export function reasonOf(error) {
  const body = error?.originalResponse?.getBody?.() ?? "";
  try {
    const answer = JSON.parse(body);
    return answer.message || answer.detail || answer.title || "";
  } catch {
    return body && body.length < 300 && !body.trimStart().startsWith("<") ? body.trim() : "";
  }
}

/** Whether trying again can help: no answer, a busy server, a lock; not a refusal. */
export function passing(error) {
  const status = error?.originalResponse?.getStatus?.() ?? 0;
  return status === 0 || status >= 500 || status === 409 || status === 423 || status === 429;
}

export function fingerprintOf(file, { purpose, target }) {
  const path = file.webkitRelativePath || file.name;
  return ["tb", purpose, target, path, file.size, file.lastModified].join("|");
}

export class Transfer extends EventTarget {
  constructor(file, { endpoint, purpose, target, path = "" }) {
    super();
    this.file = file;
    this.state = "queued"; // queued, sending, interrupted, paused, finishing, done, failed, cancelled
    this.sent = 0;
    this.reason = "";
    this.result = null;
    this.marks = [];
    this.tries = 0;
    const metadata = { filename: file.name, purpose, target };
    if (path) metadata.path = path;
    this.upload = new Upload(file, {
      endpoint,
      metadata,
      chunkSize: CHUNK,
      retryDelays: DELAYS,
      storeFingerprintForResuming: true,
      removeFingerprintOnSuccess: true,
      fingerprint: () => Promise.resolve(fingerprintOf(file, { purpose, target })),
      onShouldRetry: (error) => passing(error) && navigator.onLine !== false,
      onProgress: (sent) => this.#progress(sent),
      onAfterResponse: (request, response) => this.#keepResult(response),
      onSuccess: () => this.#set("done"),
      onError: (error) => this.#fail(error),
    });
    this.wake = () => {
      if (this.state === "interrupted") this.#again();
    };
  }

  get size() {
    return this.file.size;
  }

  get percent() {
    return this.size ? Math.min(100, Math.floor((this.sent * 100) / this.size)) : 100;
  }

  /** Bytes per second over the last seconds; 0 while unknown. */
  get speed() {
    const first = this.marks[0];
    const last = this.marks.at(-1);
    if (!first || last.at - first.at < 500) return 0;
    return Math.max(0, ((last.sent - first.sent) * 1000) / (last.at - first.at));
  }

  get active() {
    return ["queued", "sending", "interrupted", "finishing"].includes(this.state);
  }

  async start() {
    if (this.state !== "queued") return;
    this.#set("sending");
    window.addEventListener("online", this.wake);
    const earlier = await this.upload.findPreviousUploads();
    if (this.state !== "sending") return;
    const known = earlier.filter((each) => each.uploadUrl).sort((a, b) => b.creationTime.localeCompare(a.creationTime))[0];
    if (known) this.upload.resumeFromPreviousUpload(known);
    this.upload.start();
  }

  pause() {
    if (!["sending", "interrupted", "queued"].includes(this.state)) return;
    clearTimeout(this.timer);
    this.#set("paused");
    this.upload.abort();
  }

  resume() {
    if (this.state !== "paused" && this.state !== "failed") return;
    this.tries = 0;
    this.reason = "";
    this.#set("queued");
  }

  cancel() {
    clearTimeout(this.timer);
    const underWay = this.upload.url !== null;
    this.#set("cancelled");
    // Also takes back what the server holds; a server that does not answer lets it expire.
    this.upload.abort(underWay).catch(() => undefined);
  }

  #progress(sent) {
    if (this.state !== "sending" && this.state !== "finishing") return;
    this.tries = 0;
    this.sent = sent;
    const now = performance.now();
    this.marks.push({ at: now, sent });
    while (this.marks.length > 2 && now - this.marks[0].at > WINDOW) this.marks.shift();
    if (sent >= this.size && this.state === "sending") this.#set("finishing");
    else this.dispatchEvent(new Event("change"));
  }

  #keepResult(response) {
    const header = response.getHeader("Tb-Result");
    if (!header) return;
    try {
      this.result = JSON.parse(header);
    } catch {
      this.result = null;
    }
  }

  #fail(error) {
    if (this.state === "paused" || this.state === "cancelled") return;
    const status = error?.originalResponse?.getStatus?.() ?? 0;
    if (passing(error) && this.tries < (status > 0 && status < 500 ? FEW : TRIES)) {
      this.tries += 1;
      this.#set("interrupted");
      this.timer = setTimeout(() => this.#again(), WAIT);
      return;
    }
    this.reason = reasonOf(error);
    this.status = status;
    this.#set("failed");
  }

  #again() {
    clearTimeout(this.timer);
    if (this.state !== "interrupted") return;
    this.marks = [];
    this.#set("sending");
    this.upload.start();
  }

  #set(state) {
    this.state = state;
    if (state !== "sending" && state !== "finishing") this.marks = [];
    if (["done", "failed", "cancelled"].includes(state)) window.removeEventListener("online", this.wake);
    this.dispatchEvent(new Event("change"));
    this.dispatchEvent(new Event("state"));
  }
}
