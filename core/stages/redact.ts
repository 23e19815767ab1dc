import { readFile, writeFile } from "node:fs/promises";
import type { Problem } from "../../schemas/problem.ts";
import type { Tracked } from "../../schemas/tracked.ts";

/** Shorter ones would blacken half of every log, as GitHub's own mask leaves them. */
const SHORTEST = 4;

/** Puts *** where a secret's value stands: what user code printed is kept, and read by more people than may know it. */
export function redactor(secrets: Readonly<Record<string, string>> = {}): (text: string) => string {
  const values = Object.values(secrets)
    .flatMap((value) => [value, ...value.split(/\r?\n/)])
    .filter((value) => value.length >= SHORTEST)
    .sort((a, b) => b.length - a.length);
  return (text) => values.reduce((rest, value) => rest.replaceAll(value, "***"), text);
}

/** The same for a problem's words. */
export function redactProblem(problem: Problem, redact: (text: string) => string): Problem {
  const words = Object.entries(problem).map(([key, value]) => [key, typeof value === "string" ? redact(value) : value]);
  return Object.fromEntries(words) as Problem;
}

/** The same for all that a program logged itself, but for names of fields and numbers. */
export function redactTracked(tracked: Tracked, redact: (text: string) => string): Tracked {
  const words = (list: Tracked["runs"][number]["params"]) =>
    list.map(({ name, value }) => ({ name: redact(name), value: redact(value) }));
  const runs = tracked.runs.map((run) => ({
    ...run,
    name: redact(run.name),
    ...(run.experiment === undefined ? {} : { experiment: redact(run.experiment) }),
    params: words(run.params),
    tags: words(run.tags),
    metrics: run.metrics.map((metric) => ({ ...metric, name: redact(metric.name) })),
    artifacts: run.artifacts.map((artifact) => ({ ...artifact, path: redact(artifact.path) })),
  }));
  return { ...tracked, runs, left_out: tracked.left_out.map(redact) };
}

/** The same for a log file, in place; byte for byte where there is nothing to hide. */
export async function redactFile(path: string, secrets: Readonly<Record<string, string>> = {}): Promise<void> {
  if (Object.keys(secrets).length === 0) return;
  const bytes = Object.entries(secrets).map(([name, value]) => [name, Buffer.from(value).toString("latin1")] as const);
  const text = (await readFile(path)).toString("latin1");
  const hidden = redactor(Object.fromEntries(bytes))(text);
  if (hidden !== text) await writeFile(path, Buffer.from(hidden, "latin1"));
}
