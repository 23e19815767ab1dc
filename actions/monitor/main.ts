import { runAction } from "../job/run-action.ts";
import { run } from "./run.ts";

await runAction(run);
