import { decidingBranch } from "../../core/acts/binding.ts";
import { findMovedPins } from "../../core/acts/moved-pins.ts";
import { openRetrain } from "../../core/acts/open-retrain.ts";
import type { Ports } from "../../core/acts/ports.ts";
import { soundProject } from "../../core/acts/project.ts";
import { timestamp } from "../../core/clock.ts";
import { type ReasonCode, SlipwayError } from "../../core/errors.ts";
import { openCommit } from "../../core/source/commit.ts";
import type { PortalHost } from "./request/host.ts";
import type { Said } from "./request/said.ts";

/** Looks at a model's data from here, as `slipway retrain` does; new pins come onto the model's retrain branch. */
export function plainRetrain(ports: Ports, env: NodeJS.ProcessEnv): NonNullable<PortalHost["retrain"]> {
  return async ({ model, reason, by }): Promise<Said> => {
    const { commit } = await decidingBranch(ports);
    const { models, policy } = await soundProject(openCommit(ports.objects, commit), [model]);
    const access = { env, store: policy.artifacts?.store, signal: ports.signal };
    const { moved, problems } = await findMovedPins(ports, commit, models.values(), access);
    const [problem] = problems;
    if (problem !== undefined)
      throw new SlipwayError(problem.code as ReasonCode, problem.message, { found: problem.model });
    const [pins] = moved;
    if (pins === undefined) return { said: `The data of ${model} has not moved since it was pinned.` };
    const { outcome, branch } = await openRetrain(ports, {
      ...{ moved: pins, by, at: timestamp(ports.clock()), delay: 0, asked: true },
      reason: { alarms: [], said: reason, by: by.name },
    });
    const words =
      outcome === "opened" || outcome === "updated" || outcome === "open"
        ? WORDS[outcome]
        : "is left alone: somebody works on it, or it waits";
    return { said: `The data of ${model} has moved: the branch ${branch} ${words}.` };
  };
}

const WORDS = {
  opened: "has the new pins",
  updated: "has newer pins now, and is not merged yet",
  open: "has these pins already, and waits to be merged",
} as const;
