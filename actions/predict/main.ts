import { shedEnvironment } from "../job/shed-environment.ts";

// First of all, and before the rest is loaded: this may start the program anew.
shedEnvironment();
const { runAction } = await import("../job/run-action.ts");
const { run } = await import("./run.ts");
await runAction(run);
