import type { StepEvents } from "../core/stages/steps.ts";
import type { Progress, ProgressStep } from "./progress.ts";

/** Shows a run's steps and its user code's output; `model` is named if several run side by side. */
export function stepProgress(
  progress: Progress,
  model: string | undefined,
): Required<Pick<StepEvents, "onStep" | "onOutput">> {
  let current: ProgressStep | undefined;
  return {
    onStep: (event) => {
      if (event.outcome === "started") {
        current = progress.start(event.step, model);
        return;
      }
      const said = event.outcome === "done" ? [] : [event.outcome];
      const detail = [...said, ...("detail" in event && event.detail ? [event.detail] : [])].join(": ");
      if (event.outcome === "failed") current?.fail();
      else current?.done(detail === "" ? undefined : detail);
    },
    onOutput: (text) => progress.output(text, model),
  };
}
