// What came of a call: status, answer or failure, events of a stream, headers and trailers.
import { announce, copyButton, el, icon, newId, tabs } from "./dom.js";
import { failureView } from "./failure.js";
import { jsonView } from "./json.js";

/**
 * @param {import("../model/app.js").App} app
 * @param {(path: string) => void} onField leads to a field of the request
 */
export function answerView(app, onField) {
  const { store } = app;
  const place = el("div", {});
  const actions = el("div", { class: "console-actions" });
  let shown = new AbortController();
  store.watch(["call"], () => {
    shown.abort();
    shown = new AbortController();
    const call = store.get("call");
    if (!call) {
      place.replaceChildren(el("div", { class: "pane idle" }, icon("terminal"), el("p", {}, "The answer will be here.")));
      actions.replaceChildren();
      return;
    }
    const show = call.method.isStream ? streamPane : unaryPane;
    place.replaceChildren(show(call, { contract: app.contract, onField, actions, signal: shown.signal }));
  });
  return el("section", { "aria-labelledby": "answer-title" },
    el("div", { class: "console-head" }, el("h2", { id: "answer-title" }, "Answer"), actions), place);
}

function unaryPane(call, { contract, onField, actions, signal }) {
  const pane = el("div", { class: "pane" });
  const show = () => {
    const { outcome } = call;
    if (!outcome) {
      actions.replaceChildren();
      pane.replaceChildren(el("div", { class: "status-line" }, el("span", { class: "spinner" }), "Waiting for the answer…"));
      return;
    }
    const isGood = outcome.code.number === 0;
    const place = el("div", { id: newId("answer"), role: "tabpanel", "aria-label": "Answer" });
    const parts = { body: isGood ? jsonView(outcome.value, "Answer", { contract, typeName: call.method.output }) : failureView(outcome, onField), metadata: metadataTables(outcome) };
    actions.replaceChildren(
      tabs({
        label: "Parts of the answer",
        tabs: [{ name: "body", title: isGood ? "Message" : "Error" }, { name: "metadata", title: "Headers" }],
        selected: "body",
        controls: place.id,
        onSelect: name => place.replaceChildren(parts[name]),
      }),
      copyButton("Copy the answer", () => JSON.stringify(
        isGood ? outcome.value : { code: outcome.code.name, message: outcome.message, details: outcome.details }, null, 2)));
    pane.replaceChildren(statusLine(outcome), place);
  };
  show();
  call.addEventListener("change", () => {
    show();
    announce(summary(call.outcome));
  }, { signal });
  return pane;
}

function streamPane(call, { contract, onField, actions, signal }) {
  actions.replaceChildren(copyButton("Copy the events", () => JSON.stringify(call.events.map(event => event.value), null, 2)));
  const status = el("div", {});
  const events = el("div", { class: "events", tabindex: "0", role: "log", "aria-label": "Events" });
  const end = el("div", {});
  let last = 0;
  const add = () => {
    const isAtEnd = events.scrollHeight - events.scrollTop - events.clientHeight < 30;
    for (const event of call.events.filter(each => each.number > last)) {
      last = event.number;
      events.append(el("div", { class: "event" },
        el("div", { class: "event-head" }, el("span", {}, `#${event.number}`), el("span", {}, `+${duration(event.milliseconds)}`)),
        jsonView(event.value, `Event ${event.number}`, { contract, typeName: call.method.output })));
    }
    while (events.children.length > call.events.length) {
      events.firstElementChild.remove();
    }
    if (isAtEnd) {
      events.scrollTop = events.scrollHeight;
    }
  };
  const show = () => {
    add();
    if (call.isRunning) {
      status.replaceChildren(el("div", { class: "status-line" },
        el("span", { class: "live" }, "Watching"), el("span", { class: "fact" }, count(call.eventCount)),
        el("span", { class: "actions" }, el("button", { type: "button", class: "button small", onclick: () => call.stop() }, icon("stop"), "Stop"))));
      return;
    }
    const { outcome } = call;
    const wasStopped = outcome.code.name === "CANCELLED";
    status.replaceChildren(statusLine(outcome, count(call.eventCount)));
    end.replaceChildren(
      ...outcome.code.number === 0 ? [] : [wasStopped ? el("p", { class: "message" }, outcome.message) : failureView(outcome, onField)],
      el("details", { class: "more metadata-part" }, el("summary", {}, icon("chevron"), "Headers and trailers"), metadataTables(outcome)));
  };
  show();
  call.addEventListener("change", () => {
    const hadStop = status.contains(document.activeElement);
    show();
    if (hadStop && !call.isRunning) {
      events.focus();
    } else if (hadStop) {
      status.querySelector("button")?.focus();
    }
    announce(call.isRunning ? `Event ${call.eventCount}` : summary(call.outcome));
  }, { signal });
  return el("div", { class: "pane" }, status, events, end);
}

function statusLine(outcome, fact) {
  const isGood = outcome.code.number === 0;
  const kind = isGood ? "" : outcome.code.name === "CANCELLED" ? "stopped" : "failed";
  return el("div", { class: "status-line" },
    el("span", { class: `status ${kind}` }, icon(isGood ? "check" : kind === "stopped" ? "stop" : "alert"), outcome.code.name, el("span", { class: "quiet" }, String(outcome.code.number))),
    outcome.httpStatus && el("span", { class: "fact" }, `HTTP ${outcome.httpStatus}`),
    el("span", { class: "fact" }, duration(outcome.milliseconds)),
    el("span", { class: "fact" }, size(outcome.size)),
    fact && el("span", { class: "fact" }, fact));
}

function metadataTables({ headers, trailers }) {
  const part = (title, rows) => el("div", { class: "metadata-part" }, el("h3", {}, title),
    rows.length === 0 ? el("p", { class: "quiet" }, "none")
      : el("table", { class: "metadata-table" }, el("tbody", {}, rows.map(([name, value]) => el("tr", {}, el("th", { scope: "row" }, name), el("td", {}, value))))));
  return el("div", {}, part("Headers", headers), part("Trailers", trailers));
}

function summary(outcome) {
  return outcome.code.number === 0 ? `OK after ${duration(outcome.milliseconds)}` : `${outcome.code.name}: ${outcome.message}`;
}

function count(events) {
  return events === 1 ? "1 event" : `${events} events`;
}

/** A length of time as people read it. */
export function duration(milliseconds) {
  if (milliseconds < 10) {
    return `${milliseconds.toFixed(1)} ms`;
  }
  return milliseconds < 10_000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

function size(bytes) {
  return bytes < 1000 ? `${bytes} B` : bytes < 1e6 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
