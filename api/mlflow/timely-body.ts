import { MlflowError } from "./errors.ts";

export interface BodyPace {
  /** Milliseconds before the first byte has to be there; and as long after the last one that was paid for. */
  grace: number;
  /** Bytes a second that a body has to come at, on the whole. */
  rate: number;
}

/**
 * A client's body as it arrives. Rejects with BAD_REQUEST if it comes too slowly: a client that sends a byte a
 * minute would hold a place for hours.
 */
export async function* timelyBody(
  body: ReadableStream<Uint8Array> | null,
  { grace, rate }: BodyPace,
): AsyncGenerator<Uint8Array> {
  if (body === null) return;
  const reader = body.getReader();
  const began = Date.now();
  let size = 0;
  let ended = false;
  try {
    for (;;) {
      const left = began + grace + (size / rate) * 1_000 - Date.now();
      const next = await within(reader.read(), left);
      if (next === undefined)
        throw new MlflowError("BAD_REQUEST", `Bad Request. The body came too slowly: ${size} bytes were sent.`);
      if (next.done) {
        ended = true;
        return;
      }
      size += next.value.length;
      yield next.value;
    }
  } finally {
    if (!ended) void reader.cancel().catch(() => {});
  }
}

async function within<T>(promise: Promise<T>, milliseconds: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, Math.max(0, milliseconds), undefined);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
