import type { StepResult } from "../../schemas/run-result.ts";
import { SlipwayError } from "../errors.ts";

/** Runs a step and records it; `act` may say more about it than that it was done. */
export type StepRunner = <T>(name: StepResult["step"], act: (about: Partial<StepResult>) => Promise<T>) => Promise<T>;

export interface StepEvents {
  signal?: AbortSignal | undefined;
  /** Told when a step starts, and when it has ended. */
  onStep?: ((event: { step: StepResult["step"]; outcome: "started" } | StepResult) => void) | undefined;
  /** User code's output as it comes. */
  onOutput?: ((text: string) => void) | undefined;
}

/**
 * Runs steps one after another, and records each in `steps`: its outcome, its seconds, and what `act` says about it. Rejects
 * with INTERRUPTED before the next one.
 */
export function stepRunner(steps: StepResult[], { signal, onStep }: Pick<StepEvents, "signal" | "onStep">): StepRunner {
  return async (step, act) => {
    if (signal?.aborted) throw new SlipwayError("INTERRUPTED", `The run was interrupted before ${step}`);
    onStep?.({ step, outcome: "started" });
    const about: Partial<StepResult> = {};
    const started = performance.now();
    const end = (outcome: Partial<StepResult>) => {
      const ended = {
        step,
        outcome: "done" as const,
        ...about,
        ...outcome,
        seconds: (performance.now() - started) / 1_000,
      };
      steps.push(ended);
      onStep?.(ended);
    };
    try {
      const result = await act(about);
      end({});
      return result;
    } catch (error) {
      end({ outcome: "failed" });
      throw error;
    }
  };
}
