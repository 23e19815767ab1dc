import { commitOf } from "../git/run.ts";
import type { Payload, Pull, Repo } from "../state.ts";
import type { WorkflowFile } from "./workflow-file.ts";

/** What an event means for the runs it starts. */
export interface Trigger {
  event: string;
  payload: Payload;
  /** GITHUB_SHA and GITHUB_REF; the workflow files are those of `sha`. */
  sha: string;
  ref: string;
  headSha: string;
  headBranch: string;
  headRepository: Repo;
  /** Branch that `branches:` filters; undefined for a tag. */
  branch: string | undefined;
  pull: Pull | undefined;
  title: string;
}

/** Undefined where GitHub would start nothing: a deleted ref, a pull request that conflicts. */
export async function triggerOf(repo: Repo, event: string, payload: Payload): Promise<Trigger | undefined> {
  const at = await place(repo, event, payload);
  if (!at?.sha || /^0+$/.test(at.sha)) return undefined;
  const short = at.ref.replace(/^refs\/(heads|tags)\//, "");
  return {
    event,
    payload,
    headSha: at.sha,
    headBranch: short,
    headRepository: repo,
    branch: at.ref.startsWith("refs/tags/") ? undefined : short,
    pull: undefined,
    title: commitTitle(payload) ?? event,
    ...at,
  };
}

type Place = Pick<Trigger, "sha" | "ref"> & Partial<Trigger>;

async function place(repo: Repo, event: string, payload: Payload): Promise<Place | undefined> {
  const of = (key: string) => (payload[key] ?? {}) as Record<string, unknown>;
  switch (event) {
    case "push":
      return { sha: String(payload["after"]), ref: String(payload["ref"]) };
    case "pull_request": {
      const pull = repo.pulls.get(Number(payload["number"] ?? of("pull_request")["number"]));
      if (!pull?.mergeCommit) return undefined;
      const { repo: headRepository, ref: headBranch, sha: headSha } = pull.head;
      const ref = `refs/pull/${pull.number}/merge`;
      return {
        sha: pull.mergeCommit,
        ref,
        headSha,
        headBranch,
        headRepository,
        branch: pull.base.ref,
        pull,
        title: pull.issue.title,
      };
    }
    case "merge_group":
      return { sha: String(of("merge_group")["head_sha"]), ref: String(of("merge_group")["head_ref"]) };
    case "deployment":
    case "deployment_status": {
      const { sha, ref } = of("deployment");
      const known = await commitOf(repo.folder, `refs/heads/${ref}`);
      return { sha: String(sha), ref: known ? `refs/heads/${ref}` : "" };
    }
    default: {
      // Whatever else starts a workflow runs the default branch's own file.
      const ref = event === "workflow_dispatch" ? String(payload["ref"]) : `refs/heads/${repo.defaultBranch}`;
      return { sha: (await commitOf(repo.folder, ref)) ?? "", ref };
    }
  }
}

function commitTitle(payload: Payload): string | undefined {
  const commit = payload["head_commit"] as { message?: string } | null | undefined;
  return commit?.message?.split("\n")[0];
}

const DEFAULT_TYPES: Readonly<Record<string, readonly string[]>> = {
  pull_request: ["opened", "synchronize", "reopened"],
};

/** Whether a workflow's `on:` asks for this event. Throws for a filter that is not known here. */
export function wants({ on }: WorkflowFile, trigger: Trigger): boolean {
  const asked: Readonly<Record<string, unknown>> =
    typeof on === "string"
      ? { [on]: null }
      : Array.isArray(on)
        ? Object.fromEntries(on.map((one) => [one, null]))
        : (on as never);
  if (!(trigger.event in asked)) return false;
  // Which of its clocks came round is not asked here.
  if (trigger.event === "schedule") return true;
  const filter = (asked[trigger.event] ?? {}) as Record<string, string | readonly string[]>;
  const unknown = Object.keys(filter).filter((key) => !KNOWN.has(key));
  if (unknown.length > 0) throw new Error(`on.${trigger.event}.${unknown[0]} is not known here`);
  const list = (key: string) => (filter[key] === undefined ? undefined : [filter[key]].flat());
  const action = trigger.payload["action"];
  const types = list("types") ?? DEFAULT_TYPES[trigger.event];
  if (types && action !== undefined && !types.includes(String(action))) return false;
  const source = (trigger.payload["workflow_run"] ?? {}) as { name?: string };
  if (list("workflows")?.includes(source.name ?? "") === false) return false;
  // With a filter of one kind alone, refs of the other kind start nothing.
  const [mine, other] = trigger.branch === undefined ? ["tags", "branches"] : ["branches", "tags"];
  if (!filter[mine]) return !filter[other];
  return matches(list(mine) ?? [], trigger.branch ?? trigger.headBranch);
}

const KNOWN = new Set(["types", "branches", "tags", "workflows", "inputs"]);

function matches(patterns: readonly string[], name: string): boolean {
  // Later patterns decide over earlier ones.
  return patterns.reduce(
    (so, pattern) => (glob(pattern.replace(/^!/, "")).test(name) ? !pattern.startsWith("!") : so),
    false,
  );
}

function glob(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*\*|\*/g, (stars) => (stars === "**" ? ".*" : "[^/]*"));
  return new RegExp(`^${source}$`);
}
