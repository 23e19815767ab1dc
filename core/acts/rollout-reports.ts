import type { Timestamp } from "../../schemas/names.ts";
import { type RolloutReport, SignedReport } from "../../schemas/rollout.ts";
import { canonicalJson, sha256 } from "../canonical.ts";
import { timestamp } from "../clock.ts";
import type { PrivateKey } from "../git/ssh/private-key.ts";
import { parsePublicKey } from "../git/ssh/public-key.ts";
import { checkSignature, makeSignature } from "../git/ssh/signature.ts";
import { sumFigures } from "../rollout/figures.ts";
import type { NamedStore } from "../stores/named.ts";
import type { RollingOut } from "./rolling-out.ts";
import type { Evidence } from "./step-rollout.ts";

/** Reports that count, and why others do not. */
export interface CheckedReports {
  /** Undefined if none counts. */
  evidence: Evidence | undefined;
  refused: string[];
}

/** Where replicas put what they count of rollouts, to be read alone. */
export type ReportStore = Pick<NamedStore, "get" | "list">;

const MOST_REPORTS = 1_000;
const MOST_BYTES = 128 * 1024;
/** A replica that reports that much later than another has ended: each reports every half minute. */
const SILENT_MS = 70_000;
/** A clock may be that much ahead of this one. */
const AHEAD_MS = 5 * 60_000;

/** Where a replica's report of a step is, below the request log's place: a later one replaces it. */
export function reportName({ decision, step, replica }: Pick<RolloutReport, "decision" | "step" | "replica">): string {
  return `${reportFolder(decision, step)}${replica}.json`;
}

function reportFolder(decision: string, step: number): string {
  return `rollouts/${decision}/${step}/`;
}

/** A report as it is handed in, signed with the reporter's key. */
export function signReport(report: RolloutReport, key: PrivateKey): Buffer {
  const signed: SignedReport = { report, signature: makeSignature(key, signedBytes(report)) };
  return Buffer.from(canonicalJson(signed));
}

/** The reports of a rollout's present step in a store. Rejects as the store does. */
export async function storedReports(
  store: ReportStore,
  { state }: Pick<RollingOut, "state">,
  signal?: AbortSignal,
): Promise<Buffer[]> {
  const names = await store.list(reportFolder(state.decision, state.step), { signal });
  const reports: Buffer[] = [];
  // Whoever writes to the store decides how much there is: it is read in turn, and what is too long is not.
  for (const name of names.sort().slice(0, MOST_REPORTS)) {
    const bytes = await store.get(name, { signal, most: MOST_BYTES });
    if (bytes !== undefined) reports.push(bytes);
  }
  return reports;
}

/**
 * What reports say together: each has to be signed by the reporter, and of this rollout, this step and this moment or before.
 * Of a replica that handed in several, the latest counts.
 */
export function checkReports(
  reports: readonly Buffer[],
  rolling: Pick<RollingOut, "model" | "stage" | "state">,
  reporter: string,
  now: Timestamp,
): CheckedReports {
  const refused: string[] = [];
  const latest = new Map<string, { report: RolloutReport; digest: string }>();
  for (const bytes of reports.slice(0, MOST_REPORTS)) {
    const digest = sha256(bytes);
    const report = readReport(bytes, rolling, reporter, now);
    if (typeof report === "string") refused.push(`report ${digest.slice(0, 12)}: ${report}`);
    else {
      const known = latest.get(report.replica);
      if (known === undefined || known.report.until < report.until) latest.set(report.replica, { report, digest });
    }
  }
  const counted = [...latest.values()];
  if (counted.length === 0) return { evidence: undefined, refused };
  const evidence: Evidence = {
    figures: sumFigures(counted.map(({ report }) => report.figures)),
    until: reachedByAll(counted.map(({ report }) => report.until)),
    reports: counted.map(({ digest }) => digest).sort(),
  };
  return { evidence, refused };
}

/** Up to when every replica counted that reports still; what one counted that ended before is in the sum. */
function reachedByAll(untils: readonly Timestamp[]): Timestamp {
  const latest = Math.max(...untils.map((each) => Date.parse(each)));
  return untils.filter((each) => Date.parse(each) >= latest - SILENT_MS).reduce((a, b) => (a < b ? a : b));
}

/** The report, or why it does not count. */
function readReport(
  bytes: Buffer,
  { model, stage, state }: Pick<RollingOut, "model" | "stage" | "state">,
  reporter: string,
  now: Timestamp,
): RolloutReport | string {
  if (bytes.length > MOST_BYTES) return `it has ${bytes.length} bytes, and may have ${MOST_BYTES}`;
  const parsed = SignedReport.safeParse(jsonOf(bytes));
  if (!parsed.success) return "it is no signed report";
  const { report, signature } = parsed.data;
  const checked = checkSignature(Buffer.from(signature), signedBytes(report));
  if ("wrong" in checked) return checked.wrong;
  const expected = parsePublicKey(reporter)?.fingerprint;
  if (checked.key.fingerprint !== expected) return `it is signed by ${checked.key.fingerprint}, not by ${expected}`;
  if (report.decision !== state.decision) return `it is of rollout ${report.decision}, not of ${state.decision}`;
  if (report.model !== model || report.stage !== stage || report.version !== state.version)
    return `it is of ${report.model} version ${report.version} for ${report.stage}`;
  if (report.step !== state.step) return `it is of step ${report.step + 1}, not of step ${state.step + 1}`;
  if (report.until < report.since || report.until < state.since) return `it ends at ${report.until}, before it begins`;
  if (report.until > timestamp(new Date(Date.parse(now) + AHEAD_MS)))
    return `it reaches up to ${report.until}, which is to come`;
  const { requests, errors, compared, disagreed, latency_ms } = report.figures;
  const timed = Object.values(latency_ms).reduce((sum, each) => sum + each, 0);
  if (errors > requests || disagreed > compared || timed !== requests) return "its figures cannot be";
  return report;
}

function signedBytes(report: RolloutReport): Buffer {
  return Buffer.from(`slipway rollout report\n${canonicalJson(report)}`);
}

function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}
