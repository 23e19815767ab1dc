import { SlipwayError } from "../errors.ts";
import { samePrediction } from "../metrics/served-differences.ts";
import type { Prediction, Row } from "../runtime/answering/answering.ts";
import type { RowCheck } from "./check-rows.ts";
import type { RollingVersion } from "./rolling-version.ts";
import type { ServedVersion } from "./served.ts";

/** What came of asking the new version beside. */
export interface Shadowed {
  version: ServedVersion;
  rows: readonly Row[];
  predictions?: Prediction[];
  /** The reason code. */
  error?: string;
  ms: number;
  /** A row each; absent where one of the two gave no answer. */
  disagrees?: boolean[];
}

/** Requests that are beside at a time: what comes meanwhile is not asked, and counts nowhere. */
const MOST_BESIDE = 32;
const beside = new WeakMap<RollingVersion, number>();

/**
 * Asks the version that rolls out what the live one is asked, and compares when both are through. Nobody waits for it. Resolves
 * to undefined where it was not asked (too many are beside, or its queue is full), and where both programs refuse the rows.
 */
export async function askBeside(
  rolling: RollingVersion,
  candidate: ServedVersion,
  check: RowCheck,
  asked: { id: string; rows: Parameters<RowCheck>[0]; traceparent?: string | undefined },
  answered: Promise<Prediction[]>,
): Promise<Shadowed | undefined> {
  const running = beside.get(rolling) ?? 0;
  if (running >= MOST_BESIDE) return undefined;
  beside.set(rolling, running + 1);
  const { step } = rolling.target;
  const began = performance.now();
  const { id, traceparent } = asked;
  try {
    const checked = check(asked.rows);
    // The live version takes these rows.
    if ("problems" in checked) return counted({ rows: [], error: "ROWS_INVALID" });
    const { rows } = checked;
    try {
      const predictions = await candidate.answering.ask({
        id,
        rows,
        ...(traceparent === undefined ? {} : { traceparent }),
      });
      const ms = performance.now() - began;
      const live = await answered.catch(() => undefined);
      const disagrees = live && predictions.map((each, row) => !isSame(candidate, each, live[row]));
      return counted({ rows, predictions, ...(disagrees === undefined ? {} : { disagrees }) }, ms);
    } catch (error) {
      const code = error instanceof SlipwayError ? error.code : "INTERNAL";
      // What the live version's program refuses too is the rows' fault: whoever sends such could end every rollout.
      if (code === "SERVE_ERROR" && (await refusalOf(answered)) === code) return undefined;
      return code === "SERVE_BUSY" || code === "INTERRUPTED" ? undefined : counted({ rows, error: code });
    }
  } finally {
    beside.set(rolling, (beside.get(rolling) ?? 1) - 1);
  }

  function counted(about: Omit<Shadowed, "version" | "ms">, ms = performance.now() - began): Shadowed {
    const { error, disagrees = [] } = about;
    const disagreed = disagrees.filter(Boolean).length;
    rolling.count(step, { ms, failed: error !== undefined, compared: disagrees.length, disagreed });
    return { version: candidate, ms, ...about };
  }
}

/** The code that a request was refused with; undefined where it was answered. */
async function refusalOf(answered: Promise<unknown>): Promise<string | undefined> {
  return answered.then(
    () => undefined,
    (error: unknown) => (error instanceof SlipwayError ? error.code : "INTERNAL"),
  );
}

function isSame({ task }: ServedVersion, ours: Prediction, theirs: Prediction | undefined): boolean {
  return samePrediction(task, ours["prediction"] ?? undefined, theirs?.["prediction"] ?? undefined);
}
