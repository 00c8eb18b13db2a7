// The rooms that answers have told of, offered wherever a request wants a room's token.
import { el } from "../view/dom.js";

const limit = 200;
const names = new Map();

/** Remembers the rooms in an answer: objects with a token and a name. */
export function rememberRooms(value) {
  const before = names.size;
  collect(value, 0);
  if (names.size !== before) {
    document.getElementById("known-rooms").replaceChildren(...[...names].map(([token, name]) => el("option", { value: token, label: name })));
  }
}

/** Forgets all of them, as when somebody else signs in. */
export function forgetRooms() {
  names.clear();
  document.getElementById("known-rooms").replaceChildren();
}

/** The name of a room that was told of. @returns {string | undefined} */
export function roomName(token) {
  return names.get(token);
}

function collect(value, depth) {
  if (typeof value !== "object" || value === null || depth > 4 || names.size >= limit) {
    return;
  }
  if (typeof value.token === "string" && typeof value.displayName === "string") {
    names.set(value.token, value.displayName || value.token);
  }
  Object.values(value).forEach(member => collect(member, depth + 1));
}
