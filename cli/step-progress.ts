import type { RunOptions } from "../core/acts/run.ts";
import type { Progress, ProgressStep } from "./progress.ts";

/** Shows a run's steps, the bytes of data that it fetches and its user code's output; `model` is named if several run side by side. */
export function stepProgress(
  progress: Progress,
  model: string | undefined,
): Required<Pick<RunOptions, "onStep" | "onOutput" | "transfer">> {
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
    transfer: () => progress.transfer("fetching"),
    onOutput: (text) => progress.output(text, model),
  };
}
