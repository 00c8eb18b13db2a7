// What the page knows, and who wants to hear when it changes.

/**
 * Values by key, with an event of the key's name whenever one changes.
 * @template {Record<string, any>} T
 */
export class Store extends EventTarget {
  #values;

  /** @param {T} values */
  constructor(values) {
    super();
    this.#values = { ...values };
  }

  /** @template {keyof T & string} K @param {K} key @returns {T[K]} */
  get(key) {
    return this.#values[key];
  }

  /** @template {keyof T & string} K @param {K} key @param {T[K]} value */
  set(key, value) {
    if (this.#values[key] !== value) {
      this.#values[key] = value;
      this.dispatchEvent(new Event(key));
    }
  }

  /**
   * Runs something now and whenever one of the keys changes, until `signal` says that nobody needs it any more.
   * @param {(keyof T & string)[]} keys
   * @param {() => void} run
   * @param {AbortSignal} [signal]
   */
  watch(keys, run, signal) {
    for (const key of keys) {
      this.addEventListener(key, run, { signal });
    }
    run();
  }
}
