// The explorer: reads the contract, puts the parts of the page together, and follows the address.
import { App } from "./model/app.js";
import { load } from "./model/contract.js";
import { answerView } from "./view/answer.js";
import { commandsView } from "./view/commands.js";
import { el, icon } from "./view/dom.js";
import { historyView } from "./view/history.js";
import { offerKnownRooms } from "./view/known-rooms.js";
import { createNavigation } from "./view/navigation.js";
import { createRpc } from "./view/rpc.js";
import { pathOf } from "./view/request.js";
import { createState } from "./view/sign-in.js";

const main = document.getElementById("rpc");

async function start() {
  const { contract, gateway } = await load();
  const app = new App(contract, gateway);
  app.openLink();
  offerKnownRooms();
  createNavigation(app);
  createState(app);
  const rpc = createRpc(app);
  document.getElementById("console").append(answerView(app, field => rpc.focusField(pathOf(field))), commandsView(app), historyView(app));

  app.store.watch(["call"], () => {
    // Where the answer is below the request, it comes into sight.
    const answer = document.getElementById("console");
    if (app.store.get("call")?.isRunning && answer.offsetTop > main.offsetTop) {
      answer.scrollIntoView({ block: "start" });
    }
  });
  addEventListener("hashchange", () => app.openLink());
  addEventListener("keydown", event => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !document.querySelector("dialog[open]")) {
      event.preventDefault();
      app.call();
    }
  });
  document.getElementById("skip").addEventListener("click", event => {
    event.preventDefault();
    main.focus();
  });
  await app.readServer();
}

start().catch(error => {
  main.replaceChildren(el("div", { class: "rpc-body" },
    el("p", { class: "notice bad", role: "alert" }, icon("alert"), `The explorer could not start: ${error.message}`)));
  throw error;
});
