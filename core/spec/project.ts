import { createHash } from "node:crypto";
import { ModelFile, type ModelSpec } from "../../schemas/model-spec.ts";
import { type BlobId, ModelName } from "../../schemas/names.ts";
import { Policy } from "../../schemas/policy.ts";
import type { Problem } from "../../schemas/problem.ts";
import { SlipwayError } from "../errors.ts";
import { jsonText, type WrittenJson } from "../json-text.ts";
import { wholeNumber } from "../same-slice.ts";
import type { SourceTree } from "../source/tree.ts";
import { diagnosticsOf } from "./diagnostics.ts";
import { checkFloors } from "./floor-rules.ts";
import { type EffectiveGate, effectiveGates } from "./floors.ts";
import type { MetricRules } from "./metric-rules.ts";
import { checkMonitoredModels } from "./monitor-rules.ts";
import { didYouMean } from "./near.ts";
import { checkPass } from "./pass-rules.ts";
import { checkOverrides, checkPolicy, modelsFolder, policyStages } from "./policy-rules.ts";
import { checkRules } from "./rules.ts";
import { valueAt } from "./schema-walk.ts";
import { checkShape } from "./shape.ts";
import { unsupportedPolicy, unsupportedSpec } from "./unsupported.ts";
import { checkWrittenValues } from "./written-values.ts";
import { type Keys, MAX_YAML_BYTES, type Position, readYaml } from "./yaml.ts";

/** Where specs and the policy are read. */
export type SpecFiles = Pick<SourceTree, "blobs" | "folders" | "read" | "readMany">;

/** A spec without a problem. */
export interface LoadedModel {
  name: string;
  /** The spec's path, and its folder's, relative to the repository's root. */
  path: string;
  folder: string;
  spec: ModelSpec;
  /** The Git blob of the spec's bytes, also in a work tree. */
  blob: BlobId;
  position(keys: Keys, at?: "key" | "value"): Position;
}

/** `slipway.yaml`, or the defaults where there is none. */
export interface LoadedPolicy {
  policy: Policy;
  path: "slipway.yaml";
  /** Undefined if there is no file. */
  blob: BlobId | undefined;
  position(keys: Keys, at?: "key" | "value"): Position;
  problems: Problem[];
  warnings: Problem[];
}

export interface Project {
  policy: Policy;
  policyBlob: BlobId | undefined;
  /** Where a key stands in the policy. */
  policyPosition(keys: Keys): Position;
  stages: readonly string[];
  /** The models whose spec has no problem, by name, in order. */
  models: Map<string, LoadedModel>;
  /** What is wrong; nothing that these touch may be run or decided on. */
  problems: Problem[];
  /** What deserves a look, and what cannot be honoured on this machine. */
  warnings: Problem[];
  /** Floors of the policy, then the model's own gates, for a stage or `register`. */
  effectiveGates(model: LoadedModel, stage: string): EffectiveGate[];
}

export const POLICY_PATH = "slipway.yaml";
const SPEC_FILE = "model.yaml";
/** Specs read at a time: bounds what is held, and costs one round trip to Git each. */
const CHUNK = 1_000;

/** Reads and checks the policy alone. */
export async function loadPolicy(tree: SpecFiles, rules: MetricRules): Promise<LoadedPolicy> {
  const [file] = await readFiles(tree, [POLICY_PATH]);
  const base = { path: POLICY_PATH, warnings: [] } as const;
  if (file instanceof SlipwayError) {
    const problems = file.problems.map((problem) => ({ ...problem, file: POLICY_PATH }));
    return { ...base, policy: { slipway: 1 }, blob: undefined, position: atStart, problems, warnings: [] };
  }
  if (file === undefined)
    return { ...base, policy: { slipway: 1 }, blob: undefined, position: atStart, problems: [], warnings: [] };
  const yaml = readYaml(file, POLICY_PATH);
  const common = { path: base.path, blob: blobId(file), position: yaml.position };
  if (yaml.problems.length > 0) return { ...common, policy: { slipway: 1 }, problems: yaml.problems, warnings: [] };
  const { value, problems } = checkShape(Policy, yaml, {
    file: POLICY_PATH,
    code: "POLICY_INVALID",
    suggestMetric: rules.suggestMetric,
  });
  if (value === undefined) return { ...common, policy: { slipway: 1 }, problems, warnings: [] };
  const report = diagnosticsOf(POLICY_PATH, yaml);
  checkPolicy(value, report);
  checkWrittenValues(yaml.written, report, "POLICY_INVALID");
  return { ...common, policy: value, problems: report.problems, warnings: report.warnings };
}

/**
 * Reads and checks the policy and every spec (or those of `options.models` alone) as they stand in the tree.
 * Rejects only if the tree itself cannot be read: what is wrong in a file is among the problems.
 */
export async function loadProject(
  tree: SpecFiles,
  rules: MetricRules,
  options: { models?: readonly string[] } = {},
): Promise<Project> {
  const loaded = await loadPolicy(tree, rules);
  const { policy } = loaded;
  const folder = modelsFolder(policy);
  const names = await tree.folders(folder);
  const problems = [...loaded.problems];
  const warnings = [...loaded.warnings, ...unsupportedPolicy(policy, loaded)];
  const models = new Map<string, LoadedModel>();

  const known = new Set(names);
  const asked = options.models?.filter((name) => known.has(name)) ?? names;
  const seen = new Set<string>();
  for (let start = 0; start < asked.length; start += CHUNK) {
    const chunk = asked.slice(start, start + CHUNK);
    const files = await readFiles(
      tree,
      chunk.map((name) => `${folder}/${name}/${SPEC_FILE}`),
    );
    for (const [i, name] of chunk.entries()) {
      const file = files[i];
      if (file === undefined) continue;
      seen.add(name);
      const result = loadModel(name, `${folder}/${name}`, file, loaded, rules);
      if (result.model !== undefined) models.set(name, result.model);
      problems.push(...result.problems);
      warnings.push(...result.warnings);
    }
  }
  problems.push(
    ...(await misnamed(
      tree,
      folder,
      asked.filter((name) => !seen.has(name)),
    )),
  );
  if (options.models === undefined) {
    problems.push(...(await overrideProblems(tree, policy, loaded.position)));
  }
  for (const name of options.models ?? []) {
    if (seen.has(name)) continue;
    const expected = `${folder}/${name}/${SPEC_FILE}`;
    problems.push({
      code: "MODEL_UNKNOWN",
      message: `there is no model ${name}`,
      expected,
      ...didYouMean(name, names),
    });
  }
  return {
    policy,
    policyBlob: loaded.blob,
    policyPosition: loaded.position,
    stages: policyStages(policy),
    models,
    problems,
    warnings,
    effectiveGates: (model, stage) => effectiveGates(policy, model.spec, model.name, stage),
  };
}

/**
 * What is wrong with the policy's words on single models. They are no part of what a decision on one model reads: a model
 * that is gone must not keep the others from being decided on.
 */
export async function overrideProblems(
  tree: SpecFiles,
  policy: Policy,
  position: LoadedPolicy["position"],
): Promise<Problem[]> {
  const { overrides, monitor } = policy;
  const named = [...new Set([overrides, monitor?.labels, monitor?.rows].flatMap((of) => Object.keys(of ?? {})))];
  if (named.length === 0) return [];
  const folder = modelsFolder(policy);
  const specs = await tree.blobs(named.map((name) => `${folder}/${name}/${SPEC_FILE}`));
  const report = diagnosticsOf(POLICY_PATH, { position });
  const there = named.filter((_, i) => specs[i] !== undefined);
  const near = await tree.folders(folder);
  checkOverrides(policy, there, near, report);
  checkMonitoredModels(policy, there, near, report);
  return report.problems;
}

function loadModel(
  name: string,
  folder: string,
  file: Buffer | SlipwayError,
  loaded: LoadedPolicy,
  rules: MetricRules,
): { model?: LoadedModel; problems: Problem[]; warnings: Problem[] } {
  const path = `${folder}/${SPEC_FILE}`;
  if (file instanceof SlipwayError) {
    return { problems: file.problems.map((problem) => ({ ...problem, file: path })), warnings: [] };
  }
  const yaml = readYaml(file, path, PARAMS);
  if (yaml.problems.length > 0) return { problems: yaml.problems, warnings: [] };
  const { value, problems } = checkShape(ModelFile, yaml, {
    file: path,
    code: "SPEC_INVALID",
    suggestMetric: rules.suggestMetric,
  });
  if (value === undefined) return { problems, warnings: [] };
  const spec = specOf(value, valueAt(yaml.written, PARAMS) as WrittenJson | undefined);
  const report = diagnosticsOf(path, yaml);
  if (!ModelName.safeParse(name).success) {
    report.problem([], "SPEC_INVALID", `the folder's name ${JSON.stringify(name)} cannot be a model's name`, {
      expected: "letters, digits, - and _; first and last a letter or digit; at most 100",
      hint: "rename the folder",
    });
  }
  checkRules(spec, folder, policyStages(loaded.policy), rules, report);
  checkWrittenValues(withoutParams(yaml.written), report, "SPEC_INVALID", (keys, text) =>
    holdsNumber(spec, keys, text),
  );
  checkPass(spec, loaded.policy, report);
  checkFloors(spec, name, loaded, rules, report);
  const warnings = [...report.warnings, ...unsupportedSpec(spec, { path, position: yaml.position }, { here: true })];
  if (report.problems.length > 0) return { problems: report.problems, warnings };
  return { model: { name, path, folder, spec, blob: blobId(file), position: yaml.position }, problems: [], warnings };
}

const PARAMS = ["train", "params"] as const;

/** The spec that a file says, whose params are `written` in it. */
export function specOf(file: ModelFile, written: WrittenJson | undefined = file.train?.params): ModelSpec {
  const { train, ...rest } = file;
  if (train === undefined) return rest;
  const { params: _, ...told } = train;
  return { ...rest, train: { ...told, ...(written === undefined ? {} : { params: jsonText(written) }) } };
}

/** A param may have any name and any value: it is compared with nothing. */
function withoutParams(written: WrittenJson): WrittenJson {
  return { ...(written as Record<string, WrittenJson>), train: null };
}

/** Whether the column that a class or a slice's value belongs to is declared as numbers: these have one value each. */
function holdsNumber({ data }: ModelSpec, keys: Keys, text: string): boolean {
  const label = typeof data.label === "object" ? data.label.column : data.label;
  const column = keys.at(-2) === "slice" ? String(keys.at(-1)) : label;
  const declared =
    column !== undefined && Object.hasOwn(data.columns ?? {}, column) ? data.columns?.[column] : undefined;
  return declared?.type === "long" || (declared?.type === "double" && wholeNumber(text) !== undefined);
}

/** Files at once; where one is refused, each by itself, so that the others are still read. */
async function readFiles(tree: SpecFiles, paths: readonly string[]): Promise<(Buffer | SlipwayError | undefined)[]> {
  try {
    return await tree.readMany(paths, MAX_YAML_BYTES);
  } catch (error) {
    if (!(error instanceof SlipwayError)) throw error;
    return Promise.all(
      paths.map((path) =>
        tree.read(path, MAX_YAML_BYTES).catch((refused: unknown) => {
          if (refused instanceof SlipwayError) return refused;
          throw refused;
        }),
      ),
    );
  }
}

/** A folder with model.yml is a model whose author will wait for it in vain. */
async function misnamed(tree: SpecFiles, folder: string, names: readonly string[]): Promise<Problem[]> {
  const paths = names.map((name) => `${folder}/${name}/model.yml`);
  const files = await readFiles(tree, paths);
  return files.flatMap((file, i) => {
    const path = paths[i] as string;
    if (file === undefined) return [];
    return [
      {
        code: "SPEC_INVALID",
        message: `${path} is not read`,
        file: path,
        expected: SPEC_FILE,
        hint: `rename it to ${SPEC_FILE}`,
      },
    ];
  });
}

const atStart = (): Position => ({ line: 1, column: 1 });

/** The id that Git gives the bytes: SHA-1 over `blob <size>\0` and them. */
function blobId(content: Buffer): BlobId {
  return createHash("sha1").update(`blob ${content.length}\0`).update(content).digest("hex");
}
