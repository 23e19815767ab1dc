import type { CommitId, Person } from "../../schemas/names.ts";
import { timestamp } from "../clock.ts";
import { SlipwayError } from "../errors.ts";
import { composeCommit } from "../git/compose-commit.ts";
import { oneLine } from "../git/encode.ts";
import { openSharedBranch } from "../git/shared-branch.ts";
import { writeObjects } from "../git/write.ts";
import { decidingBranch } from "./binding.ts";
import type { Ports } from "./ports.ts";
import type { PullHost } from "./pull-host.ts";

/** Files that somebody wants on the default branch. */
export interface ProposedFiles {
  /** The branch's name, and the act's key besides. Below `slipway/`, it is never taken for a default branch. */
  branch: string;
  title: string;
  body: string;
  /** Path in the repository → text; undefined takes it away. */
  files: Readonly<Record<string, string | undefined>>;
  by: Person;
}

/**
 * Puts files onto a new branch from the default branch's tip, as one commit, and opens a pull request where the host has those. No
 * work tree is touched. Twice is once: what is on the branch stays as it is, and its pull request is found. Rejects with USAGE
 * where nothing would change, REGISTRY_CORRUPT where a folder stands in a file's place, and as Git and the host do.
 */
export async function proposeFiles(
  ports: Pick<Ports, "objects" | "workspace" | "remote" | "clock">,
  { branch: name, title, body, files, by }: ProposedFiles,
  pulls?: PullHost,
): Promise<{ branch: string; pull?: number }> {
  const { objects, remote } = ports;
  const branch = openSharedBranch(objects, remote, `refs/heads/${name}`);
  await branch.refresh();
  await branch.advance(async (tip) => {
    if (tip !== undefined) return undefined;
    const { commit: parent } = await decidingBranch(ports);
    const about = { parent, author: by, at: timestamp(ports.clock()), message: messageOf(title, body) };
    return writeCommit(ports, files, about);
  });
  if (pulls === undefined) return { branch: name };
  const last = await pulls.findLast(name);
  return { branch: name, pull: last?.number ?? (await pulls.open({ branch: name, title, body })) };
}

async function writeCommit(
  { objects }: Pick<Ports, "objects">,
  files: ProposedFiles["files"],
  about: { parent: CommitId; author: Person; at: string; message: string },
): Promise<CommitId> {
  const composed = await composeCommit(objects, {
    ...about,
    files: Object.entries(files).flatMap(([path, content]) => (content === undefined ? [] : [{ path, content }])),
    removed: Object.keys(files).filter((path) => files[path] === undefined),
  });
  if (!composed.changes)
    throw new SlipwayError("USAGE", "Nothing would change: the default branch has all of it already", {
      expected: "files that differ from those of the default branch",
    });
  await writeObjects(objects.repository.objectFolder, composed.objects);
  return composed.commit;
}

function messageOf(title: string, body: string): string {
  return [oneLine(title).slice(0, 200), "", body.trim()].join("\n").trimEnd();
}
