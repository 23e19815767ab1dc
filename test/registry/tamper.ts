import { execFileSync } from "node:child_process";
import { gitIn } from "./repositories.ts";

/** A commit by hand on the registry branch: each path's text through its function, undefined to delete it. */
export async function rewriteTip(
  folder: string,
  edits: Record<string, (text: string) => string | undefined>,
): Promise<void> {
  const commands = ["commit refs/heads/registry", "committer Eve <eve@example.org> 1772355600 +0000", "data 0", ""];
  commands.push("from refs/heads/registry^0");
  for (const [path, edit] of Object.entries(edits)) {
    const text = await gitIn(folder, "show", `registry:${path}`).catch(() => "");
    const next = edit(`${text}\n`);
    if (next === undefined) commands.push(`D ${path}`);
    else commands.push(`M 100644 inline ${path}`, `data ${Buffer.byteLength(next)}`, next);
  }
  execFileSync("git", ["-C", folder, "fast-import", "--quiet", "--force"], { input: `${commands.join("\n")}\n` });
}
