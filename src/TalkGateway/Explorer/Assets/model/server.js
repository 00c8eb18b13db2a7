// What the server behind the gateway is and can do, and whom it takes the caller for.
import { invoke } from "../call/connect.js";

/**
 * @typedef {object} Server
 * @property {"unknown" | "reading" | "ready" | "failed"} state
 * @property {string} [talk]       version of Talk
 * @property {string} [nextcloud]  version of Nextcloud
 * @property {Record<string, number>} [apiVersions] by family
 * @property {Map<string, string>} [lacks] what is missing, by the rpcs that it is missing for
 * @property {import("../call/connect.js").Outcome} [failure]
 */

const patience = 20_000;

/**
 * Asks for the capabilities.
 * @param {[string, string][]} headers
 * @returns {Promise<Server>}
 */
export async function readServer(headers) {
  const outcome = await ask("talk.v1.CapabilitiesService/GetCapabilities", headers);
  if (!outcome.value) {
    return { state: "failed", failure: outcome };
  }
  const { talkVersion = "", nextcloudVersion, apiVersions = {}, rpcs = [] } = outcome.value;
  return {
    state: "ready",
    talk: talkVersion,
    nextcloud: nextcloudVersion?.text ?? "",
    apiVersions,
    lacks: new Map(rpcs.filter(rpc => !rpc.supported).map(rpc => [rpc.rpc, rpc.missing || "what it needs"])),
  };
}

/**
 * Whom the server takes the caller for: the user id, an empty text where it does not say, or the failure of the login. Capabilities
 * prove no login, since they are answered to guests as well.
 * @param {[string, string][]} headers
 * @returns {Promise<{ user?: string, failure?: import("../call/connect.js").Outcome }>}
 */
export async function readUser(headers) {
  const settings = await ask("talk.v1.SignalingService/GetSettings", headers);
  const user = settings.value?.settings?.userId;
  if (user) {
    return { user };
  }
  // Before Talk 8 the settings have no user id, and other servers refuse guests; only accounts have rooms.
  const rooms = await ask("talk.v1.RoomService/ListRooms", headers);
  return rooms.value ? { user: "" } : { failure: rooms };
}

function ask(path, headers) {
  return invoke({ path, json: "{}", headers, timeout: patience });
}
