import { createRequire } from "node:module";
import { randomBits } from "../../random-bits.ts";
import type { Repo, State } from "../../sandbox/state.ts";
import { showRepository } from "../../sandbox/views/repository.ts";
import { EACH_TIME, type Job } from "./job.ts";

export type Message = Job["messages"][number];
type Payload = Record<string, unknown>;

/** A second of a busy installation's webhooks, 500 in all: other Apps' checks, other workflows, people's talk. */
const EACH_SECOND: [many: number, event: string, action: string | undefined, about: Payload][] = [
  [100, "check_run", "created", { check_run: { id: EACH_TIME } }],
  [100, "check_run", "completed", { check_run: { id: EACH_TIME } }],
  [30, "check_suite", "completed", { check_suite: { id: EACH_TIME } }],
  [20, "check_suite", "requested", { check_suite: { id: EACH_TIME, pull_requests: [] } }],
  [55, "workflow_run", "requested", { workflow_run: { id: EACH_TIME, path: ".github/workflows/test.yml" } }],
  [55, "workflow_run", "completed", { workflow_run: { id: EACH_TIME, path: ".github/workflows/test.yml" } }],
  [70, "issue_comment", "created", { comment: { id: EACH_TIME } }],
  [39, "push", undefined, { ref: "refs/heads/topic", deleted: false }],
  [1, "push", undefined, { ref: "refs/heads/main", deleted: false }],
  [30, "pull_request", "labeled", {}],
];
export const PER_SECOND = EACH_SECOND.reduce((total, [many]) => total + many, 0);

/**
 * GitHub's own examples of webhooks, each as if from one of `repositories`, and `own` ones that the App has work with:
 * by the second in which they are sent, in their order, in place of checks of others.
 */
export function makeTraffic(
  state: State,
  repositories: readonly Repo[],
  installation: number,
  { seconds, own }: { seconds: number; own: ReadonlyMap<number, readonly Message[]> },
): Pick<Job, "messages" | "order"> {
  const messages: Message[] = [];
  const add = (message: Message) => messages.push(message) - 1;
  const kinds = EACH_SECOND.map(([many, event, action, about]) => ({
    many,
    places: repositories.map((repo) => {
      const payload = { ...exampleOf(event, action, about), repository: showRepository(state, repo) };
      return add({ event, text: JSON.stringify({ ...payload, installation: { id: installation } }) });
    }),
  }));
  const bits = randomBits(1);
  const order: number[] = [];
  for (let second = 0; second < seconds; second += 1) {
    const places = kinds.flatMap(({ many, places }) =>
      Array.from({ length: many }, () => places[bits() % places.length] as number),
    );
    for (const [at, message] of (own.get(second) ?? []).entries()) places[at] = add(message);
    order.push(...shuffled(places, bits, own.get(second)?.length ?? 0));
  }
  return { messages, order };
}

/** All but the first `kept`, which stay in their order, at the head. */
function shuffled(places: readonly number[], bits: () => number, kept: number): number[] {
  const all = [...places];
  for (let at = all.length - 1; at > kept; at -= 1) {
    const other = kept + (bits() % (at - kept + 1));
    [all[at], all[other]] = [all[other] as number, all[at] as number];
  }
  return all;
}

/** GitHub's example, with `about` over what it says of its subjects. */
function exampleOf(event: string, action: string | undefined, about: Payload): Payload {
  const all = createRequire(import.meta.url)("@octokit/webhooks-examples") as { name: string; examples: Payload[] }[];
  const found = all.find(({ name }) => name === event)?.examples.filter((each) => each["action"] === action);
  const example = found?.findLast((each) => (each["workflow_run"] as Payload | undefined)?.["path"] !== null);
  if (example === undefined) throw new Error(`no example of ${event}.${action}`);
  const changed = Object.entries(about).map(([name, value]) =>
    typeof value === "object" ? [name, { ...(example[name] as Payload), ...value }] : [name, value],
  );
  return { ...example, ...Object.fromEntries(changed) };
}
