import type { Problem } from "../../schemas/problem.ts";
import type { ReasonCode } from "../errors.ts";
import type { Keys, YamlFile } from "./yaml.ts";

export type About = Pick<Problem, "expected" | "found" | "hint">;

/** Collects what is wrong with one file, each at its place. */
export interface Diagnostics {
  readonly problems: Problem[];
  readonly warnings: Problem[];
  /** `at: "key"` points at the last key itself. */
  problem(keys: Keys, code: ReasonCode, message: string, about?: About, at?: "key" | "value"): void;
  warning(keys: Keys, code: ReasonCode, message: string, about?: About): void;
}

export function diagnosticsOf(file: string, yaml: Pick<YamlFile, "position">): Diagnostics {
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  return {
    problems,
    warnings,
    problem(keys, code, message, about = {}, at = "value") {
      problems.push({ code, message, file, ...yaml.position(keys, at), ...about });
    },
    warning(keys, code, message, about = {}) {
      warnings.push({ code, message, file, ...yaml.position(keys), ...about });
    },
  };
}
