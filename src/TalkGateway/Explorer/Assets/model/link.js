// Links to an rpc, with its request if there is one: "#talk.v1.RoomService/GetRoom?{…}".

/**
 * @param {string} path the rpc
 * @param {string} [json] its request
 */
export function linkTo(path, json) {
  return `#${path}${json && json !== "{}" ? `?${encodeURIComponent(json)}` : ""}`;
}

/**
 * What a link says.
 * @param {string} hash
 * @returns {{ path: string, json?: string }}
 */
export function readLink(hash) {
  const [path, ...rest] = hash.replace(/^#/, "").split("?");
  if (rest.length === 0) {
    return { path };
  }
  const encoded = rest.join("?");
  try {
    return { path, json: decodeURIComponent(encoded) };
  } catch {
    return { path, json: encoded };
  }
}
