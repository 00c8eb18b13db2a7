// The middle of the page: the chosen rpc with its documentation and its request.
import { announce, copyButton, el, icon, prose } from "./dom.js";
import { shortName } from "../model/contract.js";
import { linkTo } from "../model/link.js";
import { minify } from "../call/shell.js";
import { metadataView } from "./metadata.js";
import { operationView } from "./operation.js";
import { callBar, requestView } from "./request.js";
import { schemaView } from "./schema.js";
import { welcomeView } from "./welcome.js";

/**
 * @param {import("../model/app.js").App} app
 * @returns {{ focusField: (path: string[]) => void }}
 */
export function createRpc(app) {
  const main = document.getElementById("rpc");
  const { store } = app;
  let shown = new AbortController();
  let request;
  const unknown = el("div", { class: "unknown-rpc", role: "alert" });
  store.watch(["unknownRpc"], () => {
    const name = store.get("unknownRpc");
    unknown.replaceChildren(...name ? [el("p", { class: "notice" }, icon("alert"), el("span", {}, "This gateway has no rpc of the name in the address: ", el("code", {}, name)))] : []);
  });
  store.watch(["method"], () => {
    const method = store.get("method");
    shown.abort();
    shown = new AbortController();
    request = undefined;
    document.title = `${method ? `${method.name} · ` : ""}TalkGateway Explorer`;
    // On a desk the column scrolls, on less the window.
    main.scrollTop = 0;
    window.scrollTo({ top: 0, behavior: "instant" });
    document.body.classList.toggle("at-home", !method);
    if (!method) {
      main.replaceChildren(unknown, welcomeView(app));
      return;
    }
    request = requestView(app, method, shown.signal);
    main.replaceChildren(
      el("div", { class: "rpc-body" }, head(app, method, shown.signal), request.element, metadataView(app, shown.signal), responseView(app.contract, method)),
      callBar(app, method, shown.signal));
    announce(`${method.name} opened`);
  });
  return { focusField: path => request?.focusField(path) };
}

function head(app, method, signal) {
  const { store } = app;
  const lacks = el("div", {});
  const mapping = el("div", {});
  store.watch(["server"], () => {
    const missing = store.get("server").lacks?.get(method.path);
    lacks.replaceChildren(...missing
      ? [el("p", { class: "notice" }, icon("lacks"), el("span", {}, "This server cannot do it: it lacks ", el("code", {}, missing), "."))]
      : []);
    const isOpen = mapping.querySelector("details")?.open === true;
    mapping.replaceChildren(...method.operation ? [operationView(method, store.get("server"))] : []);
    mapping.querySelector("details")?.toggleAttribute("open", isOpen);
  }, signal);
  return el("div", {},
    el("p", { class: "rpc-service" }, method.service),
    el("div", { class: "rpc-title" },
      el("h1", {}, method.name),
      copyButton("Copy a link to this call", () => new URL(linkTo(method.path, minify(store.get("json"))), document.baseURI.replace(/#.*$/, "")).href, "link")),
    el("div", { class: "tags" }, tags(app.contract, method)),
    lacks,
    method.comment && prose(method.comment),
    mapping);
}

/** What comes back, as documentation. */
function responseView(contract, method) {
  const { comment } = contract.message(method.output);
  return el("section", { "aria-label": "Response" },
    el("div", { class: "section-head" }, el("div", { class: "section-title" },
      el("h2", {}, "Response"), el("span", { class: "type-name" }, `${method.isStream ? "stream of " : ""}${shortName(method.output)}`))),
    comment && prose(comment),
    schemaView(contract, method.output));
}

/**
 * @param {import("../model/contract.js").Contract} contract
 * @param {import("../model/contract.js").Method} method
 */
function tags(contract, { input, onlyReads, isIdempotent, isStream, isDeprecated, operation = {} }) {
  const badge = (kind, text, title) => el("span", { class: `badge ${kind}`, title }, text);
  return [
    isDeprecated && badge("warn", "Deprecated"),
    isStream && badge("stream", "Server stream"),
    onlyReads && badge("good", "Reads only", "It has no side effects"),
    !onlyReads && operation.id && badge("", "Changes something"),
    isIdempotent && badge("", "Idempotent", "Calling it twice does no more than calling it once"),
    operation.session === "SESSION_USE_OPENS" && badge("accent", "Opens a session"),
    operation.session === "SESSION_USE_NEEDS" && badge("accent", "Needs a session", "Call JoinRoom first: its session goes with later calls"),
    operation.waitsSeconds && badge("", waitText(contract, input, operation)),
  ].filter(Boolean);
}

/** Where the request says how long to wait, its comment has the limits. */
function waitText(contract, input, { waitsSeconds }) {
  return contract.message(input).fields.some(field => field.name === "timeout") ? "Waits for news" : `Waits up to ${waitsSeconds} s`;
}
