// The SharedWorker: one for all pages of a browser on one site.
import { Desk } from "./desk.js";

const desk = new Desk();
self.addEventListener("connect", (event) => desk.welcome(event.ports[0]));
