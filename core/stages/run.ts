import type { RunResult } from "../../schemas/run-result.ts";
import type { PreparedData } from "../data/prepare.ts";
import type { WorkFolder } from "../runtime/work-folder.ts";
import type { RunDependencies, RunRequest } from "./run-request.ts";
import type { GivenData } from "./user-code/user-code.ts";

/** One run under way: what the steps share. */
export interface Run {
  deps: RunDependencies;
  request: RunRequest;
  record: RunResult;
  work: WorkFolder;
  /** The run's own folder, which stays. */
  folder: string;
  prepared: PreparedData;
  /** A prepared file with what goes along with it. */
  given(file: string): GivenData;
}

export type Step = RunResult["steps"][number];
export type StepName = Step["step"];

/** Runs a step and records it; `act` may say more about it than that it was done. */
export type StepRunner = <T>(name: StepName, act: (about: Partial<Step>) => Promise<T>) => Promise<T>;
