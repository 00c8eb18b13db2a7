// How long a call may take, as it is typed: in seconds, empty for no limit.

/** What to type, for those who typed something else. */
export const deadlineHelp = "Seconds from 0.001 to 9999999, or empty for none.";

/**
 * The deadline that an rpc has before somebody types one: longer than the server waits by intent, and none for a stream.
 * @param {import("./contract.js").Method} method
 */
export function defaultDeadline({ isStream, operation }) {
  if (isStream) {
    return "";
  }
  return String(operation?.waitsSeconds ? operation.waitsSeconds + 10 : 30);
}

/** Whether a text says a deadline, or that there is none. */
export function isDeadline(text) {
  const milliseconds = Number(text) * 1000;
  // The protocol has ten digits for the milliseconds.
  return text.trim() === "" || (milliseconds >= 1 && milliseconds < 1e10);
}
