import type { TestSetPrice } from "../../schemas/cli-output.ts";
import type { AskedGate } from "../../schemas/gate.ts";
import type { Manifest } from "../../schemas/manifest.ts";
import { SlipwayError } from "../errors.ts";
import { DEFAULT_TRIES } from "../gates/asked-level.ts";
import { defaultBranch, fetchDefaultBranch } from "../git/default-branch.ts";
import { gateSights, type MeasuredVersion } from "../ledger/gate-sights.ts";
import { triesLeft } from "../ledger/tries-left.ts";
import { displayName } from "../promotion/apply-change.ts";
import type { RegistrySnapshot } from "../registry/registry.ts";
import { readGates } from "./policy.ts";
import type { Ports } from "./ports.ts";
import { evaluatedVersion } from "./registered.ts";
import { readLedger } from "./spend-tries.ts";

/** Of tries on a test set that no gate with a confidence is asked of. */
const USUAL_CONFIDENCE = 0.95;
/** The newest versions of which one may have been compared with what is live. */
const MOST_VERSIONS = 5;

/**
 * What another try on a version's test set can see, by the gates that the default branch has now, and how many tries are left.
 * Undefined of a version that was never evaluated. Where the gates cannot be read, it is the default's number of tries alone.
 */
export async function testSetPrice(
  ports: Pick<Ports, "objects" | "remote">,
  snapshot: RegistrySnapshot,
  manifest: Manifest,
): Promise<TestSetPrice | undefined> {
  const { evaluation } = manifest;
  if (Object.keys(evaluation.metrics).length === 0) return undefined;
  const { gates, budget } = await rulesNow(ports, snapshot, manifest.model);
  const { sha256, rows } = evaluation.test;
  const { tries } = await readLedger(snapshot, { sha256, rows });
  const confidences = gates.flatMap(({ gate }) => gate.confidence ?? []);
  const asked = confidences.length > 0 ? confidences : [USUAL_CONFIDENCE];
  const sees = gateSights(gates, await measuredVersion(snapshot, manifest), budget);
  return {
    ...{ sha256, rows, budget, confidence: Math.max(...asked), spent: tries.length },
    ...(budget === 0 ? {} : { left: triesLeft(asked, budget, tries) }),
    sees: sees.map(({ gate, sight: { level, seen, rows } }) => ({
      ...{ gate, level, rows },
      seen: Number.isFinite(seen) ? seen : null,
    })),
  };
}

async function rulesNow(
  ports: Pick<Ports, "objects" | "remote">,
  snapshot: RegistrySnapshot,
  model: string,
): Promise<{ gates: AskedGate[]; budget: number }> {
  const { objects, remote } = ports;
  try {
    const { repository } = objects;
    const { commit } =
      remote === undefined ? await defaultBranch(repository) : await fetchDefaultBranch(repository, remote);
    const record = await snapshot.model(model);
    const about = record === undefined ? {} : { displayName: displayName(record) };
    const { every, budget } = await readGates(ports, commit, model, "register", about);
    return { gates: every, budget };
  } catch (error) {
    if (!(error instanceof SlipwayError)) throw error;
    return { gates: [], budget: DEFAULT_TRIES };
  }
}

/** What was measured of a version, later comparisons too. */
async function measuredVersion(snapshot: RegistrySnapshot, manifest: Manifest): Promise<MeasuredVersion> {
  const { model, version, evaluation } = manifest;
  const later = await snapshot.list("comparison", model, (at) => at.version === version);
  return { evaluation, comparisons: [...evaluation.comparisons, ...later.map(({ comparison }) => comparison)] };
}

/** What was measured of a model's newest versions, the newest first; none of a model that is not registered. */
export async function newestMeasured(snapshot: RegistrySnapshot, model: string): Promise<MeasuredVersion[]> {
  const folder = await snapshot.find(model);
  if (folder === undefined) return [];
  const versions = (await snapshot.versions(folder)).slice(-MOST_VERSIONS).reverse();
  const found = await Promise.all(versions.map((version) => evaluatedVersion(snapshot, folder, version)));
  return Promise.all(found.flatMap((each) => (each ? [measuredVersion(snapshot, each.manifest)] : [])));
}
