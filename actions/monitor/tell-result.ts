import { visibleText } from "../../core/report/escape-text.ts";
import { counted } from "../../core/report/verdict-words.ts";
import type { MonitorResult } from "../../schemas/monitoring.ts";
import type { ActionPorts } from "../job/ports.ts";

/** GitHub shows ten annotations of a step. */
const MOST = 10;

/** Tells in the job's log and its annotations what was looked at, what moved, and which models could not be looked at. */
export function tellResult(ports: Pick<ActionPorts, "annotate" | "log">, result: MonitorResult): void {
  const { windows, unchanged, left = 0, moved, problems, notes } = result;
  ports.log(`${counted(windows.length, "new look")}, ${counted(unchanged, "window")} with nothing new.`);
  if (left > 0) ports.log(`${counted(left, "window")} left to the next run.`);
  for (const { model, changes } of moved)
    ports.log(`The data of ${model} moved: ${visibleText(changes.join("; "), 1_000)}`);
  for (const { model, code, message } of problems.slice(0, MOST))
    ports.annotate("warning", { title: code, message: `${model}: ${visibleText(message, 1_000)}` });
  for (const { model, code, message } of [...problems.slice(MOST), ...notes])
    ports.log(`${model}: ${visibleText(message, 1_000)} (${code})`);
}
