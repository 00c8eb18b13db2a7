// Who calls. Credentials are kept in memory only, and are gone with the page.

/**
 * @typedef {{ kind: "basic", user: string, secret: string } | { kind: "bearer", secret: string }} Credential
 */

/**
 * The authorization metadata of a credential.
 * @param {Credential} credential
 */
export function authorizationOf(credential) {
  return credential.kind === "basic" ? `Basic ${base64(`${credential.user}:${credential.secret}`)}` : `Bearer ${credential.secret}`;
}

function base64(text) {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
