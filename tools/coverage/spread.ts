import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/**
 * Does the tasks in `jobs` processes of `worker`, a file beside this one that answers each message with one; the answers are in
 * the tasks' order, whichever ended first.
 */
export async function spread<Task extends { size: number }, Answer>(
  worker: string,
  tasks: readonly Task[],
  jobs: number,
  done: (task: Task, seconds: number) => void,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  // The large ones first, so that none is left over at the end.
  const queue = tasks.map((task, at) => ({ task, at })).sort((a, b) => b.task.size - a.task.size);
  const file = fileURLToPath(new URL(worker, import.meta.url));
  const work = async (): Promise<void> => {
    const child = fork(file, { execArgv: ["--import", "tsx"], serialization: "advanced" });
    const died = once(child, "exit").then(([code]) => {
      throw new Error(`A process of the simulation ended with ${code}.`);
    });
    died.catch(() => undefined);
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const since = performance.now();
      const answer = once(child, "message");
      child.send(next.task);
      const [message] = await Promise.race([answer, died]);
      answers[next.at] = message as Answer;
      done(next.task, (performance.now() - since) / 1_000);
    }
    child.disconnect();
  };
  await Promise.all(Array.from({ length: jobs }, work));
  return answers;
}
