// The token of a joined room, which goes with every later call until it is replaced or removed.
import { roomName } from "./rooms.js";

/** Under this key tokens travel in metadata, both ways. */
export const sessionKey = "talk-session";

/**
 * The session after a call: the newest token wins, whether JoinRoom answered it or the server renewed it.
 * @param {{ token: string, room: string } | null} session the one before
 * @param {{ value?: any, headers: [string, string][], trailers: [string, string][] }} outcome
 * @param {any} request
 */
export function sessionAfter(session, outcome, request) {
  const answered = typeof outcome.value?.sessionToken === "string" && outcome.value.sessionToken !== "" ? outcome.value.sessionToken : undefined;
  const renewed = [...outcome.headers, ...outcome.trailers].find(([name]) => name.toLowerCase() === sessionKey)?.[1];
  const token = renewed ?? answered;
  if (token === undefined || token === session?.token) {
    return session;
  }
  const room = answered ? roomOf(outcome.value.room, request) : session?.room ?? roomOf(undefined, request);
  return { token, room };
}

function roomOf(room, request) {
  const token = room?.token ?? request?.token;
  return room?.displayName || (token && (roomName(token) ?? token)) || "a room";
}
