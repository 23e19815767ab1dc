import { availableParallelism } from "node:os";
import type { RunResult } from "../../schemas/run-result.ts";
import { linePrefixer } from "./line-prefix.ts";
import { runModel } from "./run-model.ts";
import type { RunDependencies, RunRequest } from "./run-request.ts";

/**
 * Runs models side by side, `jobs` at a time (default: the cores), and gives their results in the order asked. One that
 * fails stops no other; a bug is thrown once the others are done. Output comes in whole lines with the model's name
 * before each, told apart by `onOutput`'s callers no further.
 */
export async function runMany(
  deps: RunDependencies,
  requests: readonly RunRequest[],
  options: { jobs?: number | undefined; onOutput?: ((text: string) => void) | undefined } = {},
): Promise<RunResult[]> {
  const results: Promise<RunResult>[] = [];
  const { onOutput } = options;
  const worker = async () => {
    for (let at = results.length; at < requests.length; at = results.length) {
      const request = requests[at] as RunRequest;
      const prefixed = onOutput && linePrefixer(`${request.model.name} │ `, onOutput);
      const result = runModel(deps, prefixed ? { ...request, onOutput: prefixed.write } : request);
      results.push(result);
      await result.then(
        () => prefixed?.end(),
        () => prefixed?.end(),
      );
    }
  };
  const jobs = Math.max(1, Math.min(options.jobs ?? availableParallelism(), requests.length));
  await Promise.all(Array.from({ length: jobs }, worker));
  return Promise.all(results);
}
