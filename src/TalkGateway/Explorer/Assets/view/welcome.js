// What is shown before an rpc is chosen.
import { el } from "./dom.js";
import { linkTo } from "../model/link.js";
import { userButtons } from "./sign-in.js";

const beginnings = [
  ["talk.v1.RoomService/ListRooms", "All rooms of the caller"],
  ["talk.v1.RoomService/CreateRoom", "A form with everything a room can have"],
  ["talk.v1.ChatService/SendMessage", "Write into a room"],
  ["talk.v1.ParticipantService/JoinRoom", "Opens a session, which later calls keep"],
  ["talk.v1.CapabilitiesService/GetCapabilities", "What this server can do"],
  ["grpc.health.v1.Health/Watch", "A stream, shown as it comes"],
];

/** @param {import("../model/app.js").App} app */
export function welcomeView(app) {
  const { contract, gateway } = app;
  const count = contract.methods.length;
  return el("div", { class: "rpc-body welcome" },
    el("div", {},
      el("h1", {}, "Nextcloud Talk as typed rpcs"),
      el("p", { class: "lead" }, `${count} rpcs in ${contract.services.length} services, each with its documentation, a form, and the way it reaches the server. Choose one, fill it in, call it.`)),
    gateway.simulator && el("section", { "aria-labelledby": "welcome-users" },
      el("h2", { id: "welcome-users" }, `Sign in to the simulator of Talk ${gateway.simulator.talk}`),
      userButtons(app)),
    el("section", { "aria-labelledby": "welcome-beginnings" },
      el("h2", { id: "welcome-beginnings" }, "Where to begin"),
      el("div", { class: "cards" }, beginnings.filter(([path]) => contract.find(path)).map(([path, text]) =>
        el("a", { class: "card", href: linkTo(path) }, el("strong", {}, contract.find(path).name), el("span", {}, text))))),
    el("section", { "aria-labelledby": "welcome-keys" },
      el("h2", { id: "welcome-keys" }, "Keys"),
      el("dl", { class: "keys" },
        [["/", "search, also Ctrl K"], ["↑ ↓", "along the list"], ["Ctrl ↵", "call"]].flatMap(([key, text]) => [el("dt", {}, el("kbd", {}, key)), el("dd", {}, text)]))));
}
