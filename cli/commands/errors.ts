import { versionErrors } from "../../core/acts/version-errors.ts";
import { errorsReport } from "../../core/report/errors-report.ts";
import type { ErrorsResult } from "../../schemas/cli-output.ts";
import type { CommandOutcome, Session } from "../command.ts";
import { withPorts } from "../ports.ts";
import { parseReference } from "../reference.ts";
import { reportText } from "../report-text.ts";

const MOST = 20;

/** `slipway errors <version>`: the test rows that the version got wrong. They are shown on this screen alone. */
export async function run(
  session: Session,
  args: { version: string },
  { limit = MOST, remote }: { limit?: number; remote?: string },
): Promise<CommandOutcome> {
  const reference = parseReference(args.version);
  return withPorts(session, remote, async (ports) => {
    const { manifest, rows, wrong } = await versionErrors(ports, reference);
    const { model, version } = manifest;
    const result: ErrorsResult = { model, version, rows, wrong: wrong.length, errors: wrong.slice(0, limit) };
    return { result, text: reportText(session, errorsReport(result)) };
  });
}
