import type { Manifest } from "../../schemas/manifest.ts";
import { Snooze, WindowRecord } from "../../schemas/monitoring.ts";
import type { BlobId, CommitId } from "../../schemas/names.ts";
import { barWords } from "../drift/bar-words.ts";
import { LEVEL } from "../drift/drift-tests.ts";
import { isBroken } from "../drift/rules.ts";
import { windowFaults } from "../drift/window-faults.ts";
import { SlipwayError } from "../errors.ts";
import { MONITORING_REF, openMonitoring } from "../monitoring/open-branch.ts";
import {
  formatMonitoringPath,
  MOST_RECORD_BYTES,
  type MonitoringPath,
  parseMonitoringPath,
} from "../monitoring/paths.ts";
import { belongs, parseRecord } from "../monitoring/read-records.ts";
import type { Finding } from "../registry/finding.ts";
import type { RegistrySnapshot } from "../registry/registry.ts";
import { filesBelow } from "./check-deploy.ts";
import type { Ports } from "./ports.ts";
import { verifyLabelRollbacks } from "./verify-label-rollbacks.ts";
import { verifyMonitoringHistory } from "./verify-monitoring-history.ts";

const HINT =
  "See who wrote it with `git log monitoring`, and set the branch back to Slipway's last good commit: what was looked at since is looked at again.";
/** Records that are read at once. */
const AT_ONCE = 200;

type VerifyPorts = Pick<Ports, "objects" | "registry" | "remote">;

/**
 * Whether the branch `monitoring` is what it says: Slipway's commits alone, each with the files that it names; nothing gone that was
 * there; records that stand where they belong, of versions that are registered, with what each test comes to by its own counts. What
 * was found in the registry already (`faulty`) may keep it from being read. Rejects with REMOTE_FAILED.
 */
export async function verifyMonitoring(ports: VerifyPorts, faulty: boolean): Promise<Finding[]> {
  try {
    const branch = openMonitoring(ports.objects, ports.remote);
    await branch.refresh();
    const tip = await branch.tip();
    if (tip === undefined) return [];
    return [...(await verifyMonitoringHistory(ports.objects, tip)), ...(await verifyFiles(ports, tip))];
  } catch (error) {
    if (!(error instanceof SlipwayError) || error.code === "REMOTE_FAILED") throw error;
    if (faulty) return [];
    return [{ code: "MONITORING_WRONG", message: `${error.code}: ${error.message}`, ref: MONITORING_REF, hint: HINT }];
  }
}

/** The newest commit's files. */
async function verifyFiles({ objects, registry }: VerifyPorts, tip: CommitId): Promise<Finding[]> {
  const findings: Finding[] = [];
  const wrong = (path: string, message: string) =>
    findings.push({ code: "MONITORING_WRONG", message, path, commit: tip, ref: MONITORING_REF, hint: HINT });
  const records: { at: MonitoringPath; blob: BlobId }[] = [];
  for (const [path, blob] of await filesBelow(objects, tip)) {
    const at = parseMonitoringPath(path);
    if (at === undefined) wrong(path, `${path} is none of Slipway's files.`);
    // What people read is written anew from the records, and nothing rests on it.
    else if (at.kind !== "alarm") records.push({ at, blob });
  }
  const snapshot = await registry.snapshot();
  const models = [...new Set(records.map(({ at }) => at.model))];
  findings.push(...(await verifyLabelRollbacks(objects, snapshot, models, tip)));
  const check = checkerOf(snapshot);
  for (let start = 0; start < records.length; start += AT_ONCE) {
    const some = records.slice(start, start + AT_ONCE);
    const contents = await objects.readMany(
      some.map(({ blob }) => blob),
      MOST_RECORD_BYTES,
    );
    for (const [index, { at }] of some.entries()) {
      const path = formatMonitoringPath(at);
      for (const fault of await check(at, contents[index]?.content, path)) wrong(path, `${path}: ${fault}.`);
    }
  }
  return findings;
}

/** What is wrong with a record. */
function checkerOf(snapshot: RegistrySnapshot) {
  const manifests = new Map<string, ReturnType<RegistrySnapshot["manifest"]>>();
  const manifestOf = (model: string, version: number) => {
    const key = `${model}@${version}`;
    const found = manifests.get(key) ?? snapshot.manifest(model, version);
    manifests.set(key, found);
    return found;
  };
  return async (at: MonitoringPath, content: Buffer | undefined, path: string): Promise<string[]> => {
    if (content === undefined) return ["its bytes are not there"];
    try {
      if (at.kind === "snooze") {
        const { model, id } = parseRecord(content, Snooze, path);
        return model === at.model && id === at.id ? [] : ["it is another one's"];
      }
      const record = parseRecord(content, WindowRecord, path);
      if (at.kind !== "window" || !belongs(record, at)) return ["it is another window's"];
      const manifest = (await manifestOf(record.model, record.version))?.manifest;
      return [
        ...windowFaults(record),
        ...levelWrong(record),
        ...valueWrong(record),
        ...rulesWrong(record),
        ...ofVersion(record, manifest),
      ];
    } catch (error) {
      if (error instanceof SlipwayError && error.code === "MONITORING_INVALID")
        return [error.problems[0]?.found ?? error.message];
      throw error;
    }
  };
}

/** All tests of a window share one level: who makes it another one makes alarms, or takes them away. */
function levelWrong({ tests }: WindowRecord): string[] {
  const level = LEVEL / Math.max(1, tests.length);
  const found = tests.find((test) => !isNear(test.level, level));
  return found === undefined ? [] : [`a test of ${found.column} is at the level ${found.level}, and not ${level}`];
}

/** What decides rests on the hits, and what is shown on the value. */
function valueWrong({ performance }: WindowRecord): string[] {
  const found = performance?.bars.find(
    ({ rows, hits, value }) => hits !== undefined && rows > 0 && (value === null || !isNear(value, hits / rows)),
  );
  return found === undefined
    ? []
    : [`${barWords(found.bar)}: ${found.hits} of ${found.rows} rows are not ${found.value}`];
}

function isNear(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));
}

function rulesWrong({ rules }: WindowRecord): string[] {
  const found = rules.find((rule) => rule.broken !== isBroken(rule));
  return found === undefined
    ? []
    : [`the rule ${found.check} of ${found.column ?? "all rows"} is said to be what its counts do not say`];
}

function ofVersion({ version, inputs }: WindowRecord, manifest: Manifest | undefined): string[] {
  if (manifest === undefined) return [`version ${version} is not registered`];
  const isCompared =
    inputs.profile === manifest.data.profile?.sha256 &&
    inputs.predictions_profile === manifest.predictions_profile?.sha256;
  return isCompared ? [] : [`it was compared with other profiles than those of version ${version}`];
}
