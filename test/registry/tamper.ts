import { execFileSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gitIn } from "./repositories.ts";

/** What an act would say that tags the model: its trailers alone prove nothing. */
const AS_AN_ACT = `Tag penguins with x

Slipway-Act: tag
Slipway-Model: penguins
Slipway-Actor: Eve <eve@example.org>
Slipway-Host: cli
Slipway-Format: 1
`;

/** A commit by hand on the registry branch: each path's text through its function, undefined to delete it. */
export async function rewriteTip(
  folder: string,
  edits: Record<string, (text: string) => string | undefined>,
  message = AS_AN_ACT,
): Promise<void> {
  const commands = ["commit refs/heads/registry", "committer Eve <eve@example.org> 1772355600 +0000"];
  commands.push(`data ${Buffer.byteLength(message)}`, message);
  commands.push("from refs/heads/registry^0");
  for (const [path, edit] of Object.entries(edits)) {
    const text = await gitIn(folder, "show", `registry:${path}`).catch(() => "");
    const next = edit(`${text}\n`);
    if (next === undefined) commands.push(`D ${path}`);
    else commands.push(`M 100644 inline ${path}`, `data ${Buffer.byteLength(next)}`, next);
  }
  execFileSync("git", ["-C", folder, "fast-import", "--quiet", "--force"], { input: `${commands.join("\n")}\n` });
}

/** Puts other bytes in a tag's place. */
export async function replaceTag(folder: string, tag: string, edit: (text: string) => string): Promise<void> {
  const text = `${await gitIn(folder, "cat-file", "tag", tag)}\n`;
  const file = join(folder, "edited");
  await writeFile(file, edit(text));
  await gitIn(folder, "update-ref", `refs/tags/${tag}`, await gitIn(folder, "hash-object", "-t", "tag", "-w", file));
}
