import { z } from "zod";
import { DeployTarget } from "./deploy.ts";
import { Gate } from "./gate.ts";
import { BuiltinMetric, MetricName } from "./metric-spec.ts";
import { Task } from "./model-spec.ts";
import { Duration, ModelName, StageName } from "./names.ts";
import { RolloutPolicy } from "./rollout.ts";
import { Signer } from "./signer.ts";

const people = z
  .strictObject({
    permission: z
      .enum(["read", "triage", "write", "maintain", "admin"])
      .optional()
      .describe("GitHub's permission level, or above."),
    users: z
      .array(z.union([z.string().min(1), z.strictObject({ login: z.string().min(1), id: z.int().min(1) })]))
      .max(200)
      .optional()
      .describe("Logins, which count with access to the repository; { login, id } counts whatever the login is now."),
    teams: z.array(z.string().min(1)).max(50).optional(),
  })
  .describe("People whom GitHub identifies. Needs GitHub; not consulted on a plain repository.");

export const Floor = Gate.extend({
  task: Task.optional().describe(
    "For models of this task alone: for all but those that `overrides` says are of another.",
  ),
});
export type Floor = z.infer<typeof Floor>;

/** A variable of the environment. What the platform itself finds there (SLIPWAY_…) is for no program of a model. */
const SecretName = z.string().regex(/^(?!SLIPWAY_)[A-Za-z_][A-Za-z0-9_]*$/);
const Floors = z.record(StageName, z.array(Floor).max(100));
const metrics = z.record(MetricName, BuiltinMetric);

const Override = z.strictObject({
  task: Task.optional().describe("What the model's task must be."),
  positive: z
    .union([z.string(), z.number(), z.boolean()])
    .optional()
    .describe("What the label's `positive` must be: the class that floors on recall, precision or ROC AUC speak of."),
  metrics: metrics.optional().describe("What a floor's metric must be for this model, before `metrics` for all."),
  gates: Floors.optional(),
});

/** Where artifacts are kept. core/stores/address.ts says which addresses there are. */
export const StoreChoice = z.union([
  z.string().min(1).max(2_000),
  z.strictObject({
    uri: z.string().min(1).max(2_000).describe("file:PATH, oci://HOST/REPOSITORY or s3://BUCKET/PREFIX."),
    endpoint: z
      .string()
      .min(1)
      .max(2_000)
      .optional()
      .describe("Of s3: the server, where it is not Amazon's: https://HOST."),
    region: z.string().min(1).max(100).optional().describe("Of s3: the bucket's region."),
    also: z
      .array(z.enum(["image"]))
      .min(1)
      .max(1)
      .optional()
      .describe("Of oci: `image` keeps each model as a container image too, with its files below models/."),
  }),
]);
export type StoreChoice = z.infer<typeof StoreChoice>;

/** Where requests are kept, and how many of them. */
export const RequestLogPolicy = z.strictObject({
  store: StoreChoice.describe("Where the log is kept, as `artifacts.store` has it: a place of its own."),
  sample: z
    .number()
    .gt(0)
    .max(1)
    .optional()
    .describe("The share of rows that is kept, about, chosen by a hash of the row's id. Default 1: all."),
  keep: Duration.optional().describe("What is older is removed: 90d. Default: nothing is."),
});
export type RequestLogPolicy = z.infer<typeof RequestLogPolicy>;

/** What follows from what monitoring finds. */
export const MonitorThen = z
  .strictObject({
    drift: z
      .enum(["issue", "off"])
      .optional()
      .describe("Inputs or predictions drifted, or rows break the spec's rules. Default issue."),
    bars: z
      .enum(["issue", "rollback", "off"])
      .optional()
      .describe(
        "A live metric is surely below its bar: rollback brings back the version before that holds it. Default issue.",
      ),
    data: z
      .enum(["retrain", "off"])
      .optional()
      .describe("Data outside the repository moved since it was pinned: retrain opens a pull request. Default off."),
  })
  .describe("What follows from what monitoring finds.");
export type MonitorThen = z.infer<typeof MonitorThen>;

/** `slipway.yaml` at the repository's root: read from the default branch's tip, whenever something is decided. */
export const Policy = z.strictObject({
  slipway: z.literal(1).describe("The version of this format."),
  models: z.string().min(1).optional().describe("The folder of models. Default models."),
  stages: z.array(StageName).min(1).max(20).optional().describe("Default [staging, production]."),
  gates: Floors.optional().describe("Floors for every model: a spec may tighten and never loosen them."),
  metrics: metrics
    .optional()
    .describe(
      "What a floor's metric must be: a model's metric of that name is this function with exactly these arguments.",
    ),
  overrides: z.record(ModelName, Override).optional().describe("What holds for one model, beside the floors for all."),
  approvals: z
    .record(StageName, z.int().min(0).max(10))
    .optional()
    .describe("How many people besides who asked must approve. Needs GitHub."),
  promote: z
    .record(StageName, z.literal("auto"))
    .optional()
    .describe(
      "Stages that each new version asks for by itself as soon as it is registered, through the same gates, approvals and rollout: { staging: auto }.",
    ),
  rollout: RolloutPolicy.optional().describe(
    "How a version comes into a stage that another is in: { production: { steps, abort } }; and `reporter`.",
  ),
  roles: z
    .strictObject({ promote: people.optional(), approve: people.optional(), register: people.optional() })
    .optional(),
  artifacts: z
    .strictObject({
      store: StoreChoice.optional().describe(
        "Where artifacts are kept: an address, or { uri, … }. Default file:.slipway/store, beside the repository.",
      ),
    })
    .optional(),
  register: z
    .strictObject({
      artifact: z
        .enum(["retrain", "reuse"])
        .optional()
        .describe("On GitHub: train again on the default branch (default), or take a PR run's artifact."),
      imported: z
        .array(StageName)
        .max(20)
        .optional()
        .describe(
          "Stages that a version may enter which was imported through MLflow's API, without an evaluation. Never production.",
        ),
    })
    .optional(),
  tries: z
    .int()
    .min(0)
    .max(10_000)
    .optional()
    .describe(
      "How many tries on one test set share what a gate's `confidence` leaves. Default 20; 0: no promise over tries.",
    ),
  preview: z
    .number()
    .gt(0)
    .max(0.9)
    .optional()
    .describe(
      "The share of the test rows, about, that advisory runs score: 0.3. Binding runs decide on the rest alone. Absent: all score all rows.",
    ),
  signers: z
    .array(Signer)
    .min(1)
    .max(100)
    .optional()
    .describe("Whose keys sign the registry's tags. From the first key's valid-after on every tag has to be signed."),
  deploy: z
    .record(StageName, DeployTarget)
    .optional()
    .describe("Where each stage's versions serve, and as what the branch `deploy` describes them."),
  environment: z
    .strictObject({
      pass: z
        .array(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/))
        .max(50)
        .optional()
        .describe("Variables of the caller that a spec's `environment.pass` may name: [MY_PROXY]."),
    })
    .optional(),
  secrets: z
    .strictObject({
      train: z.array(SecretName).max(50).optional(),
      predict: z.array(SecretName).max(50).optional(),
    })
    .optional()
    .describe("Names of read-only secrets that a stage's user code may get."),
  monitor: z
    .strictObject({
      requests: RequestLogPolicy.optional(),
      labels: z
        .record(ModelName, z.string().min(1).max(2_000))
        .optional()
        .describe(
          "Where each model's true labels come to, late or corrected: a path, glob or URI of files with `id` and `label`.",
        ),
      rows: z
        .record(ModelName, z.string().min(1).max(2_000))
        .optional()
        .describe(
          "A folder for each model whose answered rows are kept there with the labels that came, a file for each window, in the format of its training data. file:///FOLDER/ or s3://BUCKET/FOLDER/.",
        ),
      // biome-ignore lint/suspicious/noThenProperty: the policy's own word; nobody awaits a policy's part.
      then: MonitorThen.optional(),
    })
    .optional()
    .describe("What is kept of what versions answer, what it is compared with, and what follows."),
});
export type Policy = z.infer<typeof Policy>;
