import type { ServedVersion, Serving } from "../../core/serving/served.ts";
import { described } from "./tensors.ts";

/** A request that answers, to show and to try. */
export interface Example {
  /** The protocol's name, as people look for it. */
  protocol: string;
  path: string;
  body: unknown;
}

/** A model that answers, and how to ask it. */
export interface ShownModel {
  version: ServedVersion;
  examples: Example[];
}

/** Models that answer, with examples in each protocol; `/invocations` where one alone is served. */
export function shownModels(serving: Serving): ShownModel[] {
  const endpoints = serving.endpoints();
  return endpoints.flatMap(({ live }) =>
    live === undefined ? [] : [{ version: live, examples: examplesOf(live, endpoints.length === 1) }],
  );
}

function examplesOf({ model, signature, example: usual }: ServedVersion, isOnly: boolean): Example[] {
  const needed = signature.inputs.filter(({ optional }) => !optional);
  const example = Object.fromEntries(needed.map((input) => [input.name, usual[input.name] ?? null]));
  const inputs = described(needed).map(({ name, datatype }) => ({
    ...{ name, shape: [1], datatype },
    data: [example[name] ?? null],
  }));
  const body = { instances: [example] };
  // A model may have been given any name.
  const name = encodeURIComponent(model);
  return [
    { protocol: "Open Inference Protocol v2", path: `/v2/models/${name}/infer`, body: { inputs } },
    { protocol: "KServe v1", path: `/v1/models/${name}:predict`, body },
    ...(isOnly
      ? [{ protocol: "MLflow, SageMaker", path: "/invocations", body: { dataframe_records: [example] } }]
      : []),
  ];
}
