// What a failed call says: its message, and its details as far as they are known.
import { el } from "./dom.js";
import { jsonView } from "./json.js";
import { shortName } from "../model/contract.js";

/**
 * @param {import("../call/connect.js").Outcome} outcome
 * @param {(field: string) => void} onField leads to a field of the request
 */
export function failureView(outcome, onField) {
  return el("div", {},
    el("p", { class: "message failed" }, outcome.message || "The gateway gave no message."),
    outcome.details.length > 0 && el("div", { class: "error-details" }, outcome.details.map(detail =>
      el("section", { class: "error-detail", "aria-label": shortName(detail.type) }, el("h3", {}, detail.type), detailView(detail, onField)))));
}

/**
 * @param {{ type: string, value?: string, debug?: any }} detail
 * @param {(field: string) => void} onField
 */
function detailView({ type, value, debug }, onField) {
  if (!debug) {
    return facts([["Base64", value ?? ""]]);
  }
  switch (type) {
    case "google.rpc.ErrorInfo":
      return el("div", {}, el("p", { class: "reason" }, debug.reason ?? ""), facts([["domain", debug.domain ?? ""], ...Object.entries(debug.metadata ?? {})]));
    case "google.rpc.BadRequest":
      return el("ul", {}, (debug.fieldViolations ?? []).map(({ field, description }) => el("li", {},
        el("button", { type: "button", class: "violation-link", title: "Show the field", onclick: () => onField(field) }, field), `: ${description}`)));
    case "google.rpc.RetryInfo":
      return el("p", {}, `Try again in ${debug.retryDelay ?? "a moment"}.`);
    case "google.rpc.LocalizedMessage":
      return el("p", { lang: debug.locale }, debug.message ?? "");
    default:
      return jsonView(debug, type);
  }
}

function facts(rows) {
  return el("dl", { class: "facts" }, rows.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, String(value))]));
}
