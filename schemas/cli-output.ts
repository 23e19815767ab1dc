import { z } from "zod";
import { Change as ChangeRecord } from "./change.ts";
import { LockedFile } from "./data-record.ts";
import { Decision, Refusal } from "./decision.ts";
import { DeployProblem } from "./deploy.ts";
import { Gate, GateResult } from "./gate.ts";
import { Lineage } from "./lineage.ts";
import { Manifest } from "./manifest.ts";
import { ModelRecord } from "./model-record.ts";
import { MonitorResult, MonitorState, WindowRecord } from "./monitoring.ts";
import { CommitId, ModelName, Person, Sha256, StageName, Timestamp, VersionNumber } from "./names.ts";
import { Plan } from "./plan.ts";
import { Problem } from "./problem.ts";
import { PromotionRequest } from "./promotion-request.ts";
import { AnswerRole } from "./request-log.ts";
import { RolloutFigures, RolloutRecord, RolloutState } from "./rollout.ts";
import { RunComparison } from "./run-comparison.ts";
import { RunResult } from "./run-result.ts";
import { RunId, RunRecord, RunSummary } from "./run-summary.ts";
import { SignedTag, TagSignature } from "./tag-signature.ts";
import { TestSet } from "./test-set.ts";
import { Try, TryTerms } from "./try.ts";
import { VersionEvaluation } from "./version-evaluation.ts";
import { VersionMetadata } from "./version-metadata.ts";
import { WrongRow } from "./wrong-row.ts";

/** What `slipway init --json` answers. */
export const InitResult = z.object({
  folder: z.string().describe("The repository's root, as an absolute path."),
  template: z.string().optional().describe("Absent where only --github's files were added."),
  model: ModelName.optional(),
  created: z.array(z.string()).describe("Files written, relative to the folder."),
  kept: z.array(z.string()).describe("Files that were there already, left as they are."),
  commit: z.string().optional().describe("The first commit; absent where the person commits."),
  notes: z.array(z.string()).describe("What a person should know, in sentences."),
  next: z.array(z.string()).describe("The commands to type next."),
});
export type InitResult = z.infer<typeof InitResult>;

/** What `slipway completion --json` answers. */
export const CompletionResult = z.object({
  shell: z.enum(["bash", "zsh", "fish"]),
  script: z.string().describe("To be sourced by the shell."),
});
export type CompletionResult = z.infer<typeof CompletionResult>;

/** What `slipway check --json` answers. */
export const CheckResult = z.object({
  models: z.array(ModelName).describe("The models whose spec has no problem."),
  problems: z.array(Problem),
  warnings: z.array(Problem).describe("What deserves a look, or cannot be honoured on this machine."),
});
export type CheckResult = z.infer<typeof CheckResult>;

/** What of a model's data outside the repository moved since it was pinned, by location of the spec. */
export const MovedData = z.object({
  location: z.string().describe("A URI or a pattern of the spec; one that it names no more counts as gone."),
  added: z.array(z.string()).describe("URIs that the pattern names by now."),
  gone: z.array(z.string()).describe("URIs that are there no more."),
  changed: z.array(z.string()).describe("URIs that are another version by now."),
});
export type MovedData = z.infer<typeof MovedData>;

const PinnedBytes = LockedFile.pick({ sha256: true, size: true, version: true });

/** What `slipway lock` did with one file outside the repository. */
export const PinChange = z.object({
  location: z.string().describe("The URI or pattern of the spec that names it, or named it before."),
  uri: z.string(),
  change: z
    .enum(["added", "changed", "gone", "kept"])
    .describe("Pinned for the first time, pinned to another version, pinned no more, or pinned as before."),
  before: PinnedBytes.optional().describe("As it was pinned; absent if it is `added`."),
  now: PinnedBytes.optional().describe("As it is pinned now; absent if it is `gone`."),
});
export type PinChange = z.infer<typeof PinChange>;

/** What `slipway lock --json` answers. */
export const LockResult = z.object({
  models: z.array(
    z.object({
      model: ModelName,
      file: z.string().describe("The lock file, relative to the repository's root."),
      uris: z.int().min(0).describe("How many files are pinned; without one there is no lock file."),
      changed: z.boolean().describe("The lock file was written anew; with --check: it would be."),
      moved: z.array(MovedData).optional().describe("With --check: what moved."),
      pins: z.array(PinChange).optional().describe("Without --check: what was done with each file."),
    }),
  ),
});
export type LockResult = z.infer<typeof LockResult>;

/** What `slipway retrain --json` answers. */
export const RetrainResult = z.object({
  preview: z.boolean(),
  models: z.array(
    z.object({
      model: ModelName,
      outcome: z
        .enum(["unchanged", "opened", "updated", "open", "waiting", "edited", "declined", "overtaken"])
        .describe(
          "unchanged: nothing moved. open: there is a branch with these pins already. waiting: a former one is not as old yet as labels take. edited: somebody works on the branch. declined: its pull request was closed. overtaken: the default branch has other pins by now.",
        ),
      branch: z.string().optional(),
      commit: CommitId.optional(),
      until: Timestamp.optional().describe("When `waiting` ends."),
      changes: z.array(z.string()).describe("What moved, a line each."),
    }),
  ),
  problems: MonitorResult.shape.problems,
});
export type RetrainResult = z.infer<typeof RetrainResult>;

/** What `slipway run --json` answers. */
export const RunOutput = z.object({
  runs: z.array(RunResult),
  unchanged: z.int().min(0).optional().describe("With --changed: models with nothing to do."),
  reports: z.array(z.string()).describe("Each run's report.md, in the order of `runs`."),
});
export type RunOutput = z.infer<typeof RunOutput>;

/** What `slipway runs --json` answers. */
export const RunsResult = z.object({
  act: z.enum(["list", "show", "compare", "note", "star", "unstar", "share", "prune"]),
  runs: z.array(RunSummary).optional().describe("Of list: at most --limit."),
  total: z.int().min(0).optional().describe("Of list: how many are found in all."),
  shown: z.array(RunRecord).optional().describe("Of show."),
  comparison: RunComparison.optional().describe("Of compare."),
  changed: z.array(RunId).optional().describe("Of note, star, unstar and share."),
  unchanged: z.array(RunId).optional().describe("It was so already."),
  commit: CommitId.optional().describe("Of share: of the branch experiments."),
  removed: z.array(RunId).optional().describe("Of prune; with --dry-run: those that would go."),
  stay: z
    .array(z.object({ run: RunId, why: z.enum(["starred", "artifact"]) }))
    .optional()
    .describe("Of prune: starred and not shared, or a registered version has the artifact."),
  preview: z.boolean().optional().describe("Of prune: nothing was removed."),
});
export type RunsResult = z.infer<typeof RunsResult>;

/** What `slipway register --json` answers. */
export const RegisterResult = z.object({
  outcome: z.enum(["registered", "unchanged", "refused", "failed"]),
  model: ModelName,
  version: VersionNumber.optional(),
  reason: z.string().optional().describe("Why there was nothing to do."),
  manifest: Manifest.optional(),
  gates: z.array(GateResult),
  refusals: z.array(Refusal),
  warnings: z.array(Refusal).describe("What does not stop it, and that others will stumble over."),
  promotions: z
    .array(
      z.object({
        stage: StageName,
        outcome: z.enum(["promoted", "rolling-out", "refused", "unchanged", "waiting"]),
        refusals: z.array(Refusal),
        decision: Decision.optional(),
      }),
    )
    .optional()
    .describe("What became of the stages that the policy has new versions ask for: `promote: { STAGE: auto }`."),
  report: z.string().optional().describe("The run's report.md; after a failure too."),
});
export type RegisterResult = z.infer<typeof RegisterResult>;

/** What `slipway evaluate --json` answers. */
export const EvaluateResult = z.object({
  outcome: z.enum(["evaluated", "unchanged", "failed"]),
  model: ModelName,
  version: VersionNumber,
  reason: z.string().optional().describe("Why there was nothing to do."),
  record: VersionEvaluation.optional().describe("As it is recorded; absent after a failure."),
  gates: RunResult.shape.gates,
  report: z.string().optional().describe("The run's report.md; after a failure too."),
});
export type EvaluateResult = z.infer<typeof EvaluateResult>;

/** What `slipway promote --json` and `slipway rollback --json` answer. */
export const PromoteResult = z.object({
  outcome: z
    .enum(["promoted", "rolling-out", "rolled-back", "aborted", "unchanged", "refused"])
    .describe("Aborted: a rollback ended what was on its way into the stage, which stays as it was."),
  model: ModelName,
  stage: StageName,
  version: VersionNumber.optional().describe("The version that is in the stage now, or would be."),
  preview: z.boolean().describe("Nothing was published."),
  refusals: z.array(Refusal),
  decision: Decision.optional(),
  rollout: RolloutState.optional().describe("Unchanged: what is on its way there already."),
  ended: RolloutRecord.optional().describe("Aborted: what ended the rollout."),
  unspent: z.array(TryTerms).optional().describe("Of a preview: the tries of the test set that the answer would cost."),
});
export type PromoteResult = z.infer<typeof PromoteResult>;

/** What `slipway rollout` answers with `--json`. */
export const RolloutResult = z.object({
  preview: z.boolean().describe("Nothing was recorded."),
  rollouts: z.array(
    z.object({
      model: ModelName,
      stage: StageName,
      outcome: z.enum(["stepped", "waiting", "none"]).describe("None: no version is on its way there."),
      record: RolloutRecord.optional().describe("Stepped: what was recorded."),
      decision: Decision.optional().describe("Stepped by the last step: what put the version into the stage."),
      state: RolloutState.optional().describe("Waiting: where it is."),
      reason: z.string().optional().describe("Waiting: what for."),
      figures: RolloutFigures.optional().describe("Waiting: what was counted of the step so far."),
    }),
  ),
});
export type RolloutResult = z.infer<typeof RolloutResult>;

/** What `slipway ledger` answers with `--json`. */
export const LedgerResult = z.object({
  sets: z
    .array(
      z.object({
        set: TestSet.omit({ sketch: true }),
        budget: z.int().min(0).describe("The policy's `tries`; 0: no promise over tries."),
        tries: z.int().min(0).describe("On this set and on those that it shares rows with."),
        spent: z.number().min(0).describe("What they spent for a gate with 95 % confidence: the sum of their levels."),
        left: z.int().min(0).optional().describe("How many more such a gate answers; absent without a budget."),
        spending: z
          .array(
            Try.extend({
              called: z.string().describe("What the model is called today."),
              gone: z.literal(true).optional().describe("The version was withdrawn, or deprecated with its model."),
            }),
          )
          .describe("Newest first."),
        inherits: z
          .array(z.object({ sha256: Sha256, share: z.number(), tries: z.int().min(0) }))
          .describe("Sets that it shares rows with, whose tries count for it."),
      }),
    )
    .describe("The last one tried first."),
});
export type LedgerResult = z.infer<typeof LedgerResult>;

/** What `slipway alias`, `tag`, `describe`, `rename`, `withdraw`, `archive` and `deprecate` answer with `--json`. */
export const EditResult = z.object({
  outcome: z.enum(["changed", "unchanged"]).describe("Unchanged: it was so already."),
  model: z.string().describe("As it was named; of a change, as its folder is called."),
  version: VersionNumber.optional(),
  change: ChangeRecord.optional().describe("The record of what became of a model or a version."),
});
export type EditResult = z.infer<typeof EditResult>;

const signatures = z
  .array(SignedTag)
  .optional()
  .describe("Of the tags shown; absent where none is signed and the policy names no signers, or cannot be read.");

/** What `slipway ls --json` answers. */
export const ListResult = z.object({
  models: z.array(ModelRecord),
  signatures,
  measured: z
    .array(z.object({ model: ModelName, version: VersionNumber, metrics: z.record(z.string(), z.number().nullable()) }))
    .optional()
    .describe("What was ordered by, where that is a metric: of the version in --stage, or of the latest."),
  next: z.string().optional().describe("Give it to --after for the next page."),
});
export type ListResult = z.infer<typeof ListResult>;

const VersionSummary = z.object({
  version: VersionNumber,
  stages: z.array(StageName),
  registered_at: Timestamp,
  registered_by: Person,
  commit: CommitId,
  metrics: z.record(z.string(), z.number().nullable()),
});

/** What `slipway show --json` answers: a model, or with a version its manifest. */
/** What another try on a version's test set costs, and what its rows can see. */
export const TestSetPrice = z.object({
  sha256: Sha256.describe("The test set's digest."),
  rows: z.int().min(0),
  budget: z.int().min(0).describe("The policy's `tries`; 0: no promise over tries."),
  confidence: z.number().describe("The most that a gate asks for; 0.95 if none asks."),
  spent: z.int().min(0).describe("Tries on record that count for this test set."),
  left: z
    .int()
    .min(0)
    .optional()
    .describe("Tries that the gates have left, until the first of them is not answered; absent without a budget."),
  sees: z
    .array(
      z.object({
        gate: Gate,
        level: z.number().describe("One-sided."),
        seen: z
          .number()
          .nullable()
          .describe(
            "In the metric's unit, how far a truth has to be beyond what is asked to pass in 80 % of tries; null: not even the best value would pass.",
          ),
        rows: z.int().min(0),
      }),
    )
    .describe("The gates with a confidence, as the default branch has them, of which something was measured."),
});
export type TestSetPrice = z.infer<typeof TestSetPrice>;

export const ShowResult = z.object({
  model: ModelRecord,
  versions: z.array(VersionSummary).optional().describe("Newest first; of a model."),
  waiting: z.array(PromotionRequest).optional().describe("Requests that wait for approvals, newest last; of a model."),
  manifest: Manifest.optional().describe("Of a version."),
  evaluation: VersionEvaluation.optional().describe("Of a version that was imported: the newest, if there is one."),
  lineage: Lineage.optional().describe("Of a version."),
  metadata: VersionMetadata.optional().describe("What people said about the version, if anything."),
  test_set: TestSetPrice.optional().describe("Of the version, or of the model's latest one."),
  distrust: Refusal.optional().describe("Why the version is not to be used: nothing hands it out."),
  signatures,
});
export type ShowResult = z.infer<typeof ShowResult>;

/** What `slipway card --json` answers. */
export const CardResult = z.object({ model: z.string(), version: VersionNumber, markdown: z.string() });
export type CardResult = z.infer<typeof CardResult>;

/** What `slipway pull --json` answers. */
export const PullCommandResult = z.object({
  outcome: z.enum(["pulled", "unchanged"]).describe("Unchanged: the folder held exactly these files."),
  model: ModelName,
  version: VersionNumber,
  folder: z.string().describe("Absolute."),
  sha256: Sha256.describe("The artifact's digest."),
  size: z.int().min(0).describe("Bytes."),
  files: z.array(z.string()),
});
export type PullCommandResult = z.infer<typeof PullCommandResult>;

/** What `slipway predict --json` answers; the predictions themselves go to --out. */
export const PredictResult = z.object({
  model: ModelName,
  version: VersionNumber,
  rows: z.int().min(0),
  dropped: z.array(z.string()).describe("Columns that the version does not read: left out."),
  out: z.string().optional().describe("The file that was written; absolute."),
});
export type PredictResult = z.infer<typeof PredictResult>;

/** What `slipway errors --json` answers. */
export const ErrorsResult = z.object({
  model: ModelName,
  version: VersionNumber,
  rows: z.int().min(0).describe("Test rows in all."),
  wrong: z.int().min(0).describe("How many are wrong."),
  errors: z.array(WrongRow).describe("At most --limit: the surest mistakes first, or the largest residuals."),
});
export type ErrorsResult = z.infer<typeof ErrorsResult>;

/** What `slipway log --json` answers, newest first. */
export const LogResult = z.object({
  entries: z.array(
    z.object({
      commit: CommitId,
      at: z.string(),
      actor: Person,
      subject: z.string(),
      act: z.string().optional(),
      outcome: z.string().optional(),
      model: z.string().optional(),
      version: z.int().optional(),
      stage: z.string().optional(),
      decision: z.string().optional(),
      source: z.string().optional(),
      request: z.string().optional(),
      change: z.string().optional(),
      review: z.string().optional(),
      host: z.string().optional().describe("Where it was done: cli, app, bot, mlflow."),
      reason: z.string().optional().describe("What the person said."),
      refusals: z.array(z.string()).optional(),
      bytes: z.string().optional().describe("By which run it is known that the bytes are stored, if not by who acted."),
      asked_by: Person.optional().describe("Who asked, where somebody else's approval brought it about."),
      approved_by: z.array(Person).optional(),
      url: z.string().optional().describe("Where on GitHub it was asked for."),
      unreadable: z.string().optional().describe("Why its records could not be read."),
    }),
  ),
});
export type LogResult = z.infer<typeof LogResult>;

const Change = z.object({ name: z.string(), from: z.string().optional(), to: z.string().optional() });

/** What `slipway requests --json` answers. */
export const RequestsResult = z.object({
  model: z.string(),
  since: z.string().describe("ISO 8601."),
  versions: z
    .array(
      z.object({
        version: VersionNumber,
        stage: StageName,
        role: AnswerRole.describe("shadow: asked beside the one that answered, unseen by clients."),
        requests: z.int().min(0).describe("An estimate, where the policy keeps a share of them."),
        rows: z.int().min(0),
        errors: z.int().min(0).describe("Requests without a prediction."),
        p50_ms: z.number(),
        p99_ms: z.number(),
        last: z.string().describe("When the last one came, ISO 8601."),
      }),
    )
    .describe("Newest first."),
  entries: z
    .array(z.record(z.string(), z.json()))
    .describe("The newest rows, as many as --limit says: docs/request-log.md has the columns. None with --out."),
  out: z.string().optional().describe("The file that holds all of them."),
  labelled: z.int().min(0).optional().describe("With --labelled: rows in the file; without any there is none."),
});
export type RequestsResult = z.infer<typeof RequestsResult>;

/** What `slipway diff --json` answers. */
export const DiffResult = z.object({
  model: ModelName,
  from: VersionNumber,
  to: VersionNumber,
  same: z.boolean().describe("The fingerprints are equal."),
  params: z.array(Change),
  data: z.array(Change),
  code: z.array(Change),
  environment: z.array(Change),
  metrics: z.array(
    z.object({
      metric: z.string(),
      from: z.number().nullable(),
      to: z.number().nullable(),
      difference: z.number().nullable(),
      reading: z.enum(["better", "worse", "same", "unclear", "unknown"]),
    }),
  ),
  stepped: z.boolean().describe("Values of one or both are in steps: readings are of the two's own comparison."),
  sameTest: z.boolean().describe("Both were measured on the same test rows."),
});
export type DiffResult = z.infer<typeof DiffResult>;

/** What `slipway monitor --json` answers. */
export const MonitorCommandResult = z.object({
  at: Timestamp.describe("Windows that were over by then were looked at."),
  written: z.int().min(0).describe("Windows that were recorded: new ones, and those in which something was new."),
  unchanged: z.int().min(0).describe("Windows that were looked at before, with nothing new."),
  left: z.int().min(0).describe("Windows that were too many for one look: the next one takes them."),
  models: z.array(
    MonitorState.extend({ windows: z.array(WindowRecord).optional().describe("With --history: oldest first.") }),
  ),
  moved: MonitorResult.shape.moved,
  problems: MonitorResult.shape.problems,
  notes: MonitorResult.shape.problems.describe("What deserves a look though the model was looked at."),
  acted: z
    .array(
      z.object({
        model: ModelName,
        done: z.array(z.string()).describe("A sentence each."),
        issue: z.string().optional().describe("Where its alarms are told: a branch, `:` and a path."),
        decision: Decision.optional().describe("The rollback."),
        branch: z.string().optional().describe("With new pins."),
      }),
    )
    .optional()
    .describe("With --act."),
});
export type MonitorCommandResult = z.infer<typeof MonitorCommandResult>;

/** What `slipway verify --json` answers. */
export const VerifyResult = z.object({
  commit: CommitId.optional().describe("The registry's tip; absent where nothing was registered."),
  commits: z.int().min(0),
  models: z.int().min(0),
  versions: z.int().min(0),
  decisions: z.int().min(0),
  requests: z.int().min(0),
  reviews: z.int().min(0),
  tries: z.int().min(0),
  signatures: z
    .record(TagSignature.shape.state, z.int().min(0))
    .describe("How many tags are signed, unsigned, untrusted and forged."),
  proven: z.int().min(0).describe("Commits that records name, on the default branch and as the records say."),
  unproven: z
    .array(
      z.object({
        commit: CommitId,
        why: z
          .enum(["absent", "off-branch", "merged"])
          .describe("Not to be had here, not on the default branch, or brought there by a merge."),
        path: z.string().describe("The first record that names it, in words."),
      }),
    )
    .describe("Commits that records name and nothing here proves: findings with --strict alone."),
  findings: z.array(
    Problem.extend({ path: z.string().optional(), ref: z.string().optional(), commit: z.string().optional() }),
  ),
  repaired: z
    .array(z.object({ message: z.string(), ref: z.string().optional(), object: z.string().optional() }))
    .optional()
    .describe("With --repair: what was mended; the findings are what is left."),
});
export type VerifyResult = z.infer<typeof VerifyResult>;

/** What `slipway gc --json` answers. */
export const GcResult = z.object({
  needed: z.int().min(0).describe("Objects of the store that records name."),
  young: z.int().min(0).describe("Objects that none names, put less than two days ago: they stay."),
  bytes: z.int().min(0).describe("Of `objects`, in all."),
  objects: z
    .array(
      z.object({
        name: z.string().describe("In the store: a digest."),
        size: z.int().min(0).describe("Bytes."),
        put: z.string().describe("When it was put last, ISO 8601; of a registry, the end of that day."),
        outcome: z
          .enum(["listed", "removed", "young", "owner"])
          .describe(
            "What became of it; young: it was put again meanwhile; owner: only the store's owner can remove it.",
          ),
        command: z.string().optional().describe("What the owner types."),
      }),
    )
    .describe("What no record names."),
});
export type GcResult = z.infer<typeof GcResult>;

/** What `slipway serve-registry --json` answers, when it listens. */
export const UiResult = z.object({ url: z.string() });
export type UiResult = z.infer<typeof UiResult>;

export const ServeRegistryResult = z.object({ url: z.string() });
export type ServeRegistryResult = z.infer<typeof ServeRegistryResult>;

/** What `slipway serve --json` answers, when every model that had a version in the stage answers or did not come up. */
export const ServeResult = z.object({
  url: z.string(),
  stage: StageName,
  models: z.array(
    z.object({
      model: z.string(),
      version: VersionNumber.optional().describe("The version that answers; absent if none does yet."),
      url: z.string().describe("Where rows are posted."),
      problem: z.string().optional().describe("Why none answers, or a newer one does not."),
    }),
  ),
});
export type ServeResult = z.infer<typeof ServeResult>;

/** Each command's `result` in the envelope. */
/** What `slipway deploy --json` answers. */
export const DeployResult = z.object({
  outcome: z
    .enum(["off", "written", "unchanged", "checked", "rendered"])
    .describe("Off: slipway.yaml describes no stage. Checked: with --check. Rendered: with --to."),
  commit: CommitId.optional().describe("The newest commit of the branch deploy; absent where it is not there."),
  problems: z.array(DeployProblem).describe("Folders that stay as they are, and why."),
  differences: z
    .array(z.object({ path: z.string(), is: z.enum(["missing", "different", "unknown"]) }))
    .optional()
    .describe("With --check: how the branch differs from what the registry asks for."),
  files: z.array(z.string()).optional().describe("With --to: what was written, relative to the folder."),
});
export type DeployResult = z.infer<typeof DeployResult>;

/** What `slipway package --json` answers. */
export const PackageResult = z.object({
  model: ModelName,
  version: VersionNumber,
  folder: z.string().describe("The build context, as an absolute path."),
  sha256: Sha256.describe("Of the artifact."),
  artifact: z
    .enum(["inside", "fetched"])
    .describe(
      "Inside: its files are in the context. Fetched: a container fetches them from the store, by their digest.",
    ),
});
export type PackageResult = z.infer<typeof PackageResult>;

export const CLI_RESULTS = {
  init: InitResult,
  completion: CompletionResult,
  check: CheckResult,
  lock: LockResult,
  retrain: RetrainResult,
  plan: Plan,
  run: RunOutput,
  runs: RunsResult,
  register: RegisterResult,
  evaluate: EvaluateResult,
  promote: PromoteResult,
  rollback: PromoteResult,
  rollout: RolloutResult,
  deploy: DeployResult,
  alias: EditResult,
  tag: EditResult,
  describe: EditResult,
  rename: EditResult,
  withdraw: EditResult,
  archive: EditResult,
  deprecate: EditResult,
  ls: ListResult,
  show: ShowResult,
  card: CardResult,
  pull: PullCommandResult,
  predict: PredictResult,
  errors: ErrorsResult,
  log: LogResult,
  requests: RequestsResult,
  ledger: LedgerResult,
  diff: DiffResult,
  monitor: MonitorCommandResult,
  verify: VerifyResult,
  gc: GcResult,
  serve: ServeResult,
  package: PackageResult,
  "serve-registry": ServeRegistryResult,
  ui: UiResult,
} satisfies Record<string, z.ZodType>;

const head = {
  slipway: z.literal(1).describe("The version of this format."),
  command: z.string().describe("The command, or `slipway` where none was recognized."),
};

export const CliError = z.object({
  code: z.string().describe("A stable reason code."),
  message: z.string(),
  problems: z.array(Problem),
  stack: z.string().optional().describe("With INTERNAL alone: a bug of Slipway's."),
});
export type CliError = z.infer<typeof CliError>;

/** The one document that `--json` prints; `result` is the schema of the command's own answer. */
export function cliOutput<Result extends z.ZodType>(result: Result) {
  return z.discriminatedUnion("ok", [
    z.strictObject({ ...head, ok: z.literal(true), result }),
    z.strictObject({
      ...head,
      ok: z.literal(false),
      error: CliError,
      result: result.optional().describe("What was decided, where a decision said no."),
    }),
  ]);
}

export const CliOutput = cliOutput(z.unknown());
export type CliOutput = z.infer<typeof CliOutput>;
