import { appendFile, mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import type { Artifact, Signature } from "../../schemas/manifest.ts";
import { featureRows } from "../data/feature-rows.ts";
import { milliseconds } from "../duration.ts";
import { SlipwayError } from "../errors.ts";
import { CappedLog } from "../runtime/capped-log.ts";
import { logTail } from "../runtime/failure.ts";
import type { ArtifactStore } from "../stores/store.ts";
import { openAnswering } from "./user-code/open-answering.ts";
import type { GivenData, UserCode } from "./user-code/user-code.ts";

/** Rows of one request: what a spec lets a request have is no reason to wait for it here. */
const ROWS_AT_ONCE = 100;
/** How long loading the model may take: so many milliseconds, and so many times what predicting took. */
const START_MS = 20_000;
const START_TIMES = 5;
/** How long the program may take to end by itself, in milliseconds. */
const END_MS = 5_000;
const TOO_LATE =
  "Does the program write its answers to descriptor 4, and flush each line? If it does, raise `serve.timeout` in the spec.";
/** Characters of the program's output that are kept for an error. */
const TAIL = 16 * 1_024;

/**
 * Has the serving program answer all test rows, as clients would ask it, and writes what it says to `output`: JSON Lines, with
 * slipway_id. It has as long for all of them as the predict program: SERVE_TIMEOUT otherwise. Rejects as openAnswering and
 * Answering's `ready` and `ask` do.
 */
export async function serveCandidate(
  code: UserCode,
  store: ArtifactStore,
  request: {
    artifact: Artifact;
    signature: Signature;
    features: GivenData;
    /** How long the predict program took, in seconds. */
    predicted: number;
    output: string;
    /** A folder for what is thrown away. */
    scratch: string;
    log: string;
    secrets?: readonly string[] | undefined;
  },
): Promise<void> {
  const { artifact, signature, features, output, scratch, secrets } = request;
  const { spec, signal } = code;
  const given = await mkdtemp(join(scratch, "served-"));
  const file = join(given, "features", await features(join(given, "features")));
  const log = new CappedLog(request.log);
  let tail = "";
  const onOutput = (text: string) => {
    log.write(Buffer.from(text));
    tail = (tail + text).slice(-TAIL);
    code.onOutput?.(text);
  };
  const one = { ...spec, serve: { ...spec.serve, workers: 1 } };
  // It reads no file, so it needs no file's extension.
  const limit = milliseconds(spec.predict.timeout ?? "10m");
  // A program that never says that it is ready is the commonest mistake: nobody should wait for it as long as for a slow one.
  const startMs = Math.min(limit, START_MS + 1_000 * Math.ceil(START_TIMES * request.predicted));
  const about = { artifact, signature, extension: "", secrets, startMs };
  const answering = await openAnswering({ ...code, spec: one, onOutput }, store, about);
  const stop = () => void answering.close(0);
  signal?.addEventListener("abort", stop, { once: true });
  try {
    await answering.ready();
    const atOnce = Math.min(spec.serve?.["max-rows"] ?? ROWS_AT_ONCE, ROWS_AT_ONCE);
    const until = performance.now() + limit;
    let asked = 0;
    for await (const { ids, rows } of featureRows({ file, spec, inputs: signature.inputs, work: given, signal })) {
      const lines: string[] = [];
      for (let from = 0; from < rows.length; from += atOnce) {
        if (performance.now() > until) throw tooSlow(limit);
        const some = rows.slice(from, from + atOnce);
        const predictions = await answering.ask({ id: `test-${++asked}`, rows: some, ...(signal ? { signal } : {}) });
        lines.push(
          ...predictions.map((each, at) => `${JSON.stringify({ ...each, slipway_id: ids[from + at] ?? null })}\n`),
        );
      }
      await appendFile(output, lines.join(""));
    }
  } catch (error) {
    if (signal?.aborted) throw interrupted();
    // What the program printed last may come after it has ended.
    await answering.close(END_MS);
    throw withOutput(error, logTail(tail));
  } finally {
    signal?.removeEventListener("abort", stop);
    await answering.close(END_MS);
    log.close();
    await code.verifyEnvironment();
  }
}

/** A request that was not answered, with what the program printed last: its mistake shows there. */
function withOutput(error: unknown, lines: readonly string[]): unknown {
  if (!(error instanceof SlipwayError) || (error.code !== "SERVE_TIMEOUT" && error.code !== "SERVE_CRASHED"))
    return error;
  const [problem] = error.problems;
  if (problem?.expected !== undefined) return error;
  const hint = error.code === "SERVE_TIMEOUT" ? TOO_LATE : problem?.hint;
  return new SlipwayError(error.code, error.message, {
    expected: 'the line {"id":"…","predictions":[…]} on descriptor 4, to each request within `serve.timeout`',
    found: lines.length === 0 ? "no output" : `its last lines:\n${lines.join("\n")}`,
    ...(hint === undefined ? {} : { hint }),
  });
}

function interrupted(): SlipwayError {
  return new SlipwayError("INTERRUPTED", "The serving program was interrupted, and its processes were ended");
}

function tooSlow(limitMs: number): SlipwayError {
  return new SlipwayError("SERVE_TIMEOUT", "The serving program did not answer all test rows in time", {
    expected: `an answer to the last one within ${limitMs / 1_000} s`,
    hint: "Raise `predict.timeout` in the spec, or make the program quicker.",
  });
}
