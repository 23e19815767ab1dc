import type { Octokit } from "@octokit/rest";
import { git } from "../../../core/git/run.ts";
import type { RunResult } from "../../../schemas/run-result.ts";
import type { Issue, Pull } from "../../../tools/sandbox/state.ts";
import { comparison, pair } from "../../gates/evidence.ts";
import { runResult } from "../../report/run-result.ts";
import { type ModelsOnGitHub, specOf, startModels } from "../models-on-github.ts";

type Thread = Pull | Issue;

/** People who talk with the App on a repository of models. */
export interface Conversation extends ModelsOnGitHub {
  /** The person writes a comment; resolves to the App's replies to it. */
  say(login: string, on: Thread, body: string): Promise<string[]>;
  /** What the App has replied on an issue, oldest first, without the hidden marker. */
  replies(on: Thread): string[];
  issue(): Promise<Issue>;
  as(login: string): Octokit;
  /** A pull request that changes penguins, merged; `register` ends the default branch's run. */
  merged(branch: string, trees: number): Promise<Pull>;
  register(about?: Partial<RunResult>): Promise<void>;
  /** Pull request and version in one. */
  registered(branch: string, trees: number, accuracy?: number): Promise<Pull>;
  /** What Git prints in the repository on GitHub. */
  git(...args: string[]): Promise<string>;
  /** Tasks, environments and versions of the deployments so far. */
  deployments(): string[];
}

/** ada and eve may write, bob may read. */
export async function startConversation(options: Parameters<typeof startModels>[0] = {}): Promise<Conversation> {
  const github = await startModels(options);
  const { hosted, repo } = github;
  const { sandbox } = hosted;
  sandbox.addUser("eve");
  repo.collaborators.set("eve", "write");
  const where = { owner: "acme", repo: "models" };
  const issueOf = (on: Thread) => ("issue" in on ? on.issue : on);
  const talk: Conversation = {
    ...github,
    as: (login) => sandbox.octokit(login),
    replies: (on) =>
      [...repo.comments.values()]
        .filter(
          ({ issue, user, body }) =>
            issue === issueOf(on) && user.type === "Bot" && /^<!-- slipway:reply (?!registration)/.test(body),
        )
        .map(({ body }) => body.replace(/^<!--.*-->\n/, "")),
    async say(login, on, body) {
      const before = talk.replies(on).length;
      await talk.as(login).rest.issues.createComment({ ...where, issue_number: issueOf(on).number, body });
      await hosted.settled();
      return talk.replies(on).slice(before);
    },
    async issue() {
      const { data } = await talk.as("ada").rest.issues.create({ ...where, title: "A place to talk" });
      return repo.issues.get(data.number) as Issue;
    },
    async merged(branch, trees) {
      const pull = await github.openPull(branch, { "models/penguins/model.yaml": specOf({ trees }) });
      await github.merge(pull);
      return pull;
    },
    async register(about) {
      await github.run("main", { results: { penguins: await github.stored(about) } });
    },
    async registered(branch, trees, accuracy = BASELINE) {
      const pull = await talk.merged(branch, trees);
      const stages = JSON.parse(
        await talk.git("show", "registry:models/f9/penguins/model.json").catch(() => "{}"),
      ).stages;
      await talk.register(measured(accuracy, stages?.production?.version));
      return pull;
    },
    git: async (...args) => (await git(repo.folder, args)).toString().trim(),
    deployments: () =>
      [...repo.deployments.values()].map(({ task, environment, payload }) => {
        const { version } = payload as { version: number };
        return `${task} ${version} → ${environment}`;
      }),
  };
  return talk;
}

/** What penguins' first version comes to. */
const BASELINE = 0.91;

/** A binding result of this accuracy, compared with the version that is in production, if any. */
function measured(accuracy: number, live: number | undefined): Partial<RunResult> {
  const { evaluation } = runResult();
  const found = evaluation?.metrics["accuracy"];
  if (evaluation === undefined || found === undefined) throw new Error("no accuracy");
  const against = comparison({ accuracy: pair(accuracy, BASELINE) }, { version: live ?? 0 });
  return {
    evaluation: {
      ...evaluation,
      binding: true,
      metrics: { ...evaluation.metrics, accuracy: { ...found, value: accuracy } },
      comparisons: live === undefined ? evaluation.comparisons : [against],
    },
  };
}
