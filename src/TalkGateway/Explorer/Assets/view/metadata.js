// What goes with every call beside its request: the session, the server's name, further metadata.
import { el, icon, newId } from "./dom.js";

/**
 * @param {import("../model/app.js").App} app
 * @param {AbortSignal} signal
 */
export function metadataView(app, signal) {
  const { store } = app;
  const session = el("div", { class: "control" });
  store.watch(["session"], () => session.replaceChildren(sessionInput(app)), signal);

  const upstream = el("input", { class: "input", id: newId("upstream"), type: "text", placeholder: "the gateway's default", autocomplete: "off", spellcheck: "false" });
  upstream.value = store.get("upstream");
  upstream.addEventListener("input", () => store.set("upstream", upstream.value));
  upstream.addEventListener("change", () => app.readServer());

  const rows = el("div", { class: "items" });
  const collect = () => store.set("headers", [...rows.children].map(row => {
    const [name, value] = row.querySelectorAll("input");
    return [name.value, value.value];
  }));
  const add = (name, value) => {
    const input = (label, text) => {
      const made = el("input", { class: "input code", type: "text", "aria-label": label, placeholder: label.toLowerCase(), autocomplete: "off", spellcheck: "false", oninput: collect });
      made.value = text;
      return made;
    };
    const row = el("div", { class: "metadata-row" }, input("Name", name), input("Value", value),
      el("button", { type: "button", class: "icon-button", "aria-label": "Remove this metadata", onclick: () => {
        row.remove();
        collect();
        more.focus();
      } }, icon("close")));
    rows.append(row);
    return row;
  };
  const more = el("button", { type: "button", class: "button small add", onclick: () => add("", "").querySelector("input").focus() }, icon("plus"), "Add metadata");
  store.get("headers").forEach(([name, value]) => add(name, value));

  const hasAny = store.get("upstream") !== "" || store.get("headers").length > 0;
  return el("details", { class: "more metadata", open: hasAny },
    el("summary", {}, icon("chevron"), "Metadata of all calls"),
    el("div", { class: "fields" },
      field("talk-session", "The session of a joined room. It is kept when JoinRoom answers one, and replaced when the server renews it.", session),
      field("talk-upstream", "Name of the server, where this gateway has several.", upstream, upstream.id),
      field("Further metadata", undefined, el("div", {}, rows, more))));
}

function sessionInput({ store }) {
  const current = store.get("session");
  const input = el("input", { class: "input code", type: "text", placeholder: "none", "aria-label": "talk-session", autocomplete: "off", spellcheck: "false" });
  input.value = current?.token ?? "";
  input.addEventListener("change", () => store.set("session", input.value.trim() ? { token: input.value.trim(), room: "a room" } : null));
  return input;
}

function field(name, comment, control, labelFor) {
  return el("div", { class: "field" },
    el("div", { class: "field-head" }, labelFor ? el("label", { for: labelFor }, name) : el("span", { class: "field-name" }, name)),
    control,
    comment && el("p", { class: "field-comment" }, comment));
}
