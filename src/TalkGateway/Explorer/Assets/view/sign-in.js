// Signing in, signing out, and what the head of the page says about it.
import { announce, el, find, icon, newId, tabs } from "./dom.js";

/**
 * The head's right: the server, the session, the account.
 * @param {import("../model/app.js").App} app
 */
export function createState(app) {
  const place = document.getElementById("state");
  const { store } = app;
  store.watch(["server", "session", "account"], () => {
    const account = store.get("account");
    const session = store.get("session");
    place.replaceChildren(
      serverView(app),
      ...session ? [el("span", { class: "chip", title: "Later calls belong to this session" }, icon("session"), el("span", {}, session.room),
        el("button", { type: "button", class: "icon-button", "aria-label": `Drop the session of ${session.room}`, onclick: () => {
          store.set("session", null);
          announce("The session is dropped");
          document.getElementById("account").focus();
        } }, icon("close")))] : [],
      el("button", { type: "button", id: "account", class: `button ${account ? "account-button" : "primary"}`, "aria-haspopup": "dialog", onclick: () => openSignIn(app) },
        account ? [avatar(account.user), account.user] : "Sign in"));
  });
}

function serverView({ store, gateway }) {
  const { state, talk, nextcloud, failure } = store.get("server");
  const optional = (...children) => el("span", { class: "optional" }, ...children);
  switch (state) {
    case "ready":
      return el("span", { class: "server" }, el("span", { class: "lamp good" }), el("span", { class: "server-name" },
        talk ? el("strong", {}, `Talk ${talk}`) : "No Talk for this caller", optional(` on Nextcloud ${nextcloud}`), gateway.simulator ? optional(", simulated") : ""));
    case "failed":
      return el("span", { class: "server", title: failure.message }, el("span", { class: "lamp bad" }), el("span", { class: "server-name" }, `Server: ${failure.code.name}`));
    default:
      return el("span", { class: "server" }, el("span", { class: "lamp" }), optional("Asking the server…"));
  }
}

function avatar(user) {
  return el("span", { class: "avatar", "aria-hidden": "true" }, (user[0] ?? "?").toUpperCase());
}

/**
 * The users of the embedded simulator, to sign in with one click.
 * @param {import("../model/app.js").App} app
 * @param {(failure: import("../call/connect.js").Outcome | undefined) => void} [done]
 */
export function userButtons(app, done = () => {}) {
  return el("div", { class: "users" }, app.gateway.simulator.users.map(user => el("button", {
    type: "button", class: "button", "data-user": user, onclick: async () => {
      const failure = await app.signIn({ kind: "basic", user, secret: user });
      announce(failure ? `Signing in failed: ${failure.message}` : `Signed in as ${user}`);
      done(failure);
    },
  }, avatar(user), user)));
}

function openSignIn(app) {
  const dialog = /** @type {HTMLDialogElement} */ (document.getElementById("sign-in"));
  const { store, gateway } = app;
  const account = store.get("account");
  const problem = el("p", { class: "notice bad", role: "alert" });
  problem.hidden = true;
  const done = failure => {
    if (failure) {
      problem.replaceChildren(icon("alert"), el("span", {}, failureText(failure)));
      problem.hidden = false;
    } else {
      dialog.close();
    }
  };

  const user = labelled("User name", { autocomplete: "off", autocapitalize: "none", spellcheck: "false" });
  const password = labelled("App password", { type: "password", autocomplete: "off" });
  const token = labelled("Token", { type: "password", autocomplete: "off" });
  const fields = el("div", { class: "credential", id: newId("credential"), role: "tabpanel", "aria-label": "Credential" });
  let kind = "basic";
  const kinds = tabs({
    label: "Kind of credential",
    tabs: [{ name: "basic", title: "App password" }, { name: "bearer", title: "Bearer token" }],
    selected: kind,
    controls: fields.id,
    onSelect(name) {
      kind = name;
      fields.replaceChildren(...name === "basic" ? [user.element, password.element] : [token.element]);
    },
  });
  const submit = el("button", { type: "submit", class: "button primary" }, "Sign in");
  const form = el("form", { novalidate: true },
    el("div", { class: "dialog-head" }, el("h2", { id: "sign-in-title" }, account ? `Signed in as ${account.user}` : "Sign in"),
      el("button", { type: "button", class: "icon-button", "aria-label": "Close", onclick: () => dialog.close() }, icon("close"))),
    gateway.simulator && el("div", {}, el("h3", {}, "Users of the simulator"), userButtons(app, done)),
    gateway.simulator && el("p", { class: "separator" }, "or"),
    el("div", {}, kinds),
    fields,
    el("p", { class: "hint" }, "An app password is made in Nextcloud under Settings, Security. It stays in the memory of this page, and is gone when the page is."),
    problem,
    el("div", { class: "dialog-actions" },
      account && el("button", { type: "button", class: "button", onclick: () => {
        dialog.close();
        app.signOut();
        announce("Signed out");
      } }, "Sign out"),
      submit));
  form.addEventListener("submit", async event => {
    event.preventDefault();
    problem.hidden = true;
    const missing = (kind === "basic" ? [user, password] : [token]).find(each => each.input.value === "");
    if (missing) {
      missing.input.focus();
      return;
    }
    submit.disabled = true;
    done(await app.signIn(kind === "basic"
      ? { kind, user: user.input.value, secret: password.input.value }
      : { kind, secret: token.input.value }));
    submit.disabled = false;
  });
  dialog.replaceChildren(form);
  dialog.showModal();
  (gateway.simulator ? find(dialog, ".users button") : user.input).focus();
  // What was typed does not stay behind in the page.
  dialog.addEventListener("close", () => {
    dialog.replaceChildren();
    document.getElementById("account").focus();
  }, { once: true });
}

function failureText({ code, message }) {
  return code.name === "UNAUTHENTICATED" ? `The server does not accept this credential. ${message}` : `${code.name}: ${message}`;
}

function labelled(text, attributes) {
  const input = el("input", { id: newId("sign-in"), type: "text", ...attributes });
  return { input, element: el("div", { class: "labelled" }, el("label", { for: input.id }, text), input) };
}
