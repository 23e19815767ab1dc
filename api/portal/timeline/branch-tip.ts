import { DEPLOY_REF } from "../../../core/acts/deploy.ts";
import { openSharedBranch } from "../../../core/git/shared-branch.ts";
import { MONITORING_REF } from "../../../core/monitoring/open-branch.ts";
import type { CommitId } from "../../../schemas/names.ts";
import type { PageRequest } from "../request/page.ts";
import type { Branch } from "./asked.ts";

const REFS = { monitoring: MONITORING_REF, deploy: DEPLOY_REF } as const;

/** Where a branch stands, as it was fetched last; the registry, as the page's catalog has it. */
export async function branchTip({ host, catalog }: PageRequest, branch: Branch): Promise<CommitId | undefined> {
  if (branch === "registry") return (await catalog()).commit;
  const { objects, remote } = host.ports;
  return openSharedBranch(objects, remote, REFS[branch]).tip();
}
