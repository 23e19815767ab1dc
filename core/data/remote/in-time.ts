import type { SlipwayError } from "../../errors.ts";
import { failed } from "./failures.ts";

/** Milliseconds in which an answer has to come, or the next `ENOUGH` bytes of a file. */
export const SILENCE = 60_000;
/** Bytes: a server that sends a few now and then would hold a command for ever. */
export const ENOUGH = 64 * 1024;

/** How long somebody waits for one place. */
export interface InTime {
  signal?: AbortSignal | undefined;
  /** Milliseconds. */
  silence?: number | undefined;
}

/** Asks for a short answer. Rejects with REMOTE_FAILED unless it is whole in time, however it trickles in. */
export async function inTime<T>(
  text: string,
  { signal, silence = SILENCE }: InTime,
  ask: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = AbortSignal.timeout(silence);
  try {
    return await ask(signal ? AbortSignal.any([signal, late]) : late);
  } catch (cause) {
    signal?.throwIfAborted();
    throw late.aborted ? tooSlow(text, "no whole answer", silence, cause) : cause;
  }
}

export function tooSlow(text: string, found: string, silence: number, cause: unknown): SlipwayError {
  return failed(text, {
    expected: `an answer within ${Math.ceil(silence / 1_000)} s, and ${ENOUGH / 1024} KiB of a file in each`,
    found,
    hint: "Is the address right, and can this machine reach it? `curl -I` shows what a server answers. If it is as slow as that, copy the file elsewhere.",
    cause,
  });
}
