// The status codes: Connect writes them in lower case, gRPC in upper case and as numbers.

/** @type {[connect: string, grpc: string, number: number][]} */
const codes = [
  ["ok", "OK", 0],
  ["canceled", "CANCELLED", 1],
  ["unknown", "UNKNOWN", 2],
  ["invalid_argument", "INVALID_ARGUMENT", 3],
  ["deadline_exceeded", "DEADLINE_EXCEEDED", 4],
  ["not_found", "NOT_FOUND", 5],
  ["already_exists", "ALREADY_EXISTS", 6],
  ["permission_denied", "PERMISSION_DENIED", 7],
  ["resource_exhausted", "RESOURCE_EXHAUSTED", 8],
  ["failed_precondition", "FAILED_PRECONDITION", 9],
  ["aborted", "ABORTED", 10],
  ["out_of_range", "OUT_OF_RANGE", 11],
  ["unimplemented", "UNIMPLEMENTED", 12],
  ["internal", "INTERNAL", 13],
  ["unavailable", "UNAVAILABLE", 14],
  ["data_loss", "DATA_LOSS", 15],
  ["unauthenticated", "UNAUTHENTICATED", 16],
];

const byConnectName = new Map(codes.map(([connect, name, number]) => [connect, { name, number }]));

/** gRPC's names of all codes. */
export const grpcNames = new Set(codes.map(([, name]) => name));

/**
 * The code by the name that Connect gives it; UNKNOWN for a name that is none.
 * @param {string} name
 */
export function codeOf(name) {
  return byConnectName.get(name) ?? byConnectName.get("unknown");
}

/**
 * The code of an answer that is not the gateway's own, but of something before it.
 * @param {number} status
 */
export function codeOfHttpStatus(status) {
  return codeOf({
    400: "internal", 401: "unauthenticated", 403: "permission_denied", 404: "unimplemented", 429: "unavailable", 502: "unavailable",
    503: "unavailable", 504: "unavailable",
  }[status] ?? "unknown");
}
