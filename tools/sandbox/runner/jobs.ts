import { type Attempt, baseContexts, isFork, type JobEnd, type JobRecord, type Result, type Scope } from "./attempt.ts";
import { type Contexts, condition, fill, fillTexts, type Status, text } from "./expressions.ts";
import { inTurn } from "./in-turn.ts";
import { runSteps } from "./job.ts";
import { HOSTED } from "./labels.ts";
import { expandMatrix } from "./matrix.ts";
import { narrow } from "./permissions.ts";
import { failed, finishJob, newJob, startJob } from "./records.ts";
import { takeInputs } from "./take-inputs.ts";
import { calledBy, type JobSpec, locate, parseWorkflow } from "./workflow-file.ts";

/** Runs the jobs of one workflow file, each as soon as those it needs have ended. Resolves to their ends, by id. */
export async function runJobs(attempt: Attempt, scope: Scope): Promise<Record<string, JobEnd>> {
  const started = new Map<string, Promise<JobEnd>>();
  const ancestors = (id: string, below: readonly string[] = []): string[] => {
    if (!scope.file.jobs[id] || below.includes(id))
      throw new Error(`${[...below, id].join(" needs ")}: that cannot be`);
    return needsOf(scope.file.jobs[id]).flatMap((need) => [need, ...ancestors(need, [...below, id])]);
  };
  const start = (id: string, spec: JobSpec): Promise<JobEnd> => {
    const ends = async () => {
      const before = [...new Set(ancestors(id))];
      return Object.fromEntries(await Promise.all(before.map(async (need) => [need, await at(need)] as const)));
    };
    return ends().then((before) => runJob(attempt, scope, id, spec, before));
  };
  const at = (id: string): Promise<JobEnd> => {
    const running = started.get(id) ?? start(id, scope.file.jobs[id] as JobSpec);
    started.set(id, running);
    return running;
  };
  const ids = Object.keys(scope.file.jobs);
  return Object.fromEntries(await Promise.all(ids.map(async (id) => [id, await at(id)] as const)));
}

/** One job of a file with its matrix; `before` is everything that had to end first. Never rejects. */
async function runJob(
  attempt: Attempt,
  scope: Scope,
  id: string,
  spec: JobSpec,
  before: Record<string, JobEnd>,
): Promise<JobEnd> {
  const results = Object.values(before).map(({ result }) => result);
  const cancelled = scope.cancel.aborted;
  const success = !cancelled && results.every((result) => result === "success");
  const status: Status = { success, failure: results.includes("failure"), cancelled };
  const needs = Object.fromEntries(needsOf(spec).map((need) => [need, before[need]]));
  const contexts: Contexts = { ...baseContexts(attempt, scope), needs };
  try {
    if (!condition(spec.if, contexts, status)) {
      const result = cancelled ? "cancelled" : "skipped";
      const name = spec.name === undefined || spec.name.includes("${{") ? id : spec.name;
      finishJob(attempt, newJob(attempt, `${scope.title}${name}`, []), result);
      return { result, outputs: {} };
    }
    const matrix = spec.strategy?.matrix;
    const legs = matrix === undefined ? [{}] : expandMatrix(fill(matrix, contexts));
    const ends = await Promise.all(
      legs.map(async (leg) => {
        const inside = { ...contexts, matrix: leg, strategy: { "job-total": legs.length } };
        const values = Object.values(leg).map(text).join(", ");
        const name =
          spec.name === undefined ? `${id}${values === "" ? "" : ` (${values})`}` : text(fill(spec.name, inside));
        const place = `${scope.place}${id}${matrix === undefined ? "" : JSON.stringify(leg)}`;
        return await runLeg(attempt, scope, { id, spec, contexts: inside, name: `${scope.title}${name}`, place });
      }),
    );
    return { result: worst(ends), outputs: Object.assign({}, ...ends.map(({ outputs }) => outputs)) };
  } catch (error) {
    return failed(attempt, `${scope.title}${id}`, error);
  }
}

interface Leg {
  id: string;
  spec: JobSpec;
  contexts: Contexts;
  name: string;
  place: string;
}

/** A job that runs steps or calls a workflow. Never rejects. */
async function runLeg(attempt: Attempt, scope: Scope, leg: Leg): Promise<JobEnd> {
  const { state, run, fresh } = attempt;
  const { id, spec, contexts, name, place } = leg;
  const needed = [...scope.needed, ...needsOf(spec).map((need) => `${scope.place}${need}`)];
  const callers = [...scope.callers, `${scope.place}${id}`];
  let record: JobRecord | undefined;
  try {
    const permissions = narrow(spec.permissions ?? scope.file.permissions, scope.ceiling, isFork(attempt));
    if (spec.uses !== undefined)
      return await callWorkflow(attempt, scope, leg, { callers, needed, ceiling: permissions });
    const kept = attempt.kept.get(place);
    if (kept && !needed.some((one) => fresh.has(one))) {
      const job = { ...kept.job, id: state.nextId(), attempt: run.attempt };
      run.jobs.push(job);
      attempt.ends.set(place, { ...kept, job });
      return { result: kept.result, outputs: kept.outputs };
    }
    for (const caller of callers) fresh.add(caller);
    const labels = [fill(spec["runs-on"], contexts)].flat().map(text);
    const ready = newJob(attempt, name, labels);
    record = ready;
    checkRunner(attempt, labels, fill(spec.container, contexts));
    const secrets = { ...scope.secrets, ...environmentSecrets(attempt, fill(spec.environment, contexts)) };
    const end = await inTurn(attempt, spec.concurrency, contexts, scope.cancel, async (cancel) => {
      const minutes = Number(fill(spec["timeout-minutes"] ?? 360, contexts));
      const release = await attempt.slots.take();
      const late = AbortSignal.timeout(minutes * 60_000);
      startJob(attempt, ready);
      const request = { id, spec, ...ready, contexts, permissions, cancel: AbortSignal.any([cancel, late]) };
      return await runSteps(attempt, { ...scope, secrets }, request).finally(release);
    });
    finishJob(attempt, record, end.result);
    attempt.ends.set(place, { ...end, ...record });
    return end;
  } catch (error) {
    return failed(attempt, name, error, record);
  }
}

/** Throws where no runner here would take the job: for its labels, or for an image that it wants to run in. */
function checkRunner({ options }: Attempt, labels: readonly string[], container: unknown): void {
  const known = [...HOSTED, ...(options.labels ?? [])];
  const strange = labels.find((label) => !known.includes(label));
  if (labels.length === 0 || strange !== undefined)
    throw new Error(`runs-on: no runner has the label ${strange ?? "that is missing"}; there are ${known.join(", ")}`);
  if (container !== undefined && container !== "" && container !== null)
    throw new Error(`container: ${JSON.stringify(container)} is not run by the stand-in for GitHub`);
}

/** Throws where the environment's branch rule keeps this run out. */
function environmentSecrets(
  { options, repo, trigger }: Attempt,
  environment: unknown,
): Readonly<Record<string, string>> {
  const name = typeof environment === "object" ? (environment as { name?: string } | null)?.name : text(environment);
  const found = options.environments?.[repo.fullName]?.[name ?? ""];
  if (found && !found.branches.some((branch) => trigger.ref === `refs/heads/${branch}`))
    throw new Error(`${trigger.ref} is not allowed to deploy to ${name} due to environment protection rules`);
  return found?.secrets ?? {};
}

type Calling = Pick<Scope, "callers" | "needed" | "ceiling">;

async function callWorkflow(
  attempt: Attempt,
  scope: Scope,
  { spec, contexts, name, place }: Leg,
  calling: Calling,
): Promise<JobEnd> {
  const [origin, path] = locate(spec.uses ?? "", scope.origin, attempt.options.packaged);
  const file = parseWorkflow(path, (await origin.read(path)) ?? "");
  const on = calledBy(file);
  const inputs = takeInputs(path, on.inputs ?? {}, fill(spec.with ?? {}, contexts) as Record<string, unknown>);
  const secrets = spec.secrets === "inherit" ? scope.secrets : fillTexts(spec.secrets, contexts);
  const inside = { ...calling, file, origin, place: `${place}/`, title: `${name} / `, inputs, secrets };
  return await inTurn(attempt, spec.concurrency, contexts, scope.cancel, async (cancel) => {
    const inner: Scope = { ...inside, cancel };
    const ends = await runJobs(attempt, inner);
    const jobs = { ...baseContexts(attempt, inner), jobs: ends };
    const outputs = Object.entries(on.outputs ?? {}).map(([output, { value }]) => [output, text(fill(value, jobs))]);
    return { result: worst(Object.values(ends)), outputs: Object.fromEntries(outputs) };
  });
}

function needsOf({ needs = [] }: JobSpec): readonly string[] {
  return [needs].flat();
}

/** How jobs ended together. */
export function worst(ends: readonly JobEnd[]): Result {
  const order = ["failure", "cancelled", "success", "skipped"] as const;
  return order.find((result) => ends.some((end) => end.result === result)) ?? "success";
}
