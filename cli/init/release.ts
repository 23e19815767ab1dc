import { readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { SlipwayError } from "../../core/errors.ts";
import { git, runGit } from "../../core/git/run.ts";

/** This release of Slipway: workflows of a user's repository are pinned to its commit. */
export const Release = z.object({
  version: z.string(),
  commit: z.string().regex(/^[0-9a-f]{40}$/),
  released: z.boolean().describe("The commit has the tag of this version, and so the built Actions."),
});
export type Release = z.infer<typeof Release>;

/**
 * Reads this release: of a built package, from dist/release.json; of a checkout, from its HEAD. Rejects with
 * UNSUPPORTED for a copy of the sources that has neither.
 */
export async function readRelease(packageRoot: string): Promise<Release> {
  const built = await readFile(path.join(packageRoot, "dist", "release.json"), "utf8").catch(() => undefined);
  if (built !== undefined) return Release.parse(JSON.parse(built));
  const { version } = JSON.parse(await readFile(path.join(packageRoot, "package.json"), "utf8")) as { version: string };
  const { code, stdout } = await runGit(packageRoot, ["rev-parse", "--verify", "--quiet", "HEAD"]);
  if (code !== 0)
    throw new SlipwayError("UNSUPPORTED", "this copy of Slipway does not know which commit it is", {
      expected: "a released package, or a clone of Slipway's repository",
      found: packageRoot,
      hint: "install a release of Slipway",
    });
  const tags = (await git(packageRoot, ["tag", "--points-at", "HEAD"])).toString().split("\n");
  return { version, commit: stdout.toString().trim(), released: tags.includes(`v${version}`) };
}
