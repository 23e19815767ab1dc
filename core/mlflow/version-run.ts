import type { Manifest } from "../../schemas/manifest.ts";
import { jsonText, readParams, type Written } from "../json-text.ts";
import { scalarMetrics } from "../report/scalar-metrics.ts";
import type { MlflowHost } from "./host.ts";
import { manifestOf, newest, refuseDistrusted } from "./look-up.ts";
import type { RunShown } from "./runs.ts";
import { isSeen } from "./stages.ts";
import { milliseconds, registryUri } from "./wire.ts";

/**
 * The run that a version of the platform's came from, as MLflow's clients look for it: they expect parameters, metrics and
 * commit there. It is told from the manifest, and can be written as little. Undefined for any other id.
 */
export async function versionRun(host: MlflowHost, id: string): Promise<RunShown | undefined> {
  const [, name, number] = /^(.{1,200})-(\d{1,15})$/.exec(id) ?? [];
  if (name === undefined) return undefined;
  const catalog = await newest(host);
  const model = catalog.find(name);
  if (model?.name !== name || !isSeen(model.record, Number(number))) return undefined;
  const version = await catalog.version(model, Number(number));
  if (version === undefined || version.facts.imported) return undefined;
  refuseDistrusted(version.distrust);
  return shown(id, await manifestOf(host, version));
}

function shown(id: string, manifest: Manifest): RunShown {
  const { model, version, source, data, evaluation, params, seed, registered_by, registered_at } = manifest;
  const at = milliseconds(registered_at);
  const text = (value: Written) => (typeof value === "string" ? value : jsonText(value));
  const metrics = scalarMetrics(evaluation.metrics).flatMap(([name, { value }]) =>
    value === null ? [] : [[name, { value, timestamp: milliseconds(evaluation.evaluated_at), step: 0 }] as const],
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
