import { present } from "../../core/git/compose-commit.ts";
import { jsonText, readParams, type WrittenJson } from "../../core/json-text.ts";
import { withEvaluation } from "../../core/promotion/evaluated.ts";
import type { CatalogVersion } from "../../core/registry/catalog-versions.ts";
import { parseRecord } from "../../core/registry/parse.ts";
import { formatPath } from "../../core/registry/paths.ts";
import { scalarMetrics } from "../../core/report/scalar-metrics.ts";
import type { Manifest } from "../../schemas/manifest.ts";
import type { VersionEvaluation } from "../../schemas/version-evaluation.ts";
import type { MlflowHost } from "./host.ts";
import { denyDistrusted, newest, readManifest } from "./look-up.ts";
import type { RunShown } from "./run-record.ts";
import { isSeen } from "./stages.ts";
import { epochMilliseconds, registryUri } from "./wire.ts";

/**
 * A version of the platform's as the run that it came from, or the evaluation of an imported one. MLflow's clients look for
 * parameters, metrics and the commit there. The run follows from the manifest, so that no client can write to it. Undefined
 * for any other id.
 */
export async function versionRun(host: MlflowHost, id: string): Promise<RunShown | undefined> {
  const [, name, number] = /^(.{1,200})-(\d{1,15})$/.exec(id) ?? [];
  if (name === undefined) return undefined;
  const catalog = await newest(host);
  const model = catalog.find(name);
  if (model?.name !== name || !isSeen(model.record, Number(number))) return undefined;
  const version = await catalog.version(model, Number(number));
  if (version === undefined || (version.facts.imported && version.evaluation === undefined)) return undefined;
  denyDistrusted(version.distrust);
  const manifest = await readManifest(host, version);
  const record = await evaluationOf(host, version);
  if (record === undefined) return shown(id, manifest);
  const found = { record, blob: version.evaluation?.blob ?? "" };
  const run = shown(id, withEvaluation({ manifest, blob: version.facts.blob }, found).manifest);
  const { run_id } = manifest.imported ?? {};
  const { at, evaluated_by } = record;
  const importedFrom = run_id === undefined ? {} : { "slipway.imported.run_id": run_id };
  return {
    ...run,
    ...{ start_time: epochMilliseconds(at), end_time: epochMilliseconds(at), by: evaluated_by },
    tags: {
      ...run.tags,
      ...{ "mlflow.user": evaluated_by.name, "slipway.evaluation": String(record.number), "slipway.run": record.run },
      ...importedFrom,
    },
    // What it was trained with is not known here.
    params: {},
  };
}

/** The evaluation that the catalog named: by its blob. */
async function evaluationOf(
  { ports }: MlflowHost,
  { facts, evaluation }: CatalogVersion,
): Promise<VersionEvaluation | undefined> {
  if (evaluation === undefined) return undefined;
  const { model, version } = facts;
  const { content } = await present(ports.objects, evaluation.blob);
  const path = formatPath({ kind: "evaluation", model, version, number: evaluation.number });
  return parseRecord("evaluation", content, path, evaluation.blob);
}

function shown(id: string, manifest: Manifest): RunShown {
  const { model, version, source, data, evaluation, params, seed, registered_by, registered_at } = manifest;
  const at = epochMilliseconds(registered_at);
  const text = (value: WrittenJson) => (typeof value === "string" ? value : jsonText(value));
  const metrics = scalarMetrics(evaluation.metrics).flatMap(([name, { value }]) =>
    value === null ? [] : [[name, { value, timestamp: epochMilliseconds(evaluation.evaluated_at), step: 0 }] as const],
  );
  const tags = {
    "mlflow.runName": `${model} version ${version}`,
    "mlflow.user": registered_by.name,
    "mlflow.source.type": "PROJECT",
    "mlflow.source.name": source.spec,
    "mlflow.source.git.commit": source.commit,
    "slipway.fingerprint": manifest.fingerprint,
    ...(source.pull_request === undefined ? {} : { "slipway.pull_request": String(source.pull_request) }),
    ...(source.run === undefined ? {} : { "slipway.run": source.run }),
    ...(data.train === undefined ? {} : { "slipway.data.train.sha256": data.train.sha256 }),
    "slipway.data.test.sha256": data.test.sha256,
  };
  return {
    run_id: id,
    experiment_id: "0",
    run_name: tags["mlflow.runName"],
    status: "FINISHED",
    start_time: at,
    end_time: at,
    params: Object.fromEntries(
      Object.entries({ ...readParams(params), seed }).map(([name, value]) => [name, text(value)]),
    ),
    metrics: Object.fromEntries(metrics),
    tags,
    by: registered_by,
    artifact_uri: registryUri(model, version),
  };
}
