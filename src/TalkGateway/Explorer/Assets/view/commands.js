// The call in front of the user as commands, to be copied.
import { copyButton, el, icon, newId, tabs } from "./dom.js";
import { remarkOn, tools, variablesOf } from "../call/commands.js";

/** @param {import("../model/app.js").App} app */
export function commandsView(app) {
  const { store } = app;
  let tool = tools[0];
  const code = el("pre", { class: "command", id: newId("command"), tabindex: "0", role: "tabpanel", "aria-label": "Command" });
  const note = el("p", { class: "command-note" });
  const show = () => {
    const method = store.get("method");
    element.hidden = !method;
    if (!method) {
      return;
    }
    const call = callOf(app, method);
    code.textContent = tool.command(call);
    const variables = variablesOf(call);
    const remark = remarkOn(tool.name, call);
    note.hidden = variables.length === 0 && remark === "";
    note.replaceChildren(...variables.length > 0 ? ["Set ", ...variables.flatMap((name, i) => [i > 0 ? " and " : "", el("code", {}, name)]), " in the terminal. "] : [],
      remark);
    reveal.hidden = !store.get("account") && !store.get("session");
    reveal.setAttribute("aria-pressed", String(store.get("showsSecrets")));
  };
  const reveal = el("button", {
    type: "button", class: "icon-button", title: "Show secrets in the command", "aria-label": "Show secrets in the command",
    onclick: () => store.set("showsSecrets", !store.get("showsSecrets")),
  }, icon("eye"));
  const head = el("div", { class: "console-head" }, el("h2", { id: "commands-title" }, "Terminal"));
  const element = el("section", { "aria-labelledby": "commands-title" }, head, el("div", { class: "pane" }, code, note));
  head.append(
    tabs({
      label: "Tool",
      tabs: tools,
      selected: tool.name,
      controls: code.id,
      onSelect(name) {
        tool = tools.find(each => each.name === name);
        show();
      },
    }),
    reveal,
    copyButton("Copy the command", () => code.textContent));
  store.watch(["method", "json", "account", "session", "upstream", "headers", "deadlines", "showsSecrets"], show);
  return element;
}

function callOf(app, method) {
  const { store } = app;
  return {
    path: method.path,
    isStream: method.isStream,
    json: store.get("json"),
    base: app.base,
    credential: store.get("account")?.credential ?? null,
    session: store.get("session")?.token,
    headers: app.furtherMetadata,
    timeout: app.timeout,
    showsSecrets: store.get("showsSecrets"),
  };
}
