import { runAction } from "../job/run-action.ts";
import { githubDeployments } from "./deployments.ts";
import { run } from "./run.ts";

await runAction((ports) => run({ ...ports, deployments: githubDeployments }));
