// The known rooms, offered wherever a request wants a room's token.
import { el } from "./dom.js";
import { watchRooms } from "../model/rooms.js";

/** Keeps the page's list of suggestions in step with the rooms that are known. */
export function offerKnownRooms() {
  const list = document.getElementById("known-rooms");
  watchRooms(rooms => list.replaceChildren(...[...rooms].map(([token, name]) => el("option", { value: token, label: name }))));
}
