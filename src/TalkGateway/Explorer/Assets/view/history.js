// The calls that were made here, to look at again.
import { el } from "./dom.js";
import { duration } from "./answer.js";
import { linkTo } from "../model/link.js";

/** @param {import("../model/app.js").App} app */
export function historyView(app) {
  const { store } = app;
  const list = el("ol", { class: "past" });
  const element = el("section", { "aria-labelledby": "history-title" },
    el("div", { class: "console-head" }, el("h2", { id: "history-title" }, "Calls so far")),
    el("div", { class: "pane" }, list));
  store.watch(["calls"], () => {
    const calls = store.get("calls");
    element.hidden = calls.length === 0;
    list.replaceChildren(...calls.map(call => el("li", {}, el("button", { type: "button", title: call.method.path, onclick: () => show(app, call) },
      el("span", { class: "past-name" }, call.method.name),
      status(call),
      el("span", { class: "when" }, `${call.outcome ? `${duration(call.outcome.milliseconds)} · ` : ""}${call.startedAt.toLocaleTimeString()}`)))));
  });
  return element;
}

function status({ outcome }) {
  if (!outcome) {
    return el("span", { class: "status" }, "running");
  }
  const kind = outcome.code.number === 0 ? "ok" : outcome.code.name === "CANCELLED" ? "stopped" : "failed";
  return el("span", { class: `status ${kind}` }, outcome.code.name);
}

function show(app, call) {
  // The address follows without being opened, which would show the newest call of the rpc.
  history.pushState(null, "", linkTo(call.method.path));
  app.show(call);
}
