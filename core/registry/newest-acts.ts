import { parseCommit } from "../git/commit-object.ts";
import type { GitObject, GitObjects } from "../git/objects.ts";
import { type LogEntry, logEntry } from "./log-entry.ts";
import { parseMessage } from "./message.ts";

/** Bytes of a commit: an act's is some hundreds. */
const MOST_BYTES = 64 * 1024;

/**
 * The acts of a branch from a commit back, newest first, `limit` of them: in one round trip to a program that runs already.
 * The same as `readLog`, which starts one, and reads more of them faster.
 */
export async function newestActs(objects: GitObjects, commit: string, limit: number): Promise<LogEntry[]> {
  return actsAt(
    objects,
    Array.from({ length: limit }, (_, back) => `${commit}~${back}`),
  );
}

/** What commits tell, in the order asked; what is no commit is left out. */
export async function actsAt(objects: GitObjects, commits: readonly string[]): Promise<LogEntry[]> {
  const found = await objects.readMany(commits, MOST_BYTES);
  return found.flatMap((object) => (object?.type === "commit" ? toldBy(object) : []));
}

function toldBy({ id, content }: GitObject): LogEntry {
  const { author, committed, message } = parseCommit(content);
  const [, name = "", email = ""] = /^(.*) <([^<>]*)> -?\d+ [+-]\d+$/.exec(author) ?? [];
  const { prose, trailers } = parseMessage(message);
  const [subject = ""] = prose.split("\n\n");
  return logEntry({
    commit: id,
    seconds: committed,
    author: { name, id: email },
    subject: subject.replaceAll("\n", " "),
    trailer(key) {
      const start = `Slipway-${key}: `;
      return trailers.find((line) => line.startsWith(start))?.slice(start.length);
    },
  });
}
