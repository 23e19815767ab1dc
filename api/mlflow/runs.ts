import { randomBytes } from "node:crypto";
import { canonicalJson } from "../../core/canonical.ts";
import { authorizeCaller } from "./authorize-caller.ts";
import { invalid, missing } from "./errors.ts";
import type { MlflowHost, MlflowRequest, RouteHandler } from "./host.ts";
import { labels, optionalText, type Sent, text } from "./params.ts";
import { MAX_RUN_BYTES, MlflowRun, type RunShown, runPath, runRecord } from "./run-record.ts";
import { versionRun } from "./version-run.ts";

/*
 * Of MLflow's tracking, what `register_model("runs:/…")` needs: runs that have artifacts, parameters and last metrics. They
 * are kept on the branch `experiments`, and prove nothing: a version that comes from one is as unevaluated as any other.
 */

const MAX_VALUE = 6_000;

const EXPERIMENT = {
  experiment_id: "0",
  name: "Default",
  artifact_location: "mlflow-artifacts:/0",
  lifecycle_stage: "active",
};

export const RUNS: Readonly<Record<string, RouteHandler>> = {
  "GET experiments/get": async (_host, { sent }) => {
    const id = text(sent, "experiment_id");
    if (id !== "0") throw missing(`No Experiment with id=${id} exists`);
    return { experiment: EXPERIMENT };
  },

  "GET experiments/get-by-name": async (_host, { sent }) => {
    const name = text(sent, "experiment_name");
    if (name !== EXPERIMENT.name)
      throw missing(`Could not find experiment with name '${name}': this registry has the experiment Default alone.`);
    return { experiment: EXPERIMENT };
  },

  "POST runs/create": async (host, request) => {
    const { sent, caller } = request;
    await authorizeCaller(host, caller, "register");
    const experiment = optionalText(sent, "experiment_id") ?? "0";
    if (experiment !== "0") throw missing(`No Experiment with id=${experiment} exists`);
    const tags = labels(sent);
    const run: MlflowRun = {
      slipway: 1,
      run_id: randomBytes(16).toString("hex"),
      experiment_id: "0",
      run_name: (optionalText(sent, "run_name") || tags["mlflow.runName"] || "run").slice(0, 500),
      status: "RUNNING",
      start_time: time(sent, "start_time") ?? host.ports.clock().getTime(),
      params: {},
      metrics: {},
      tags,
      by: caller.person,
    };
    await write(host, request, run, "Start");
    return { run: runJson(run) };
  },

  "GET runs/get": async (host, { sent }) => {
    const of = await versionRun(host, runId(sent));
    return { run: runJson(of ?? (await known(host, sent))) };
  },

  "POST runs/update": async (host, request) => {
    const { sent } = request;
    const run = await known(host, sent);
    const status = MlflowRun.shape.status.safeParse(optionalText(sent, "status") ?? run.status);
    if (!status.success) throw invalid(`Invalid run status '${optionalText(sent, "status")}'.`);
    const end_time = time(sent, "end_time");
    const run_name = optionalText(sent, "run_name") || run.run_name;
    const next = { ...run, status: status.data, run_name, ...(end_time === undefined ? {} : { end_time }) };
    await write(host, request, next, "Update");
    return { run_info: runJson(next).info };
  },

  "POST runs/log-batch": async (host, request) => {
    const { sent } = request;
    const run = await known(host, sent);
    const list = (name: string): Sent[] => (Array.isArray(sent[name]) ? (sent[name] as Sent[]) : []);
    const pairs = (name: string) =>
      list(name).map((item): [string, string] => [key(item), short(optionalText(item, "value") ?? "")]);
    const metrics = list("metrics").map((item) => [key(item), metric(item)] as const);
    await write(
      host,
      request,
      {
        ...run,
        params: { ...run.params, ...Object.fromEntries(pairs("params")) },
        tags: { ...run.tags, ...Object.fromEntries(pairs("tags")) },
        metrics: { ...run.metrics, ...Object.fromEntries(metrics) },
      },
      "Log to",
    );
    return {};
  },

  "POST runs/log-parameter": async (host, request) => {
    const run = await known(host, request.sent);
    const value = short(optionalText(request.sent, "value") ?? "");
    await write(host, request, { ...run, params: { ...run.params, [key(request.sent)]: value } }, "Log to");
    return {};
  },

  "POST runs/log-metric": async (host, request) => {
    const run = await known(host, request.sent);
    const metrics = { ...run.metrics, [key(request.sent)]: metric(request.sent) };
    await write(host, request, { ...run, metrics }, "Log to");
    return {};
  },

  "POST runs/set-tag": async (host, request) => {
    const run = await known(host, request.sent);
    const value = short(optionalText(request.sent, "value") ?? "");
    await write(host, request, { ...run, tags: { ...run.tags, [key(request.sent)]: value } }, "Tag");
    return {};
  },
};

async function known(host: MlflowHost, sent: Sent): Promise<MlflowRun> {
  const id = runId(sent);
  const found = await runRecord(host, id);
  if (found === undefined) throw missing(`Run with id=${id} not found`);
  const { artifacts: _, ...run } = found;
  return run;
}

function runId(sent: Sent): string {
  return optionalText(sent, "run_id") || text(sent, "run_uuid");
}

async function write(host: MlflowHost, { caller }: MlflowRequest, run: MlflowRun, done: string): Promise<void> {
  await authorizeCaller(host, caller, "register");
  const content = canonicalJson(run);
  if (content.length > MAX_RUN_BYTES) throw invalid(`A run is recorded with at most ${MAX_RUN_BYTES} bytes.`);
  await host.experiments.write({
    files: { [runPath(run.run_id)]: content },
    subject: `${done} MLflow run ${run.run_id}`,
    author: caller.person,
    at: host.ports.clock(),
  });
}

function runJson(run: RunShown) {
  const { artifact_uri = `mlflow-artifacts:/0/${run.run_id}/artifacts` } = run;
  const { run_id, experiment_id, run_name, status, start_time, end_time, params, metrics, tags, by } = run;
  const pairs = (values: Readonly<Record<string, string>>) =>
    Object.entries(values).map(([name, value]) => ({ key: name, value }));
  return {
    info: {
      ...{ run_id, run_uuid: run_id, experiment_id, run_name, status, start_time, user_id: by.name },
      ...(end_time === undefined ? {} : { end_time }),
      artifact_uri,
      lifecycle_stage: "active",
    },
    data: {
      params: pairs(params),
      tags: pairs(tags),
      metrics: Object.entries(metrics).map(([name, value]) => ({ key: name, ...value })),
    },
    inputs: {},
  };
}

function key(sent: Sent): string {
  const name = text(sent, "key");
  if (name.length > 250 || name === "__proto__")
    throw invalid(`Invalid value ${JSON.stringify(name.slice(0, 300))} for parameter 'key' supplied.`);
  return name;
}

function short(value: string): string {
  if (value.length > MAX_VALUE) throw invalid(`'value' exceeds the maximum length of ${MAX_VALUE} characters`);
  return value;
}

/** Whole milliseconds; int64 may come as a text. */
function time(sent: Sent, name: string): number | undefined {
  const value = sent[name];
  if (value === undefined || value === null || value === "") return undefined;
  const number = Number(value);
  if (!Number.isSafeInteger(number))
    throw invalid(`Parameter '${name}' must be an integer, got '${String(value).slice(0, 50)}'.`);
  return number;
}

function metric(sent: Sent): { value: number; timestamp: number; step: number } {
  const value = Number(sent["value"]);
  if (!Number.isFinite(value))
    throw invalid(`Got invalid value ${String(sent["value"]).slice(0, 50)} for metric '${key(sent)}'.`);
  return { value, timestamp: time(sent, "timestamp") ?? 0, step: time(sent, "step") ?? 0 };
}
