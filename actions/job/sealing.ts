import type { SourcePlace } from "../../core/acts/run-source.ts";
import type { Sealing } from "../../core/acts/why-not-sealed.ts";
import { opensToAnyone } from "../../core/data/remote/opens-to-anyone.ts";
import { secretsInput } from "./inputs.ts";
import type { ActionPorts } from "./ports.ts";
import type { JobFacts } from "./run-facts.ts";

/**
 * What opens `data.labels` in the job that scores, which is the secret `labels` beside what every job has, and what that shows
 * of other jobs.
 */
export function sealingOf(
  ports: ActionPorts,
  { repository: { fullName, defaultBranch } }: JobFacts,
): { sealing: Sealing } & Pick<SourcePlace, "labelsEnv"> {
  const given = secretsInput(ports, "labels");
  const labelsEnv = { ...ports.env, ...given };
  const sealing: Sealing = {
    given: Object.keys(given),
    async sharedBy() {
      const { githubApi } = await import("./github-api.ts");
      const { sharedBy } = await import("./shared-by.ts");
      return sharedBy(
        githubApi(ports.input("token"), fullName, ports.context.apiUrl),
        ports.input("environment"),
        defaultBranch,
      );
    },
    opensWithout: (uri, store) => opensToAnyone(uri, { env: ports.env, labelsEnv, store, signal: ports.signal }),
  };
  return { sealing, labelsEnv };
}
