import { SlipwayError } from "../errors.ts";
import { parseCommit } from "../git/commit-object.ts";
import { present } from "../git/compose-commit.ts";
import type { GitObjects } from "../git/objects.ts";
import type { Finding } from "./finding.ts";
import { formatPath } from "./paths.ts";
import type { RegistryChange } from "./registry-change.ts";

/** How far the clocks of two writers may differ, in seconds. */
const CLOCKS_DIFFER = 5 * 60;

/** A commit of the branch, and when it says that it was made, in Unix seconds. */
export interface CommitTime {
  id: string;
  committed: number;
}

/**
 * Nobody builds on a commit from the future: what follows would be dated before it, or ahead as well. Rejects with
 * REGISTRY_FROM_FUTURE where `parent` is later than the change by more than clocks may differ, unless the change is what
 * records that a person accepts it.
 */
export async function refuseFuture(objects: GitObjects, parent: string, { at, files }: RegistryChange): Promise<void> {
  const { committed, author } = parseCommit((await present(objects, parent)).content);
  const now = Math.floor(Date.parse(at) / 1000);
  if (committed <= now + CLOCKS_DIFFER) return;
  const acceptance = formatPath({ kind: "accepted", commit: parent });
  if (files.some(({ path }) => path === acceptance)) return;
  const who = author.replace(/ \S+ \S+$/, "");
  throw new SlipwayError(
    "REGISTRY_FROM_FUTURE",
    `The registry's newest commit, ${parent} of ${who}, is dated ${moment(committed)}: later than this machine's clock.`,
    {
      expected: `a commit of ${moment(now + CLOCKS_DIFFER)} at the latest`,
      found: moment(committed),
      hint: `Accept it with \`slipway verify --accept ${parent}\` (a remote's with \`--remote NAME\`), which is recorded, once \`git show\` told you what it is. If this machine's clock is wrong, set it right.`,
    },
  );
}

/**
 * Commits that are later than the verifying clock or than the commit on top of them, by more than clocks may differ. Whoever
 * accepted a commit accepted all before it. `commits` are the branch's, oldest first.
 */
export function verifyTimes(commits: readonly CommitTime[], accepted: ReadonlySet<string>, now: Date): Finding[] {
  const clock = Math.floor(now.getTime() / 1000);
  const findings: Finding[] = [];
  for (let at = commits.length - 1; at >= 0; at -= 1) {
    const { id, committed } = commits[at] as CommitTime;
    if (accepted.has(id)) break;
    const next = commits[at + 1];
    const after = next !== undefined && committed > next.committed + CLOCKS_DIFFER;
    if (!after && committed <= clock + CLOCKS_DIFFER) continue;
    findings.unshift({
      code: "COMMIT_FUTURE",
      message: after
        ? `Commit ${id} is dated later than ${next.id}, the commit on top of it.`
        : `Commit ${id} is dated later than this machine's clock.`,
      expected: `${moment(after ? next.committed : clock)} or earlier`,
      found: moment(committed),
      commit: id,
      hint: `One of the two clocks was wrong, or somebody made a commit by hand: see \`git show ${id}\`. A person who knows why accepts it, and all before it, with \`slipway verify --accept ${id}\`.`,
    });
  }
  return findings;
}

function moment(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? `${seconds} seconds after 1970` : date.toISOString().replace(".000Z", "Z");
}
