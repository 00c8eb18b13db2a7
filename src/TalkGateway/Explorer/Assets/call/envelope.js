// The messages of a Connect stream: a byte of flags, four of length, and the message.
const headLength = 5;
const endOfStream = 0x02;

/**
 * A message as it is sent.
 * @param {string} json
 */
export function envelope(json) {
  const message = new TextEncoder().encode(json);
  const bytes = new Uint8Array(headLength + message.length);
  new DataView(bytes.buffer).setUint32(1, message.length);
  bytes.set(message, headLength);
  return bytes;
}

/**
 * Reads the messages of a stream as they come.
 * @param {ReadableStream<Uint8Array>} stream
 * @returns {AsyncGenerator<{ isEnd: boolean, json: string, size: number }>}
 */
export async function* readEnvelopes(stream) {
  const reader = stream.getReader();
  const text = new TextDecoder();
  let buffered = new Uint8Array();
  try {
    for (;;) {
      while (buffered.length >= headLength) {
        const end = headLength + new DataView(buffered.buffer, buffered.byteOffset).getUint32(1);
        if (buffered.length < end) {
          break;
        }
        yield { isEnd: (buffered[0] & endOfStream) !== 0, json: text.decode(buffered.subarray(headLength, end)), size: end };
        buffered = buffered.subarray(end);
      }
      const { done, value } = await reader.read();
      if (done) {
        return;
      }
      const joined = new Uint8Array(buffered.length + value.length);
      joined.set(buffered);
      joined.set(value, buffered.length);
      buffered = joined;
    }
  } finally {
    // Also when whoever reads stops early: the call ends then.
    reader.cancel().catch(() => {});
  }
}
