// The rooms that answers have told of.

const limit = 200;
const names = new Map();
const changes = new EventTarget();

/**
 * Runs something whenever the rooms change.
 * @param {(rooms: ReadonlyMap<string, string>) => void} run receives their names by token
 */
export function watchRooms(run) {
  changes.addEventListener("change", () => run(names));
}

/** Remembers the rooms in an answer: objects with a token and a name. */
export function rememberRooms(value) {
  if (collect(value, 0)) {
    tell();
  }
}

/** Forgets one that was deleted. */
export function forgetRoom(token) {
  if (names.delete(token)) {
    tell();
  }
}

/** Forgets all of them, as when somebody else signs in. */
export function forgetRooms() {
  names.clear();
  tell();
}

/** The name of a room that was told of. @returns {string | undefined} */
export function roomName(token) {
  return names.get(token);
}

function tell() {
  changes.dispatchEvent(new Event("change"));
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
