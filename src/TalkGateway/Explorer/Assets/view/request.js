// The request of the chosen rpc: as a form and as JSON, kept in step, and the bar that makes the call.
import { el, find, icon, newId, tabs } from "./dom.js";
import { fieldsEditor } from "../form/message.js";
import { shortName } from "../model/contract.js";
import { deadlineHelp, isDeadline } from "../model/deadline.js";

let preferred = "form";

/**
 * @param {import("../model/app.js").App} app
 * @param {import("../model/contract.js").Method} method
 * @param {AbortSignal} signal
 */
export function requestView(app, method, signal) {
  const { store, contract } = app;
  const form = fieldsEditor(method.input, { contract, onEdit: () => edit(JSON.stringify(form.read(), null, 2), "form") });
  const isEmpty = contract.message(method.input).fields.length === 0;
  const text = el("textarea", { class: "json-input", spellcheck: "false", "aria-label": "The request as JSON", rows: 10 });
  const problems = el("div", { class: "problems", role: "status" });
  const place = el("div", { id: newId("request"), role: "tabpanel", "aria-label": "Request" });

  /** Shows the request, but for the side that the change came from, where it stands already. */
  const show = from => {
    const json = store.get("json");
    if (from !== "text" && text.value !== json) {
      text.value = json;
    }
    const found = [];
    if (from !== "form") {
      try {
        const value = JSON.parse(json);
        form.write(value, "", found);
        problems.classList.remove("bad");
      } catch (error) {
        found.push(`This is no JSON yet: ${error.message}`);
        problems.classList.add("bad");
      }
    }
    problems.replaceChildren(...found.map(each => el("p", {}, each)));
  };
  const edit = (json, from) => {
    app.edit(json);
    show(from);
  };
  text.addEventListener("input", () => edit(text.value, "text"));

  const panes = {
    form: isEmpty ? el("p", { class: "no-input" }, "This rpc takes no input: just call it.") : form.element,
    json: text,
  };
  const choice = tabs({
    label: "The request as",
    tabs: [{ name: "form", title: "Form" }, { name: "json", title: "JSON" }],
    selected: preferred,
    controls: place.id,
    onSelect(name) {
      preferred = name;
      place.replaceChildren(panes[name], problems);
    },
  });
  const reset = el("button", {
    type: "button", class: "button small quiet-button", onclick: () => edit("{}", undefined),
  }, "Clear");
  show();

  store.watch(["call"], () => {
    const call = store.get("call");
    call?.addEventListener("change", () => showViolations(form, call), { signal });
  }, signal);

  return {
    element: el("section", { "aria-label": "Request" },
      el("div", { class: "section-head" },
        el("div", { class: "section-title" }, el("h2", {}, "Request"), el("span", { class: "type-name" }, shortName(method.input))), reset, choice),
      place),
    /** Leads to a field that the gateway complained about. */
    focusField(path) {
      find(choice, '[data-tab="form"]').click();
      form.find(path)?.focus();
    },
  };
}

/** Puts what the gateway says about fields next to them. */
function showViolations(form, call) {
  for (const { field, description } of violationsOf(call.outcome)) {
    form.find(pathOf(field))?.showViolation(description);
  }
}

/**
 * The fields that a failure names.
 * @param {import("../call/connect.js").Outcome | undefined} outcome
 * @returns {{ field: string, description: string }[]}
 */
export function violationsOf(outcome) {
  return (outcome?.details ?? []).filter(detail => detail.type === "google.rpc.BadRequest").flatMap(detail => detail.debug?.fieldViolations ?? []);
}

/** "messages[0].ev" as its parts. */
export function pathOf(field) {
  return field.split(/[.[\]]+/).filter(Boolean);
}

/**
 * The bar below the request.
 * @param {import("../model/app.js").App} app
 * @param {import("../model/contract.js").Method} method
 * @param {AbortSignal} signal
 */
export function callBar(app, method, signal) {
  const { store } = app;
  const isMac = /Mac|iPhone|iPad/.test(navigator.platform);
  const as = el("span", { class: "as" });
  const button = el("button", { type: "button", class: "button primary", "aria-keyshortcuts": "Control+Enter Meta+Enter" });
  const problem = el("p", { class: "deadline-problem", id: newId("deadline-problem"), role: "alert" });
  const deadline = el("input", { id: newId("deadline"), type: "text", inputmode: "decimal", placeholder: "none", autocomplete: "off" });
  deadline.value = app.deadline;
  const check = () => {
    const isGood = isDeadline(deadline.value);
    deadline.setAttribute("aria-invalid", String(!isGood));
    if (isGood) {
      deadline.removeAttribute("aria-describedby");
    } else {
      deadline.setAttribute("aria-describedby", problem.id);
    }
    problem.textContent = isGood ? "" : deadlineHelp;
  };
  check();
  deadline.addEventListener("input", () => {
    app.deadline = deadline.value;
    check();
  });
  store.addEventListener("refused", () => deadline.focus(), { signal });
  button.addEventListener("click", () => store.get("call")?.isRunning ? store.get("call").stop() : app.call());

  store.watch(["account", "session"], () => {
    const account = store.get("account");
    const session = store.get("session");
    as.replaceChildren(
      account ? "as " : "as a guest", account ? el("strong", {}, account.user) : "",
      session ? ` in the session of ${session.room}` : "");
  }, signal);
  store.watch(["call", "calls"], () => {
    const running = store.get("call")?.isRunning;
    button.replaceChildren(...running ? [icon("stop"), "Stop"] : [method.isStream ? "Watch" : "Call", el("kbd", { "aria-hidden": "true" }, isMac ? "⌘↵" : "Ctrl ↵")]);
    button.classList.toggle("running", running === true);
  }, signal);

  if (method.takesStream) {
    return el("div", { class: "call-bar" }, el("span", { class: "as" }, "A browser cannot send a stream: call this rpc from a terminal."));
  }
  return el("div", { class: "call-bar" },
    as,
    el("div", { class: "deadline" }, el("label", { for: deadline.id }, "Deadline"), deadline, "s"),
    button,
    problem);
}
