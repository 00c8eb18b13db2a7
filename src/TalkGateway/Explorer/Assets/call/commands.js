// The call in front of the user as a command for a terminal.
import { authorizationOf } from "./credential.js";
import { minify, quote, word } from "./shell.js";

/**
 * What the commands are made of.
 * @typedef {object} Call
 * @property {string} path               "talk.v1.RoomService/ListRooms"
 * @property {boolean} isStream
 * @property {string} json               the request
 * @property {string} base               address of the gateway, without a slash at the end
 * @property {import("./credential.js").Credential | null} credential
 * @property {string} [session]          the session token
 * @property {[string, string][]} headers further metadata
 * @property {number} [timeout]          the deadline, in milliseconds
 * @property {boolean} showsSecrets      whether secrets stand in the command, or variables in their place
 */

/** The tools, in the order in which they are offered. */
export const tools = [
  { name: "grpcurl", title: "grpcurl", command: grpcurl },
  { name: "buf", title: "buf curl", command: bufCurl },
  { name: "curl", title: "curl", command: curl },
];

/**
 * The variables that a command without secrets expects.
 * @param {Call} call
 */
export function variablesOf({ credential, session, showsSecrets }) {
  if (showsSecrets) {
    return [];
  }
  const variables = [];
  if (credential) {
    variables.push(credential.kind === "basic" ? "TALK_PASSWORD" : "TALK_TOKEN");
  }
  if (session) {
    variables.push("TALK_SESSION");
  }
  return variables;
}

/**
 * What else there is to say about a command; empty for nothing.
 * @param {string} tool
 * @param {Call} call
 */
export function remarkOn(tool, call) {
  if (tool === "grpcurl" && new URL(call.base).pathname !== "/") {
    return "grpcurl can't call below a path: put the gateway's own address in place of this one.";
  }
  return tool === "curl" && call.isStream ? "The messages of a stream come with five bytes in front of each." : "";
}

/** @param {Call} call */
function grpcurl(call) {
  const url = new URL(call.base);
  return lines(
    [`grpcurl${url.protocol === "http:" ? " -plaintext" : ""}`],
    ...metadata(call).map(header => ["-H", header]),
    call.timeout !== undefined && ["-max-time", seconds(call.timeout)],
    ["-d", quote(minify(call.json))],
    [url.port ? url.host : `${url.host}:${url.protocol === "http:" ? 80 : 443}`, call.path]);
}

/** @param {Call} call */
function bufCurl(call) {
  return lines(
    [`buf curl --protocol grpc${call.base.startsWith("http:") ? " --http2-prior-knowledge" : ""}`],
    ...metadata(call, listValue).map(header => ["-H", header]),
    call.timeout !== undefined && ["--timeout", `${seconds(call.timeout)}s`],
    ["-d", quote(minify(call.json))],
    [quote(`${call.base}/${call.path}`)]);
}

/** @param {Call} call */
function curl(call) {
  const { credential } = call;
  const url = quote(`${call.base}/${call.path}`);
  const headers = [
    credential?.kind === "basic" && ["-u", word(`${credential.user}:`, secret(call, credential.secret, "TALK_PASSWORD"))],
    ["-H", quote(`content-type: application/${call.isStream ? "connect+json" : "json"}`)],
    call.timeout !== undefined && ["-H", quote(`connect-timeout-ms: ${Math.round(call.timeout)}`)],
    ...metadata(call, value => value, credential?.kind !== "basic").map(header => ["-H", header]),
  ];
  const json = minify(call.json);
  return call.isStream
    ? `${envelopeCommand(json)} |\n  ${lines([`curl -sSN`], ...headers, ["--data-binary", "@-"], [url])}`
    : lines(["curl -sS"], ...headers, ["-d", quote(json)], [url]);
}

/** The request of a stream has its length in front, in four bytes after one of flags. */
function envelopeCommand(json) {
  const { length } = new TextEncoder().encode(json);
  const bytes = [0, length >>> 24, (length >>> 16) & 255, (length >>> 8) & 255, length & 255];
  return `printf '${bytes.map(byte => `\\${byte.toString(8).padStart(3, "0")}`).join("")}%s' ${quote(json)}`;
}

/** All metadata of a call as words "name: value". */
function metadata(call, encode = value => value, withAuthorization = true) {
  const { credential, session, headers } = call;
  const words = [];
  if (credential && withAuthorization) {
    words.push(authorization(call, credential));
  }
  if (session) {
    words.push(word("talk-session: ", secret(call, session, "TALK_SESSION")));
  }
  return [...words, ...headers.map(([name, value]) => quote(encode(`${name}: ${value}`)))];
}

function authorization(call, credential) {
  if (call.showsSecrets) {
    return quote(`authorization: ${authorizationOf(credential)}`);
  }
  return credential.kind === "bearer"
    ? word("authorization: Bearer ", { shell: "$TALK_TOKEN" })
    : word("authorization: Basic ", { shell: `$(printf %s ${quote(`${credential.user}:`)}"$TALK_PASSWORD" | base64 | tr -d '\\n')` });
}

function secret({ showsSecrets }, value, variable) {
  return showsSecrets ? value : { shell: `$${variable}` };
}

/** buf reads a header as a list of values with commas between, as CSV does. */
function listValue(value) {
  return /[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

function seconds(milliseconds) {
  return String(milliseconds / 1000);
}

function lines(...parts) {
  return parts.filter(Boolean).map(words => words.join(" ")).join(" \\\n  ");
}
