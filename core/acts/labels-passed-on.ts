import { parse } from "yaml";
import { z } from "zod";
import { WORKFLOWS } from "../github.ts";
import type { SourceTree } from "../source/tree.ts";

const MOST = 256 * 1024;
const Caller = z.object({ jobs: z.record(z.string(), z.object({ secrets: z.unknown() }).partial()) });

/**
 * Which workflow of the default branch hands the secret `labels` on to the job that scores; undefined: none does. Then it can
 * only be the environment's. What a workflow hands on may be a secret of the whole repository, which any branch's workflow can
 * name.
 */
export async function labelsPassedOn(tree: Pick<SourceTree, "read">): Promise<string | undefined> {
  for (const { path } of [WORKFLOWS.score, WORKFLOWS.register, WORKFLOWS.compare]) {
    const text = (await tree.read(path, MOST))?.toString("utf8");
    if (text !== undefined && isPassedOn(text))
      return `${path} hands the secret \`labels\` on, which may be the repository's`;
  }
  return undefined;
}

function isPassedOn(text: string): boolean {
  const { data } = Caller.safeParse(parsedYaml(text));
  return Object.values(data?.jobs ?? {}).some(({ secrets }) => {
    if (typeof secrets === "string") return true;
    return secrets !== null && typeof secrets === "object" && Object.keys(secrets).some((key) => /^labels$/i.test(key));
  });
}

function parsedYaml(text: string): unknown {
  try {
    return parse(text, { maxAliasCount: 100 });
  } catch {
    // GitHub runs none of it.
    return undefined;
  }
}
