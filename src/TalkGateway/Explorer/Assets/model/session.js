// The token of a joined room, which goes with every later call until it is replaced or removed.
import { roomName } from "./rooms.js";

/** Under this key tokens travel in metadata, both ways. */
export const sessionKey = "talk-session";

/** The operations after which their room has no session of the caller any more. */
const endings = new Set(["participant.leave", "participant.remove_self", "conversation.delete"]);

/**
 * @typedef {object} Session
 * @property {string} token
 * @property {string} room        name of the room, to be shown
 * @property {string} [roomToken] none if the token was typed
 */

/**
 * The session after a call: the newest token wins, whether JoinRoom answered it or the server renewed it, and none is left when its
 * room was left or deleted.
 * @param {Session | null} session the one before
 * @param {import("./contract.js").Method} method
 * @param {import("../call/connect.js").Outcome} outcome
 * @param {any} request
 * @returns {Session | null}
 */
export function sessionAfter(session, method, outcome, request) {
  if (outcome.code.number === 0 && endings.has(method.operation?.id) && session?.roomToken !== undefined && session.roomToken === request?.token) {
    return null;
  }
  const answered = typeof outcome.value?.sessionToken === "string" && outcome.value.sessionToken !== "" ? outcome.value.sessionToken : undefined;
  const renewed = [...outcome.headers, ...outcome.trailers].find(([name]) => name.toLowerCase() === sessionKey)?.[1];
  const token = renewed ?? answered;
  if (token === undefined || token === session?.token) {
    return session;
  }
  if (session && !answered) {
    return { ...session, token };
  }
  const room = answered ? outcome.value.room : undefined;
  return { token, room: roomOf(room, request), roomToken: room?.token ?? request?.token };
}

function roomOf(room, request) {
  const token = room?.token ?? request?.token;
  return room?.displayName || (token && (roomName(token) ?? token)) || "a room";
}
