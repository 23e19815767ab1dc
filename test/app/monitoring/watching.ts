import { onTestFinished } from "vitest";
import { WORKFLOWS } from "../../../core/github.ts";
import { formatResultName } from "../../../core/stages/result-name.ts";
import type { MonitorResult, WindowRecord } from "../../../schemas/monitoring.ts";
import type { Artifact, Conclusion, Issue, WorkflowRun } from "../../../tools/sandbox/state.ts";
import { zipOf } from "../../attested/zip.ts";
import { windowRecord } from "../../drift/records.ts";
import { type Conversation, startConversation } from "../commands/conversation.ts";

const DAY = 86_400_000;
const TODAY = Math.floor(Date.now() / DAY) * DAY;
export const MONITOR = "name: Slipway monitor\non: schedule\n";

type Options = NonNullable<Parameters<typeof startConversation>[0]>;

/** A run of slipway-monitor.yml that somebody could have made. */
export interface MadeLook {
  windows?: readonly Partial<WindowRecord>[];
  /** Over the result that it attests. */
  result?: Partial<MonitorResult>;
  path?: string;
  event?: string;
  headSha?: string;
  headBranch?: string;
  title?: string;
  conclusion?: Conclusion;
  zip?: (content: string) => Buffer;
  /** In place of the job that attests what was uploaded. */
  jobs?: (attesting: string) => string[];
  tamper?: (artifact: Artifact) => void;
}

/** A repository whose version 1 of penguins is in production, and runs that say what it was asked. */
export interface Watching extends Conversation {
  looked(made?: MadeLook): Promise<WorkflowRun>;
  /** The issues of the App, oldest first. */
  issues(): Issue[];
  /** Bodies of the App's comments on an issue, without their marks. */
  told(on: Issue): string[];
  /** Paths on the branch `monitoring`. */
  records(): Promise<string[]>;
  live(): Promise<number | undefined>;
}

/** The window of the n-th day before today. */
export function dayAgo(n: number): WindowRecord["window"] {
  const [from, to] = [TODAY - n * DAY, TODAY - (n - 1) * DAY].map((at) => new Date(at).toISOString());
  return { from: from as string, to: to as string };
}

/** The same, for one test. */
export async function startWatching(options: Options = {}): Promise<Watching> {
  const github = await openWatching(options);
  onTestFinished(() => github.end());
  return github;
}

/** Ends with `end`. */
export async function openWatching(options: Options = {}): Promise<Watching> {
  const talk = await startConversation({ ...options, files: { [WORKFLOWS.monitor.path]: MONITOR, ...options.files } });
  const first = await talk.registered("first", 60);
  await talk.say("ada", first, "/promote production");
  const { sandbox } = talk.hosted;
  const issues = () =>
    [...talk.repo.issues.values()].filter(({ user, number }) => user.type === "Bot" && !talk.repo.pulls.has(number));
  return {
    ...talk,
    issues,
    told: (on) =>
      [...talk.repo.comments.values()]
        .filter(({ issue, user }) => issue === on && user.type === "Bot")
        .map(({ body }) => body.replace(/^<!--.*-->\n/, "")),
    async looked(made = {}) {
      const { path = WORKFLOWS.monitor.path, event = "schedule", zip = zipResult, tamper } = made;
      const windows = (made.windows ?? []).map((about) => windowRecord({ model: "penguins", ...about }));
      const result: MonitorResult = {
        ...{ slipway: 1, at: new Date().toISOString(), windows, unchanged: 0, moved: [], problems: [], notes: [] },
        ...made.result,
      };
      const { title, headSha, headBranch, conclusion } = made;
      const run = await sandbox.addFinishedRun(talk.repo.fullName, {
        ...{ path, event, name: WORKFLOWS.monitor.name },
        ...{ ...(title && { title }), ...(headSha && { headSha }), ...(headBranch && { headBranch }) },
        ...(conclusion && { conclusion }),
        artifacts: { "slipway-result-monitor": zip(JSON.stringify(result)) },
        jobs: (artifacts) => {
          const [artifact] = artifacts;
          if (artifact === undefined) throw new Error("nothing was uploaded");
          tamper?.(artifact);
          const sha256 = artifact.digest.replace("sha256:", "");
          const attesting = `monitor / models / ${formatResultName({ artifact: artifact.id, sha256 })}`;
          return (made.jobs?.(attesting) ?? ["monitor / monitor", attesting]).map((name) => ({ name }));
        },
      });
      await talk.hosted.settled();
      return run;
    },
    async records() {
      const text = await talk.git("ls-tree", "-r", "--name-only", "monitoring").catch(() => "");
      return text.split("\n").filter(Boolean);
    },
    async live() {
      const record = JSON.parse(await talk.git("show", "registry:models/f9/penguins/model.json"));
      return record.stages.production?.version;
    },
  };
}

function zipResult(content: string): Buffer {
  return zipOf({ name: "result.json", content });
}
