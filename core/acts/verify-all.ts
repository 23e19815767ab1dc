import type { CommitId } from "../../schemas/names.ts";
import { SlipwayError } from "../errors.ts";
import { type Finding, unprovenCommit } from "../registry/finding.ts";
import { type Repaired, repairRegistry } from "../registry/repair.ts";
import type { Signing } from "../registry/sign-tags.ts";
import { type Verification, verifyRegistry } from "../registry/verify.ts";
import { decidingBranch } from "./binding.ts";
import { decideAgain } from "./decide-again.ts";
import { DEPLOY_REF, type DeployPorts, deploy } from "./deploy.ts";
import type { Ports } from "./ports.ts";
import { commitProver, type UnprovenCommit } from "./prove-commits.ts";
import { currentSigners } from "./signers.ts";
import { triedAgain } from "./tried-again.ts";
import { verifyDeploy } from "./verify-deploy.ts";
import { verifyMonitoring } from "./verify-monitoring.ts";

export interface VerifyAllOptions {
  /** Takes every commit that nothing here proves for a finding. */
  strict?: boolean | undefined;
  /** Reads each stored file and compares its digest; without it, names and sizes are looked at. */
  artifacts?: boolean | undefined;
  /** Mends first what has one answer alone; `from` is a copy to take whole objects from. */
  repair?: { from?: string | undefined; signing: Signing } | undefined;
}

/** The registry's verification, with the commits that records name: `proven` counts those that are on the default branch. */
export interface WholeVerification extends Verification {
  proven: number;
  unproven: UnprovenCommit[];
  repaired?: Repaired[];
}

/** Verifies a registry whole: its records as `verifyRegistry` does, its decisions, and the commits that they were made on. */
export async function verifyAll(
  ports: Pick<Ports, "objects" | "workspace" | "registry" | "store" | "remote" | "clock">,
  { strict = false, artifacts = false, repair }: VerifyAllOptions = {},
): Promise<WholeVerification> {
  const { objects, workspace, store, remote } = ports;
  const signers = await currentSigners(ports);
  const tip = await tipOf(ports);
  const asked = { folder: workspace.folder, remote, signers };
  const mended = repair && (await repairRegistry({ ...asked, ...repair }));
  const prover = commitProver({ objects, tip });
  const found = await verifyRegistry({
    ...asked,
    artifacts: { verify: (object) => (artifacts ? store.verify(object) : store.has(object)) },
    now: ports.clock(),
    decide: async (records, ...rest) => [...(await decideAgain(records, ...rest)), ...(await prover.check(records))],
    recount: triedAgain,
  });
  const redeployed = repair && (await redeploy(ports));
  const unproven = prover.unproven();
  const findings: Finding[] = [
    ...found.findings,
    ...(await verifyDeploy(ports, found.findings.length > 0)),
    ...(await verifyMonitoring(ports, found.findings.length > 0)),
    ...(strict ? unproven.map(unprovenCommit) : []),
  ];
  return {
    ...found,
    ...{ findings, unproven, proven: prover.proven() },
    ...(mended === undefined ? {} : { repaired: [...mended.repaired, ...(redeployed ?? [])] }),
  };
}

/** What an interrupted writer left out of the branch deploy; where that is not possible, verifying says why. */
async function redeploy(ports: DeployPorts): Promise<Repaired[]> {
  try {
    const done = await deploy(ports);
    if (done.outcome !== "written") return [];
    return [{ ref: DEPLOY_REF, message: "Wrote the branch deploy: it follows from the registry." }];
  } catch (error) {
    if (error instanceof SlipwayError) return [];
    throw error;
  }
}

async function tipOf(ports: Pick<Ports, "workspace" | "remote">): Promise<CommitId | undefined> {
  try {
    return (await decidingBranch(ports)).commit;
  } catch (error) {
    if (error instanceof SlipwayError && error.code === "NO_COMMIT") return undefined;
    throw error;
  }
}
