// How an rpc reaches the server: its mapping (ocs.v1.Operation) in readable form.
import { el, icon } from "./dom.js";
import { describeCondition } from "./condition.js";

/**
 * @param {import("../model/contract.js").Method} method
 * @param {import("../model/server.js").Server} server
 */
export function operationView({ operation }, server) {
  const rows = [
    ["Operation", el("code", {}, operation.id)],
    operation.needs && ["Needs", describeCondition(operation.needs)],
    operation.waitsSeconds && ["Waits", `up to ${operation.waitsSeconds} s for the answer of the server, by intent`],
    operation.variants && ["Elsewhere", el("ul", {}, operation.variants.map(variant => el("li", {}, describeVariant(variant, operation))))],
    ["Answer", describeAnswer(operation)],
    operation.complete && ["Completed", ["by ", el("code", {}, operation.complete.rpc), " where the answer has no ", el("code", {}, operation.complete.field)]],
    operation.polyfills && ["Polyfills", el("ul", {}, operation.polyfills.map(name => el("li", {}, el("code", {}, name))))],
    operation.errors && ["Failures", el("ul", {}, operation.errors.map(rule => el("li", {}, describeError(rule))))],
  ].filter(Boolean);
  return el("section", { "aria-label": "Mapping to the server's API" },
    el("div", { class: "route" },
      el("span", { class: "verb" }, operation.method),
      operation.family && el("span", { class: "badge accent", title: "API family and the version that the gateway uses on this server" }, familyText(operation.family, server)),
      el("span", { class: "route-path" }, template(operation.path))),
    el("details", { class: "more" },
      el("summary", {}, icon("chevron"), "How it reaches the server"),
      el("dl", { class: "details-list" }, rows.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]))));
}

function familyText(family, server) {
  const version = server.apiVersions?.[family];
  return version ? `${family} v${version}` : /^v\d/.test(family) ? `API ${family}` : `${family} API`;
}

/** A path with its parameters set off. */
function template(path) {
  return path.split(/(\{\w+\})/).filter(Boolean).map(part => part.startsWith("{") ? el("b", {}, part) : part);
}

function describeVariant(variant, operation) {
  const when = [
    variant.when && `on a server with ${describeCondition(variant.when)}`.replace("with a Talk before", "of Talk before").replace("with not the", "without the"),
    variant.withField && `if ${variant.withField} is set`,
  ].filter(Boolean).join(", ");
  const changes = (variant.fields ?? []).map(({ field, name, place, omit }) => omit
    ? `${field} is not sent`
    : `${field} goes${name ? ` as ${name}` : ""}${place ? ` into the ${place.replace("PLACE_", "").toLowerCase()}` : ""}`);
  return [
    `${when}: `,
    (variant.method || variant.path) && el("code", {}, variant.method ?? operation.method, " ", template(variant.path ?? operation.path)),
    changes.length > 0 && `${variant.method || variant.path ? "; " : ""}${changes.join(", ")}`,
    variant.answer && `${variant.method || variant.path || changes.length > 0 ? "; " : ""}the answer is read differently`,
  ].filter(Boolean);
}

function describeAnswer({ answer = /** @type {any} */ ({}) }) {
  const format = {
    ANSWER_FORMAT_JSON: "the whole JSON document",
    ANSWER_FORMAT_BYTES: "the body's bytes",
  }[answer.format] ?? "the member data of the OCS envelope";
  return [
    `${format} ${answer.into ? "fills " : "fills the response message"}`,
    answer.into && el("code", {}, answer.into),
    answer.emptyOn && `; empty on HTTP ${answer.emptyOn.join(", ")}`,
  ].filter(Boolean);
}

function describeError({ httpStatus, upstreamReason, code, reason }) {
  return [
    `HTTP ${httpStatus}`,
    upstreamReason && [" with the reason ", el("code", {}, upstreamReason)],
    " is ",
    el("code", {}, code),
    reason && [", reason ", el("code", {}, reason)],
  ].flat().filter(Boolean);
}
