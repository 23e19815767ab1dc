import type { DecidingPolicy } from "../../schemas/deciding-policy.ts";
import type { BlobId, CommitId } from "../../schemas/names.ts";
import { SlipwayError } from "../errors.ts";
import type { GitObjects } from "../git/objects.ts";
import { runGit } from "../git/run.ts";
import { type Finding, wrong } from "../registry/finding.ts";
import type { RecordPath } from "../registry/kinds.ts";
import type { ModelRecords } from "../registry/model-records.ts";
import { openCommit } from "../source/commit.ts";
import { POLICY_PATH } from "../spec/project.ts";
import { gatesIn } from "./policy.ts";

/** A commit that a record names and that nothing here proves: what is told of it, and the first record that names it. */
export interface UnprovenCommit {
  commit: CommitId;
  /**
   * `absent`: not to be had here, rewritten, pruned or never fetched. `off-branch`: not on the default branch as it is now.
   * `merged`: a merge brought it there, and nothing says that it ever was the branch's tip.
   */
  why: "absent" | "off-branch" | "merged";
  path: string;
}

export interface CommitProver {
  /** What a model's records say of commits that the commits themselves deny. */
  check(records: ModelRecords): Promise<Finding[]>;
  /** How many commits are on the default branch's own line, and are what all records say. */
  proven(): number;
  unproven(): UnprovenCommit[];
}

/** Holds the commits that records name against the repository's own; `tip` is the default branch's, undefined where it has none. */
export function commitProver({ objects, tip }: { objects: GitObjects; tip: CommitId | undefined }): CommitProver {
  const proven = new Set<CommitId>();
  const unproven = new Map<CommitId, UnprovenCommit>();
  let line: Promise<ReadonlySet<string>> | undefined;
  let reachable: Promise<ReadonlySet<string>> | undefined;

  async function check(commit: CommitId, at: RecordPath, path: string, contradicts: Contradicts): Promise<Finding[]> {
    const object = await objects.read(`${commit}^{commit}`);
    const why = object === undefined ? "absent" : await whyNot(commit);
    if (why === undefined) proven.add(commit);
    else unproven.set(commit, unproven.get(commit) ?? { commit, why, path });
    const found = object === undefined ? undefined : await contradicts(commit);
    if (found === undefined) return [];
    proven.delete(commit);
    return [
      wrong("COMMIT_WRONG", at, `Commit ${commit} has another ${found.path} than this record says.`, {
        ...{ expected: found.expected ?? "no such file", found: found.found ?? "no such file" },
      }),
    ];
  }

  /** Whoever merges a branch brings its commits along: only a first parent was the default branch's tip for sure. */
  async function whyNot(commit: CommitId): Promise<"off-branch" | "merged" | undefined> {
    line ??= ancestors(objects.folder, tip, ["--first-parent"]);
    if ((await line).has(commit)) return undefined;
    reachable ??= ancestors(objects.folder, tip);
    return (await reachable).has(commit) ? "merged" : "off-branch";
  }

  return {
    async check({ model, of }) {
      const findings: Finding[] = [];
      const ask = async (at: RecordPath, path: string, commit: CommitId, contradicts: Contradicts) =>
        findings.push(...(await check(commit, at, path, contradicts)));
      const rules = (policy: DecidingPolicy) => (commit: CommitId) => rulesOf(objects, commit, model, policy);
      for (const { at, record: manifest } of of("version")) {
        if (manifest.imported) continue;
        const path = `${model} version ${at.version}`;
        const { source, policy } = manifest;
        await ask(at, path, source.commit, async (commit) => fileOf(objects, commit, source.spec, source.spec_blob));
        if (policy !== undefined) await ask(at, path, policy.commit, rules(policy));
      }
      for (const { at, record } of of("evaluation")) {
        const { source, policy_blob } = record;
        const path = `evaluation ${record.number} of ${model} version ${record.version}`;
        await ask(at, path, source.commit, async (commit) => {
          const spec = await fileOf(objects, commit, source.spec, source.spec_blob);
          return spec ?? (await fileOf(objects, commit, POLICY_PATH, policy_blob));
        });
      }
      for (const { at, record } of of("decision"))
        await ask(at, `decision ${at.id} on ${model}`, record.policy.commit, rules(record.policy));
      return findings;
    },
    proven: () => [...proven].filter((commit) => !unproven.has(commit)).length,
    unproven: () => [...unproven.values()],
  };
}

interface Contradiction {
  path: string;
  expected: BlobId | undefined;
  found: BlobId | undefined;
}
type Contradicts = (commit: CommitId) => Promise<Contradiction | undefined>;

async function rulesOf(
  objects: GitObjects,
  commit: CommitId,
  model: string,
  { blob, spec, spec_blob }: DecidingPolicy,
): Promise<Contradiction | undefined> {
  const other = await fileOf(objects, commit, POLICY_PATH, blob);
  if (other !== undefined) return other;
  if (spec !== undefined) return fileOf(objects, commit, spec, spec_blob);
  try {
    // A decision without a spec is one on a model that has none.
    const { policy } = await gatesIn(openCommit(objects, commit), commit, model, "register", { imported: true });
    const { specPath, specBlob } = policy;
    return specPath === undefined ? undefined : { path: specPath, expected: undefined, found: specBlob };
  } catch (error) {
    if (error instanceof SlipwayError) return undefined;
    throw error;
  }
}

async function fileOf(
  objects: GitObjects,
  commit: CommitId,
  path: string,
  expected: BlobId | undefined,
): Promise<Contradiction | undefined> {
  try {
    const [found] = await openCommit(objects, commit).blobs([path]);
    return found === expected ? undefined : { path, expected, found };
  } catch (error) {
    // A clone without its files.
    if (error instanceof SlipwayError && error.code === "NO_COMMIT") return undefined;
    throw error;
  }
}

async function ancestors(
  folder: string,
  tip: CommitId | undefined,
  which: readonly string[] = [],
): Promise<ReadonlySet<string>> {
  if (tip === undefined) return new Set();
  const { code, stdout } = await runGit(folder, ["rev-list", ...which, tip, "--"]);
  return new Set(code === 0 ? stdout.toString().split("\n") : []);
}
