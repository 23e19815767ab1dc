import { cp, mkdir, stat } from "node:fs/promises";
import path from "node:path";
import { SlipwayError } from "../../core/errors.ts";
import { packageVersion } from "../../core/serving/package-version.ts";
import type { PackageResult } from "../../schemas/cli-output.ts";
import type { CommandOutcome, Session } from "../command.ts";
import { plainLine } from "../plain-text.ts";
import { withPorts } from "../ports.ts";
import { parseReference } from "../reference.ts";

/** What of this program a container needs: `serve` runs no App, no Action and no template. */
const PROGRAM = ["package.json", "LICENSE", "dist/slipway.js", "dist/chunks", "dist/release.json", "dist/LICENSES.txt"];

/** `slipway package <version>`: a build context of an image that answers by it. */
export async function run(
  session: Session,
  args: { version: string },
  options: { to?: string; remote?: string },
): Promise<CommandOutcome> {
  const reference = parseReference(args.version);
  return withPorts(session, options.remote, async (ports) => {
    const { folder, packaged } = await packageVersion(ports, reference, {
      folderOf: ({ model, version }) => path.resolve(session.folder, options.to ?? `${model}-${version}-image`),
      copySlipway: (to) => copyProgram(session.packageRoot, to),
    });
    const { model, manifest, artifact, store } = packaged;
    const { version } = manifest;
    const where = store === undefined ? "inside" : "fetched";
    const result: PackageResult = { model, version, folder, sha256: artifact.sha256, artifact: where };
    const bytes =
      where === "inside" ? "with the artifact's files" : "with a reference to the artifact, which a container fetches";
    const text = `${session.colors.green("✓")} ${plainLine(`${model} version ${version} is in ${folder}`)}, ${bytes}\n\n  ${plainLine(`docker build ${folder}`)}`;
    return { result, text };
  });
}

async function copyProgram(root: string, to: string): Promise<void> {
  const built = path.join(root, "dist/slipway.js");
  if ((await stat(built).catch(() => undefined)) === undefined)
    throw new SlipwayError("USAGE", "This slipway was not built, and an image needs it as it is installed", {
      expected: built,
      found: "no such file",
      hint: "npm run build",
    });
  for (const name of PROGRAM) {
    await mkdir(path.dirname(path.join(to, name)), { recursive: true });
    await cp(path.join(root, name), path.join(to, name), { recursive: true });
  }
}
