import { appendFileSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import type { Attempt, JobRecord, Result, Scope } from "../runner/attempt.ts";
import { annotate, LEVELS, type StepNotes, summarize } from "../runner/notes.ts";
import { failed, finishJob, newJob, startJob } from "../runner/records.ts";
import type { ActLine } from "./run-act.ts";

interface Running extends JobRecord {
  broken: boolean;
  step: { name: string; notes: StepNotes };
}

/** Turns act's lines into the run's jobs and their checks. */
export interface JobRecords {
  take(line: ActLine): void;
  /** Ends what did not end by itself. */
  end(how: { code: number; said: string }): Result;
}

export function openJobRecords(attempt: Attempt, { file, cancel }: Scope, tree: string): JobRecords {
  const jobs = new Map<string, Running>();
  const title = titles(attempt.run.workflow.name, [...workflowNames(tree), ...(file.name ? [file.name] : [])]);
  const logs = path.join(attempt.state.folder, "logs");
  mkdirSync(logs, { recursive: true });
  const refused: Result[] = [];

  const running = (line: ActLine): Running | undefined => {
    const name = line.job?.trimEnd() ?? "";
    const known = jobs.get(name);
    if (known) return known;
    // The job that calls a workflow is no job of its own on GitHub, and here one without steps.
    const calls = line.step === undefined;
    const shown = title(name, line.matrix ?? {}, calls);
    if (/Skipping unsupported platform/.test(line.msg ?? "")) {
      refused.push(failed(attempt, shown, new Error(`No runner for this job: ${line.msg?.trim()}`)).result);
      return undefined;
    }
    if (calls) return undefined;
    const record = {
      ...newJob(attempt, shown, ["ubuntu-latest"]),
      broken: false,
      step: { name: "", notes: new Map() },
    };
    startJob(attempt, record);
    jobs.set(name, record);
    return record;
  };

  return {
    take(line) {
      const record = running(line);
      if (!record || record.job.status === "completed") return;
      const { job, check } = record;
      if (line.step !== undefined && line.step !== record.step.name)
        record.step = { name: line.step, notes: new Map() };
      if (line.command && line.command in LEVELS)
        annotate(check, record.step.notes, {
          name: line.command,
          properties: line.kvPairs ?? {},
          message: line.arg ?? "",
        });
      if (line.command === "summary") summarize(check, line.content ?? "");
      if (line.command === "set-output") appendFileSync(logOf(job.id), `##[output]${line.name}=${line.arg}\n`);
      else if (line.msg !== undefined) appendFileSync(logOf(job.id), `${line.msg.trimEnd()}\n`);
      if (line.stepResult === "failure") record.broken = true;
      if (line.jobResult === undefined) return;
      const conclusion = conclusionOf(line, record);
      finishJob(attempt, record, cancel.aborted && conclusion === "failure" ? "cancelled" : conclusion);
    },
    end({ code, said }) {
      const open = [...jobs.values()].filter(({ job }) => job.status !== "completed");
      for (const record of open) finishJob(attempt, record, cancel.aborted ? "cancelled" : "failure");
      if (cancel.aborted) return "cancelled";
      const nothing = jobs.size === 0 && code !== 0;
      if (nothing)
        return failed(attempt, attempt.run.workflow.path, new Error(said.trim() || `act: exit ${code}`)).result;
      return code === 0 && refused.length === 0 ? "success" : "failure";
    },
  };

  function logOf(id: number): string {
    return path.join(logs, `${id}.txt`);
  }
}

/** Legs of a matrix share their result in act: one that nothing failed in did well. */
function conclusionOf({ jobResult, matrix = {} }: ActLine, { broken }: Running): Result {
  if (jobResult === "failure" && Object.keys(matrix).length > 0 && !broken) return "success";
  return jobResult === "success" || jobResult === "skipped" || jobResult === "cancelled" ? jobResult : "failure";
}

function workflowNames(tree: string): string[] {
  const folder = path.join(tree, ".github/workflows");
  return readdirSync(folder).map((file) => {
    const { name } = parse(readFileSync(path.join(folder, file), "utf8")) as { name?: string };
    return name ?? file;
  });
}

/** `calls`: the job calls a workflow, whose jobs are shown after it. */
type Title = (name: string, matrix: Record<string, unknown>, calls: boolean) => string;

/**
 * The names that GitHub shows, `pipeline / penguins / train`, from act's. It names a job after the one that called its
 * workflow alone, `penguins-1/Slipway model/train`, and counts the legs of a matrix. So jobs of one name below two legs are
 * told apart only where a leg itself calls their workflow.
 */
function titles(own: string, called: readonly string[]): Title {
  /** Of jobs that call a workflow, by act's own name of each, without its caller. */
  const shown = new Map<string, string>();
  const between = new RegExp(
    `^(.+?)/(?:${called.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|")})/(.+)$`,
  );
  return (name, matrix, calls) => {
    const [, caller, inside] = between.exec(name) ?? [];
    const job = inside ?? (name.startsWith(`${own}/`) ? name.slice(own.length + 1) : name);
    const counted = Object.keys(matrix).length > 0 && !Object.values(matrix).includes(job);
    const plain = counted ? job.replace(/-\d+$/, "") : job;
    const title = caller === undefined ? plain : `${shown.get(caller) ?? caller} / ${plain}`;
    if (calls) shown.set(job, title);
    return title;
  };
}
