import { SlipwayError } from "../../errors.ts";
import { type DataUri, shownUri } from "../../spec/data-uri.ts";

export function missing({ text }: Pick<DataUri, "text">, found = "nothing"): SlipwayError {
  return new SlipwayError("DATA_MISSING", `There is no regular file at ${shownUri(text)}.`, {
    expected: "a regular file",
    found,
  });
}

/** Told whatever `found` is: for a file of this machine it is left out, since a spec may name any file. */
export function changed(text: string, expected: string, found?: string): SlipwayError {
  return new SlipwayError("DATA_CHANGED", `${shownUri(text)} is not what was pinned.`, {
    expected,
    ...(found === undefined ? {} : { found }),
    hint: "`slipway lock --check` says what moved. If the change is wanted, run `slipway lock` and commit data.lock.json; otherwise put the old file back.",
  });
}

export function tooLarge(text: string, maxBytes: number): SlipwayError {
  return new SlipwayError("FILE_TOO_LARGE", `${shownUri(text)} is larger than allowed.`, {
    expected: `at most ${maxBytes} bytes`,
  });
}

export function failed(
  text: string,
  about: { expected?: string; found?: string; hint?: string; cause?: unknown },
): SlipwayError {
  return new SlipwayError("REMOTE_FAILED", `${shownUri(text)} could not be fetched.`, about);
}

/** Node's fetch says "fetch failed", and hides why in its cause. */
export function innermost(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause !== undefined) return innermost(error.cause);
  return error.message || String((error as NodeJS.ErrnoException).code ?? error.name);
}

/** Puts what a place's client throws into our words; what is in them already, and an interruption, stays. */
export async function remotely<T>(text: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    if (cause instanceof SlipwayError || (cause instanceof Error && cause.name === "AbortError")) throw cause;
    const hint = "Can this machine reach it? For another server than Amazon's set AWS_ENDPOINT_URL_S3.";
    throw failed(text, { found: innermost(cause), cause, ...(text.startsWith("s3:") ? { hint } : {}) });
  }
}
