import { z } from "zod";

const About = z.object({
  repository: z.object({ id: z.int() }),
  pull_request: z.object({ number: z.int(), head: z.object({ sha: z.string() }) }).optional(),
  workflow_run: z.object({ id: z.int(), run_attempt: z.int().default(1) }).optional(),
  comment: z.object({ id: z.int() }).optional(),
});

/**
 * A key for what an event is about, if GitHub can be asked about it later. A webhook and the catch-up give the same
 * key, so that the catch-up leaves alone what was handled. A pull request's key has its head: another head is
 * another event.
 */
export function eventKey(event: string, payload: unknown): string | undefined {
  const { data } = About.safeParse(payload);
  if (data === undefined) return undefined;
  const { repository, pull_request: pull, workflow_run: run, comment } = data;
  const { action } = payload as { action?: unknown };
  if (event === "pull_request" && pull) return pullKey(repository.id, pull.number, pull.head.sha);
  if (event === "workflow_run" && run && action === "completed") return runKey(repository.id, run.id, run.run_attempt);
  if (event === "issue_comment" && comment && action === "created") return commentKey(repository.id, comment.id);
  return undefined;
}

export function pullKey(repository: number, number: number, head: string): string {
  return `pull:${repository}:${number}:${head}`;
}

export function runKey(repository: number, run: number, attempt: number): string {
  return `run:${repository}:${run}:${attempt}`;
}

export function commentKey(repository: number, comment: number): string {
  return `comment:${repository}:${comment}`;
}
