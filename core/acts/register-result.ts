import type { Person } from "../../schemas/names.ts";
import type { RunResult } from "../../schemas/run-result.ts";
import type { Ports } from "./ports.ts";
import type { RegistrationResult } from "./register.ts";

/** What registering a finished run comes to: what `registerModel` answers, without the run that the caller has. */
export type ResultRegistration =
  | Omit<Extract<RegistrationResult, { outcome: "registered" }>, "run" | "report">
  | Extract<RegistrationResult, { outcome: "unchanged" }>
  | Omit<Extract<RegistrationResult, { outcome: "refused" }>, "run" | "report">
  | Omit<Extract<RegistrationResult, { outcome: "failed" }>, "run">;

export interface ResultOptions {
  run: RunResult;
  requestedBy: Person;
  /** The pull request whose merge is registered. */
  pullRequest?: number | undefined;
}

/** Registers what the default branch's own run has made. */
export async function registerResult(_ports: Ports, _request: ResultOptions): Promise<ResultRegistration> {
  throw new Error("not there yet");
}
