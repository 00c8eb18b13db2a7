// The rooms that answers have told of, offered wherever a request wants a room's token.
import { el } from "../view/dom.js";

const limit = 200;
const names = new Map();

/** Remembers the rooms in an answer: objects with a token and a name. */
export function rememberRooms(value) {
  if (collect(value, 0)) {
    offer();
  }
}

/** Forgets one that was deleted. */
export function forgetRoom(token) {
  if (names.delete(token)) {
    offer();
  }
}

/** Forgets all of them, as when somebody else signs in. */
export function forgetRooms() {
  names.clear();
  offer();
}

/** The name of a room that was told of. @returns {string | undefined} */
export function roomName(token) {
  return names.get(token);
}

function offer() {
  document.getElementById("known-rooms").replaceChildren(...[...names].map(([token, name]) => el("option", { value: token, label: name })));
}

/** Whether there was a room in it that is new, or has another name now. */
function collect(value, depth) {
  if (typeof value !== "object" || value === null || depth > 4) {
    return false;
  }
  let isNews = false;
  if (typeof value.token === "string" && typeof value.displayName === "string" && (names.has(value.token) || names.size < limit)) {
    const name = value.displayName || value.token;
    isNews = names.get(value.token) !== name;
    names.set(value.token, name);
  }
  for (const member of Object.values(value)) {
    isNews = collect(member, depth + 1) || isNews;
  }
  return isNews;
}
