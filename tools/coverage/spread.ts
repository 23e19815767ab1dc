import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Cell } from "./measure.ts";
import type { Task } from "./worker.ts";

/** Does the tasks in `jobs` processes; the answer is in the tasks' order, whichever ended first. */
export async function spread(
  tasks: readonly Task[],
  jobs: number,
  done: (task: Task, seconds: number) => void,
): Promise<Cell[]> {
  const answers: Cell[][] = tasks.map(() => []);
  // The large ones first, so that none is left over at the end.
  const queue = tasks.map((task, at) => ({ task, at })).sort((a, b) => b.task.size - a.task.size);
  const file = fileURLToPath(new URL("worker.ts", import.meta.url));
  const work = async (): Promise<void> => {
    const worker = fork(file, { execArgv: ["--import", "tsx"], serialization: "advanced" });
    const died = once(worker, "exit").then(([code]) => {
      throw new Error(`A process of the simulation ended with ${code}.`);
    });
    died.catch(() => undefined);
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const since = performance.now();
      const answer = once(worker, "message");
      worker.send(next.task);
      const [cells] = await Promise.race([answer, died]);
      answers[next.at] = cells as Cell[];
      done(next.task, (performance.now() - since) / 1_000);
    }
    worker.disconnect();
  };
  await Promise.all(Array.from({ length: jobs }, work));
  return answers.flat();
}
