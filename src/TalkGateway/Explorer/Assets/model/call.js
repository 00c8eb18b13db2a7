// One call that was made here: what was asked, what has come so far, and how it ended.
import { invoke } from "../call/connect.js";

let last = 0;
const mostEvents = 500;

/** A call; it tells by the event "change" when something came or it ended. */
export class Call extends EventTarget {
  #abort = new AbortController();

  /**
   * @param {import("./contract.js").Method} method
   * @param {string} json the request
   */
  constructor(method, json) {
    super();
    last += 1;
    this.id = last;
    this.method = method;
    this.json = json;
    this.startedAt = new Date();
    /** The answers of a stream, the newest ones. @type {{ number: number, milliseconds: number, value: unknown }[]} */
    this.events = [];
    this.eventCount = 0;
    /** @type {import("../call/connect.js").Outcome | undefined} */
    this.outcome = undefined;
  }

  get isRunning() {
    return this.outcome === undefined;
  }

  /**
   * Runs it to its end.
   * @param {[string, string][]} headers
   * @param {number | undefined} timeout
   */
  async run(headers, timeout) {
    this.outcome = await invoke({
      path: this.method.path,
      isStream: this.method.isStream,
      json: this.json,
      headers,
      timeout,
      signal: this.#abort.signal,
      onEvent: (value, milliseconds) => {
        this.eventCount += 1;
        this.events.push({ number: this.eventCount, milliseconds, value });
        if (this.events.length > mostEvents) {
          this.events.shift();
        }
        this.dispatchEvent(new Event("change"));
      },
    });
    this.dispatchEvent(new Event("change"));
    return this.outcome;
  }

  stop() {
    this.#abort.abort();
  }
}
