import { resultsService } from "../results.ts";
import { tellOfRun } from "../runs.ts";
import type { SandboxServer } from "../server.ts";
import type { Payload, Repo, Runner, State, WorkflowRun } from "../state.ts";
import {
  type Attempt,
  baseContexts,
  type Ends,
  type Engine,
  isFork,
  type Result,
  type RunnerOptions,
  type Scope,
} from "./attempt.ts";
import { checkCalls } from "./check-calls.ts";
import { Concurrency, Slots } from "./concurrency.ts";
import { fill, text } from "./expressions.ts";
import { inTurn } from "./in-turn.ts";
import { runJobs, worst } from "./jobs.ts";
import { failed, newRun } from "./records.ts";
import { type DeclaredInput, dispatchedInputs, takeInputs } from "./take-inputs.ts";
import { type Trigger, triggerOf, wants } from "./trigger.ts";
import { commitOrigin, type WorkflowFile, workflowFiles } from "./workflow-file.ts";

/** What a run was started with, and how its last attempt's jobs ended. */
interface Started {
  file: WorkflowFile | Error;
  trigger: Trigger;
  ends: Ends;
}

/** Runs repositories' real workflow files for `startSandbox({ runner })`, and serves their artifacts. */
export function workflowRunner(options: RunnerOptions): (state: State, server: SandboxServer) => Runner {
  return (state, server) => {
    server.route("/", resultsService(state));
    const shared = { state, options, slots: new Slots(options.jobs ?? 2), groups: new Concurrency() };
    const started = new WeakMap<WorkflowRun, Started>();
    const running = new Map<WorkflowRun, AbortController>();
    const engine: Engine = options.engine ?? (async (...job) => worst(Object.values(await runJobs(...job))));
    const read = new Map<string, ReturnType<typeof workflowFiles>>();

    async function onEvent(repo: Repo, event: string, payload: Payload): Promise<void> {
      const trigger = await triggerOf(repo, event, payload);
      if (!trigger) return;
      const key = `${repo.id} ${trigger.sha}`;
      const files = read.get(key) ?? workflowFiles(repo, trigger.sha);
      read.set(key, files);
      for (const [path, found] of await files) {
        if (event === "workflow_dispatch" && payload["workflow"] !== path) continue;
        const file = asked(found, trigger);
        if (!file) continue;
        const run = await newRun(state, repo, path, file instanceof Error ? path : (file.name ?? path), trigger);
        started.set(run, { file, trigger, ends: new Map() });
        state.work.add(runAttempt(run, new Map()));
      }
    }

    async function runAttempt(run: WorkflowRun, kept: Ends): Promise<void> {
      const { file, trigger } = started.get(run) as Started;
      const ends: Ends = new Map();
      const cancel = new AbortController();
      running.set(run, cancel);
      const attempt: Attempt = { ...shared, repo: run.repository, run, trigger, kept, ends, fresh: new Set() };
      tellOfRun(state, run, "requested");
      const conclusion = await conclude(attempt, file, cancel.signal).catch(
        (error) => failed(attempt, run.workflow.path, error).result,
      );
      running.delete(run);
      Object.assign(run, { status: "completed", conclusion, updatedAt: state.now() });
      started.set(run, { file, trigger, ends });
      tellOfRun(state, run, "completed");
    }

    async function conclude(attempt: Attempt, file: WorkflowFile | Error, signal: AbortSignal): Promise<Result> {
      if (file instanceof Error) throw file;
      const { repo, run, trigger } = attempt;
      const secrets = isFork(attempt) ? {} : (options.secrets?.[repo.fullName] ?? {});
      const origin = commitOrigin(repo, trigger.sha);
      const on = file.on as Readonly<Record<string, { inputs?: Record<string, DeclaredInput | null> } | null>>;
      const declared = trigger.event === "workflow_dispatch" ? (on["workflow_dispatch"]?.inputs ?? {}) : {};
      const given = (trigger.payload["inputs"] ?? {}) as Record<string, unknown>;
      const inputs = takeInputs(run.workflow.path, declared, dispatchedInputs(declared, given));
      await checkCalls(attempt, { file, origin });
      const above = { callers: [], needed: [], place: "", title: "", ceiling: undefined };
      const scope: Scope = { ...above, file, origin, inputs, secrets, cancel: signal };
      const contexts = baseContexts(attempt, scope);
      const title = text(fill(file["run-name"] ?? "", contexts));
      if (title !== "") run.displayTitle = title;
      return await inTurn(attempt, file.concurrency, contexts, scope.cancel, async (cancel) => {
        Object.assign(run, { status: "in_progress", startedAt: state.now(), updatedAt: state.now() });
        tellOfRun(state, run, "in_progress");
        return await engine(attempt, { ...scope, cancel });
      });
    }

    return {
      onWorkflowEvent: (repo, event, payload) => state.work.add(onEvent(repo, event, payload)),
      rerun(run, which) {
        const before = started.get(run)?.ends ?? new Map();
        const good = [...before].filter(([, { result }]) => result === "success");
        state.work.add(runAttempt(run, new Map(which === "failed" ? good : [])));
      },
      cancel: (run) => running.get(run)?.abort(),
      branchesInto: (repo, name) => options.environments?.[repo.fullName]?.[name]?.branches,
    };
  };
}

/** The file, where it asks for this event. One that is no workflow becomes a failed run of what brought it. */
function asked(file: WorkflowFile | Error, trigger: Trigger): WorkflowFile | Error | undefined {
  if (file instanceof Error) return ["push", "pull_request"].includes(trigger.event) ? file : undefined;
  try {
    return wants(file, trigger) ? file : undefined;
  } catch (error) {
    return error as Error;
  }
}
