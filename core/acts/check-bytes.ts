import type { Refusal } from "../../schemas/decision.ts";
import type { Bytes } from "../../schemas/manifest.ts";
import type { CommitId, Timestamp } from "../../schemas/names.ts";
import type { Problem } from "../../schemas/problem.ts";
import { timestamp } from "../clock.ts";
import { expectedAndFound, SlipwayError } from "../errors.ts";
import { parseStore } from "../stores/address.ts";
import { isDenied, isInStore, storedIn } from "../stores/attested.ts";
import { ATTESTED_FOR } from "../stores/garbage.ts";
import type { CompleteRun } from "./manifest-of.ts";
import { readPolicy } from "./policy.ts";
import type { Ports } from "./ports.ts";
import { predictionFiles } from "./prediction-files.ts";

/**
 * Whether a run's bytes are where they stay. A host that can read the policy's store reads them and compares their digests.
 * One that may not goes by the result, which is attested: its job has to have put them into the very store that the policy
 * at `tip` names, no longer ago than nothing there is garbage for certain. A folder is always read: who cannot read it may be
 * looking at another one. Rejects where the store cannot tell now, as it may tell later.
 */
export async function checkBytes(
  ports: Pick<Ports, "store" | "objects" | "name" | "clock">,
  run: CompleteRun,
  tip: CommitId,
): Promise<Bytes | { refusal: Refusal }> {
  for (const [what, file] of filesOf(run)) {
    if (file.uri.startsWith("actions:"))
      return notKept(`The ${what} is an Actions artifact, ${file.uri}, which GitHub deletes after some days.`);
  }
  for (const [what, file] of filesOf(run)) {
    try {
      const state = await ports.store.verify(file);
      if (state === "ok") continue;
      return {
        refusal: {
          code: state === "missing" ? "ARTIFACT_MISSING" : "ARTIFACT_CORRUPT",
          message: `${what} ${state} in the store: ${file.uri}`,
          hint: "Do the runners write to the store that this host reads? Then run all jobs of the workflow again; `/retry` does, if none failed.",
        },
      };
    } catch (error) {
      if (!(error instanceof SlipwayError)) throw error;
      if (isDenied(error)) return attested(ports, run, tip, error);
      if (error.code === "ARTIFACT_NOT_DURABLE") return notKept(error.message);
      if (FOR_PEOPLE.has(error.code)) return { refusal: refusalOf(error) };
      throw error;
    }
  }
  return { outcome: "checked", by: ports.name };
}

/** No further attempt mends it, and people wait to hear of it. */
const FOR_PEOPLE: ReadonlySet<string> = new Set([
  "STORE_NOT_ALLOWED",
  "SYMLINK_REFUSED",
  "POLICY_INVALID",
  "UNSUPPORTED",
]);

function filesOf(run: CompleteRun) {
  const { artifact, predictions, data } = run;
  const files = Object.entries({ artifact, predictions, ...predictionFiles(run), profile: data.profile });
  return files.flatMap(([what, file]) => (file === undefined ? [] : [[what, file] as const]));
}

/** The result's word, where it says of the policy's own store that these bytes are there; `denied` says why it has to do. */
async function attested(
  { objects, clock }: Pick<Ports, "objects" | "clock">,
  run: CompleteRun,
  tip: CommitId,
  denied: SlipwayError,
): Promise<Bytes | { refusal: Refusal }> {
  const store = parseStore((await readPolicy({ objects }, tip)).artifacts?.store);
  if (store.scheme === "file") return { refusal: refusalOf(denied) };
  const elsewhere = filesOf(run).find(([, file]) => !isInStore(store, file));
  const [expected, told] = [storedIn(store), run.stored];
  if (elsewhere === undefined && told?.store === expected.store && told.endpoint === expected.endpoint) {
    const now = clock();
    const age = now.getTime() - Date.parse(told.at);
    const isFresh = age <= ATTESTED_FOR && age >= -MOST_AHEAD;
    return isFresh ? { outcome: "attested", run: run.run } : { refusal: expired(told.at, timestamp(now), denied) };
  }
  const words = ({ store: uri, endpoint }: ReturnType<typeof storedIn>) =>
    endpoint === undefined ? uri : `${uri} at ${endpoint}`;
  const [what, file] = elsewhere ?? [];
  const found = file === undefined ? (told === undefined ? "no store" : words(told)) : `the ${what} at ${file.uri}`;
  return {
    refusal: {
      code: "ARTIFACT_ELSEWHERE",
      message: `This host may not read the store (${denied.message}), and the run does not attest that its bytes are in the one that the policy names: expected ${words(expected)}, found ${found}.`,
      hint: "Run the workflow on the default branch again, so that it stores where the policy says now; or give this host credentials to read the store.",
    },
  };
}

/** Milliseconds that a runner's clock may be ahead of this host's. */
const MOST_AHEAD = 60 * 60 * 1_000;

/** What no record names for longer than that may be removed, and a host that cannot read the store would not see it. */
function expired(at: Timestamp, now: Timestamp, denied: SlipwayError): Refusal {
  return {
    code: "ATTESTATION_EXPIRED",
    message: `This host may not read the store (${denied.message}), and the run says that it put its bytes there at ${at}, where it is ${now} here: its word counts for a day, as \`slipway gc\` may remove them later.`,
    hint: "Run all jobs of the workflow on the default branch again: they put the bytes there once more. A host with credentials to read the store looks for them by itself.",
  };
}

function notKept(message: string): { refusal: Refusal } {
  const hint = "Name a durable store under `artifacts: { store: … }` in slipway.yaml on the default branch.";
  return { refusal: { code: "ARTIFACT_NOT_DURABLE", message, hint } };
}

function refusalOf(error: SlipwayError): Refusal {
  const problem = error.problems[0] as Problem;
  const { code, message, hint } = problem;
  const about = expectedAndFound(problem);
  return { code, message: about === "" ? message : `${message}: ${about}.`, hint };
}
