// Between the one stream and all pages of a browser that have the site open.
import { Stream } from "./stream.js";

const KEPT = 30000; // a page that has just loaded is told of what happened while it loaded

export class Desk {
  #pages = new Set();
  #recent = [];
  #person = "";
  #state = { state: "down", since: 0 };
  #stream = new Stream({
    onChange: (change) => this.#changed(change),
    onState: (state, since) => {
      this.#state = { state, since };
      this.#tell(this.#state);
    },
  });

  /** A page begins to listen on `port`. */
  welcome(port) {
    port.onmessage = ({ data }) => {
      if (data.join) this.#join(port, data.join);
      else this.#leave(port, data);
    };
  }

  #join(port, person) {
    // Somebody else has signed in: what the former person was told is not theirs.
    if (person !== this.#person) {
      this.#stream.stop();
      this.#recent = [];
    }
    this.#person = person;
    this.#pages.add(port);
    this.#stream.start();
    if (this.#state.state === "up") {
      this.#drop();
      const since = Math.max(this.#state.since, Date.now() - KEPT);
      port.postMessage({ state: "up", since });
      for (const change of this.#recent) port.postMessage({ change });
    }
  }

  #leave(port, { out }) {
    this.#pages.delete(port);
    if (out || !this.#pages.size) this.#stream.stop();
  }

  #changed({ kind, id }) {
    const change = { key: id ? `${kind}:${id}` : kind, at: Date.now() };
    this.#drop();
    this.#recent.push(change);
    this.#tell({ change });
  }

  #drop() {
    while (this.#recent.length && this.#recent[0].at < Date.now() - KEPT) this.#recent.shift();
  }

  #tell(message) {
    for (const page of this.#pages) page.postMessage(message);
  }
}
