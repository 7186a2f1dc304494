// The one event stream of a browser: asks for a ticket, listens, and comes back when it ends.
//
// Read with fetch instead of EventSource, because the ticket travels in a header: addresses end up in logs.

const TICKET = "/live/ticket";
const STREAM = "/live/stream";
const SILENT = 40000; // the server gives a sign of life every 15 s
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 60000;

class SignedOut extends Error {}

/** Turn text/event-stream, piece by piece, into `{event, data}`. */
export class Reader {
  #rest = "";

  read(piece) {
    const blocks = (this.#rest + piece).split("\n\n");
    this.#rest = blocks.pop();
    const found = [];
    for (const block of blocks) {
      const lines = block.split("\n");
      const of = (name) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
      const data = of("data");
      if (data !== undefined) found.push({ event: of("event") ?? "message", data: JSON.parse(data) });
    }
    return found;
  }
}

export class Stream {
  #abort = null;
  #told = "";

  /** `onChange({kind, id, version})`; `onState("up" | "down", since)`: from when on every change was told. */
  constructor({ onChange, onState }) {
    this.onChange = onChange;
    this.onState = onState;
  }

  start() {
    if (this.#abort) return;
    this.#abort = new AbortController();
    this.#run(this.#abort.signal);
  }

  stop() {
    this.#abort?.abort();
    this.#abort = null;
    this.#say("down");
  }

  #say(state, since = 0) {
    if (state === "down" && this.#told === "down") return;
    this.#told = state;
    this.onState(state, since);
  }

  async #run(signal) {
    let failures = 0;
    while (!signal.aborted) {
      let pause = Math.min(FIRST_PAUSE * 2 ** failures, LONGEST_PAUSE);
      try {
        const again = await this.#once(signal);
        failures = 0;
        pause = again;
      } catch (error) {
        if (error instanceof SignedOut) {
          if (!signal.aborted) this.stop();
          return;
        }
        failures += 1;
      }
      if (signal.aborted) return;
      // A stream whose time was up goes on at once; nobody needs to know.
      if (pause) this.#say("down");
      await new Promise((resolve) => setTimeout(resolve, pause && pause * (0.7 + 0.6 * Math.random())));
    }
  }

  /** One stream from its ticket to its end; gives after how many milliseconds to come back. */
  async #once(signal) {
    const ticket = await this.#ticket(signal);
    const own = new AbortController();
    const end = () => own.abort();
    signal.addEventListener("abort", end);
    let alarm = setTimeout(end, SILENT);
    try {
      const response = await fetch(STREAM, { headers: { "Live-Ticket": ticket }, cache: "no-store", signal: own.signal });
      if (!response.ok) throw new Error(`stream: ${response.status}`);
      const reader = new Reader();
      const pieces = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { done, value } = await pieces.read();
        clearTimeout(alarm);
        if (done) throw new Error("stream: broken off");
        alarm = setTimeout(end, SILENT);
        for (const { event, data } of reader.read(value)) {
          if (event === "bye") return data.again;
          this.#hear(event, data);
        }
      }
    } finally {
      clearTimeout(alarm);
      signal.removeEventListener("abort", end);
      own.abort();
    }
  }

  async #ticket(signal) {
    const response = await fetch(TICKET, {
      headers: { Accept: "application/json", "X-Tb-Poll": "1" },
      cache: "no-store",
      redirect: "manual",
      signal,
    });
    if (response.type === "opaqueredirect" || [401, 403, 404].includes(response.status)) throw new SignedOut();
    if (!response.ok) throw new Error(`ticket: ${response.status}`);
    return (await response.json()).ticket;
  }

  #hear(event, data) {
    if (event === "change") this.onChange(data);
    else if (event === "hello") this.#say(data.hearing ? "up" : "down", Date.now() - data.covers * 1000);
    else if (event === "hearing") this.#say(data.hearing ? "up" : "down", Date.now());
  }
}
