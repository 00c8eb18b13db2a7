// Calls over the Connect protocol with JSON, by fetch: unary ones and streams of answers.
import { envelope, readEnvelopes } from "./envelope.js";
import { codeOf, codeOfHttpStatus } from "./status.js";

const trailerPrefix = "trailer-";

/**
 * How a call ended.
 * @typedef {object} Outcome
 * @property {{ name: string, number: number }} code
 * @property {string} message         what the gateway says about a failure
 * @property {{ type: string, value?: string, debug?: any }[]} details
 * @property {any} [value]            the answer of a unary call
 * @property {number} [httpStatus]    none if nothing came back
 * @property {[string, string][]} headers
 * @property {[string, string][]} trailers
 * @property {number} milliseconds
 * @property {number} size            of the answer's body, in bytes
 */

/**
 * Makes a call. It never throws: whatever goes wrong is an outcome.
 * @param {object} call
 * @param {string} call.path          "talk.v1.RoomService/ListRooms"
 * @param {boolean} [call.isStream]
 * @param {string} call.json          the request
 * @param {[string, string][]} call.headers
 * @param {number} [call.timeout]     the deadline, in milliseconds
 * @param {AbortSignal} [call.signal]
 * @param {(value: unknown, milliseconds: number) => void} [call.onEvent] receives the answers of a stream
 * @returns {Promise<Outcome>}
 */
export async function invoke({ path, isStream = false, json, headers, timeout, signal, onEvent = () => {} }) {
  const started = performance.now();
  const elapsed = () => performance.now() - started;
  const answer = { code: codeOf("ok"), message: "", details: [], headers: [], trailers: [], size: 0 };
  let given;
  try {
    given = new Headers(headers);
  } catch (error) {
    return { ...answer, code: codeOf("invalid_argument"), message: `The metadata cannot be sent: ${error.message}`, milliseconds: 0 };
  }
  try {
    given.set("content-type", isStream ? "application/connect+json" : "application/json");
    given.set("connect-protocol-version", "1");
    if (timeout !== undefined) {
      given.set("connect-timeout-ms", String(Math.round(timeout)));
    }
    const response = await fetch(new URL(path, document.baseURI), {
      method: "POST",
      headers: given,
      body: isStream ? envelope(json) : json,
      signal,
      // Neither the cookies of a Nextcloud that shares this origin, nor passwords that the browser knows of it.
      credentials: "omit",
      cache: "no-store",
    });
    answer.httpStatus = response.status;
    for (const [name, value] of response.headers) {
      if (name.startsWith(trailerPrefix)) {
        answer.trailers.push([name.slice(trailerPrefix.length), value]);
      } else {
        answer.headers.push([name, value]);
      }
    }
    await (isStream && response.ok ? readStream(response, answer, value => onEvent(value, elapsed())) : readWhole(response, answer));
  } catch (error) {
    if (signal?.aborted) {
      Object.assign(answer, { code: codeOf("canceled"), message: "Stopped here, by you." });
    } else {
      Object.assign(answer, { code: codeOf("unavailable"), message: `The gateway could not be reached, or the connection broke: ${error.message}` });
    }
  }
  return { ...answer, milliseconds: elapsed() };
}

async function readWhole(response, answer) {
  const text = await response.text();
  answer.size = new TextEncoder().encode(text).length;
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    const start = text.trim().slice(0, 200);
    answer.code = codeOfHttpStatus(response.status);
    answer.message = `This is no answer of the gateway: HTTP ${response.status}${start ? `, beginning with ${JSON.stringify(start)}` : " without a body"}.`;
    return;
  }
  if (response.ok) {
    answer.value = value;
  } else {
    readError(value, answer, codeOfHttpStatus(response.status));
  }
}

async function readStream(response, answer, onEvent) {
  for await (const { isEnd, json, size } of readEnvelopes(response.body)) {
    answer.size += size;
    const value = JSON.parse(json);
    if (!isEnd) {
      onEvent(value);
      continue;
    }
    for (const [name, values] of Object.entries(value.metadata ?? {})) {
      answer.trailers.push(...values.map(each => [name, each]));
    }
    if (value.error) {
      readError(value.error, answer, codeOf("unknown"));
    }
    return;
  }
  answer.code = codeOf("unavailable");
  answer.message = "The connection ended before the stream did.";
}

function readError(error, answer, fallback) {
  answer.code = typeof error?.code === "string" ? codeOf(error.code) : fallback;
  answer.message = typeof error?.message === "string" ? error.message : "";
  answer.details = Array.isArray(error?.details) ? error.details : [];
}
