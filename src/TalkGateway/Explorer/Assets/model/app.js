// The page's state and what can be done with it. Nothing of it outlives the page.
import { authorizationOf } from "../call/credential.js";
import { Call } from "./call.js";
import { defaultDeadline, isDeadline } from "./deadline.js";
import { readLink } from "./link.js";
import { forgetRoom, forgetRooms, rememberRooms } from "./rooms.js";
import { readServer, readUser } from "./server.js";
import { sessionAfter, sessionKey } from "./session.js";
import { Store } from "./store.js";

const mostCalls = 50;

/** The application. */
export class App {
  /** Requests in the making, as JSON, by rpc. @type {Map<string, string>} */
  #drafts = new Map();

  /**
   * @param {import("./contract.js").Contract} contract
   * @param {{ version: string, simulator: { talk: string, users: string[] } | null }} gateway
   */
  constructor(contract, gateway) {
    this.contract = contract;
    this.gateway = gateway;
    this.store = new Store({
      /** @type {import("./contract.js").Method | null} */ method: null,
      /** What the address names, if there is no such rpc. */ unknownRpc: "",
      /** @type {{ credential: import("../call/credential.js").Credential, user: string } | null} */ account: null,
      /** @type {import("./server.js").Server} */ server: { state: "unknown" },
      /** @type {import("./session.js").Session | null} */ session: null,
      /** Name of an upstream. */ upstream: "",
      /** Further metadata. @type {[string, string][]} */ headers: [],
      /** Deadlines in seconds, as typed, by rpc. @type {Record<string, string>} */ deadlines: {},
      /** The request of the chosen rpc as JSON. */ json: "{}",
      /** The call that is shown. @type {Call | null} */ call: null,
      /** All calls, the newest first. @type {Call[]} */ calls: [],
      showsSecrets: false,
    });
  }

  /** The gateway's address, without a slash at the end. */
  get base() {
    return new URL(".", document.baseURI).href.replace(/\/$/, "");
  }

  /** Opens what the address of the page names. */
  openLink() {
    const { path, json } = readLink(location.hash);
    const method = this.contract.find(path) ?? null;
    if (method && json !== undefined) {
      this.#drafts.set(method.path, pretty(json));
    }
    this.store.set("unknownRpc", method ? "" : path);
    this.#open(method, this.store.get("calls").find(call => call.method === method) ?? null);
  }

  #open(method, call) {
    if (method === this.store.get("method")) {
      // The same rpc with another request: it is opened anew.
      this.store.set("method", null);
    }
    this.store.set("json", this.#drafts.get(method?.path) ?? "{}");
    this.store.set("method", method);
    this.store.set("call", call);
  }

  /** Keeps the request of the chosen rpc. */
  edit(json) {
    const method = this.store.get("method");
    this.#drafts.set(method.path, json);
    this.store.set("json", json);
  }

  /** Shows a call of before, with its request. */
  show(call) {
    this.#drafts.set(call.method.path, call.json);
    this.store.set("unknownRpc", "");
    this.#open(call.method, call);
  }

  /** The deadline of the chosen rpc as typed, in seconds. */
  get deadline() {
    const method = this.store.get("method");
    return method ? this.store.get("deadlines")[method.path] ?? defaultDeadline(method) : "";
  }

  set deadline(text) {
    this.store.set("deadlines", { ...this.store.get("deadlines"), [this.store.get("method").path]: text });
  }

  /** The deadline of the chosen rpc in milliseconds; undefined for none. */
  get timeout() {
    const text = this.deadline;
    return isDeadline(text) && text.trim() !== "" ? Number(text) * 1000 : undefined;
  }

  /**
   * The metadata of a call, credential and session included.
   * @returns {[string, string][]}
   */
  metadata(account = this.store.get("account")) {
    const { store } = this;
    const session = account === store.get("account") ? store.get("session") : null;
    /** @type {[string, string][]} */
    const metadata = [];
    if (account) {
      metadata.push(["authorization", authorizationOf(account.credential)]);
    }
    if (session) {
      metadata.push([sessionKey, session.token]);
    }
    return [...metadata, ...this.furtherMetadata];
  }

  /** The metadata that is neither credential nor session. @returns {[string, string][]} */
  get furtherMetadata() {
    const upstream = this.store.get("upstream").trim();
    /** @type {[string, string][]} */
    const metadata = upstream ? [["talk-upstream", upstream]] : [];
    for (const [name, value] of this.store.get("headers")) {
      if (name.trim() !== "") {
        metadata.push([name.trim().toLowerCase(), value.trim()]);
      }
    }
    return metadata;
  }

  /** Makes the call in front of the user; the store tells by the event "refused" when its deadline is wrong. */
  async call() {
    const { store } = this;
    const method = store.get("method");
    if (!method || method.takesStream || store.get("call")?.isRunning) {
      return;
    }
    if (!isDeadline(this.deadline)) {
      store.dispatchEvent(new Event("refused"));
      return;
    }
    const call = new Call(method, store.get("json"));
    const account = store.get("account");
    store.set("calls", [call, ...store.get("calls")].slice(0, mostCalls));
    store.set("call", call);
    const outcome = await call.run(this.metadata(), this.timeout);
    if (account !== store.get("account")) {
      return;
    }
    const request = parsed(call.json);
    rememberRooms(outcome.value);
    if (method.operation?.id === "conversation.delete" && outcome.code.number === 0) {
      forgetRoom(request?.token);
    }
    store.set("session", sessionAfter(store.get("session"), method, outcome, request));
    store.set("calls", [...store.get("calls")]);
  }

  /** Reads again what the server can do, after another server or another account was chosen. */
  async readServer() {
    const { store } = this;
    const account = store.get("account");
    const upstream = store.get("upstream");
    store.set("server", { state: "reading" });
    const server = await readServer(this.metadata(account));
    if (account === store.get("account") && upstream === store.get("upstream")) {
      store.set("server", server);
    }
  }

  /**
   * Signs in, once the server has said that the credential is good.
   * @param {import("../call/credential.js").Credential} credential
   * @returns {Promise<import("../call/connect.js").Outcome | undefined>} the failure, if it is not
   */
  async signIn(credential) {
    const account = { credential, user: credential.kind === "basic" ? credential.user : "" };
    const headers = this.metadata(account);
    const server = await readServer(headers);
    if (server.state === "failed") {
      return server.failure;
    }
    const { user, failure } = await readUser(headers);
    if (failure) {
      return failure;
    }
    account.user = user || account.user || "an app password";
    this.#forgetUser();
    this.store.set("account", account);
    this.store.set("server", server);
    return undefined;
  }

  /** Goes on as a guest. */
  signOut() {
    this.#forgetUser();
    this.store.set("account", null);
    return this.readServer();
  }

  /** Forgets what the server told the user of before. */
  #forgetUser() {
    const { store } = this;
    store.get("calls").forEach(call => call.stop());
    store.set("call", null);
    store.set("calls", []);
    forgetRooms();
    store.set("session", null);
    store.set("showsSecrets", false);
  }
}

function parsed(json) {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function pretty(json) {
  const value = parsed(json);
  return value === undefined ? json : JSON.stringify(value, null, 2);
}
