import { parseDeployMessage } from "../../core/deploy/message.ts";
import type { DeployTarget } from "../../schemas/deploy.ts";
import { gitIn } from "../registry/repositories.ts";

export const image = (letter: string) => `ghcr.io/acme/serve@sha256:${letter.repeat(64)}`;

/** A policy that describes stages; JSON is YAML. */
export const policyWith = (deploy: Record<string, DeployTarget>) => `slipway: 1\ndeploy: ${JSON.stringify(deploy)}\n`;

export const KUBERNETES: Record<string, DeployTarget> = {
  production: { kubernetes: { replicas: 3, open: true }, image: image("a") },
};

export const SPEC = `slipway: 1
task: classification
data: { train: train.csv, test: test.csv, label: species }
train: { run: node train.mjs }
predict: { run: node predict.mjs }
metrics:
  accuracy: { metric: accuracy_score }
gates:
  production:
    - { metric: accuracy, at-least: 0.5 }
`;

/** The branch's files, its newest commit, and what that follows from. */
export async function branchOf(folder: string, ref = "deploy") {
  const files = (await gitIn(folder, "ls-tree", "-r", "--name-only", ref)).split("\n").filter(Boolean);
  const [tip = "", tree = ""] = (await gitIn(folder, "rev-parse", ref, `${ref}^{tree}`)).split("\n");
  const message = await gitIn(folder, "log", "-1", "--format=%B", ref);
  const count = Number(await gitIn(folder, "rev-list", "--count", ref));
  return { files, tip, tree, count, subject: message.split("\n")[0], projection: parseDeployMessage(message) };
}
