import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { predictNew } from "../../core/acts/predict-new.ts";
import { counted } from "../../core/report/verdict-words.ts";
import type { PredictResult } from "../../schemas/cli-output.ts";
import type { CommandOutcome, Session } from "../command.ts";
import { plainLine } from "../plain-text.ts";
import { withPorts } from "../ports.ts";
import { parseReference } from "../reference.ts";

/** `slipway predict <version> <rows>`: predictions for rows without labels, by the version's own program. */
export async function run(
  session: Session,
  args: { version: string; rows: string },
  options: { out?: string; remote?: string },
): Promise<CommandOutcome> {
  const reference = parseReference(args.version);
  const file = path.resolve(session.folder, args.rows);
  return withPorts(session, options.remote, async (ports) => {
    const temporary = options.out === undefined ? await mkdtemp(path.join(tmpdir(), "slipway-predict-")) : undefined;
    const out = path.resolve(session.folder, options.out ?? path.join(temporary as string, "predictions.csv"));
    const step = session.progress.start(`predict ${args.rows}`);
    try {
      const onOutput = (text: string) => session.progress.output(text);
      const { manifest, rows, dropped } = await predictNew(ports, { reference, file, out, onOutput });
      step.done(counted(rows, "row"));
      const { model, version } = manifest;
      if (dropped.length > 0)
        session.progress.note(`left out, since the version does not read it: ${dropped.join(", ")}`);
      const written = temporary === undefined ? { out } : {};
      const result: PredictResult = { model, version, rows, dropped, ...written };
      if (temporary !== undefined) return { result, text: "", raw: await readFile(out, "utf8") };
      const told = `${counted(rows, "row")} by ${model} version ${version} in ${out}`;
      return { result, text: `${session.colors.green("✓")} ${plainLine(told)}` };
    } catch (error) {
      step.fail();
      throw error;
    } finally {
      if (temporary !== undefined) await rm(temporary, { recursive: true, force: true });
    }
  });
}
