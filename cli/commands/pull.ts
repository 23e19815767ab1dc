import path from "node:path";
import { pullVersion } from "../../core/acts/pull.ts";
import { size } from "../../core/report/size-words.ts";
import { counted } from "../../core/report/verdict-words.ts";
import type { PullCommandResult } from "../../schemas/cli-output.ts";
import type { CommandOutcome, Session } from "../command.ts";
import { plainLine } from "../plain-text.ts";
import { withPorts } from "../ports.ts";
import { parseReference } from "../reference.ts";

/** `slipway pull <version>`: a version's files in a folder, every digest checked. */
export async function run(
  session: Session,
  args: { version: string },
  options: { to?: string; remote?: string },
): Promise<CommandOutcome> {
  const reference = parseReference(args.version);
  return withPorts(session, options.remote, async (ports) => {
    const step = session.progress.start(`pull ${args.version}`);
    try {
      const { outcome, manifest, folder } = await pullVersion(ports, reference, ({ model, version }) =>
        path.resolve(session.folder, options.to ?? `${model}-${version}`),
      );
      const { model, version, artifact } = manifest;
      const files = artifact.files.map((file) => file.path);
      const told = `${counted(files.length, "file")}, ${size(artifact.size)}`;
      step.done(told);
      const result: PullCommandResult = {
        outcome,
        model,
        version,
        folder,
        sha256: artifact.sha256,
        size: artifact.size,
        files,
      };
      const how = outcome === "pulled" ? "is in" : "was in already:";
      const text = `${session.colors.green("✓")} ${plainLine(`${model} version ${version} ${how} ${folder}`)} (${told}; every digest checked)`;
      return { result, text };
    } catch (error) {
      step.fail();
      throw error;
    }
  });
}
