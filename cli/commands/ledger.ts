import { currentPolicy } from "../../core/acts/current-policy.ts";
import { knownModel } from "../../core/acts/registered.ts";
import { testSetAccounts } from "../../core/acts/test-set-accounts.ts";
import { ledgerReport } from "../../core/report/ledger-report.ts";
import type { LedgerResult } from "../../schemas/cli-output.ts";
import type { CommandOutcome, Session } from "../command.ts";
import { withRegistry } from "../registry.ts";
import { reportText } from "../report-text.ts";

/** `slipway ledger [model]`: what was spent of each test set, by whom and on what, and how many tries are left. */
export async function run(
  session: Session,
  args: { model?: string },
  { remote }: { remote?: string },
): Promise<CommandOutcome> {
  return withRegistry(session, remote, async (registry, objects) => {
    const snapshot = await registry.snapshot();
    const policy = await currentPolicy({ objects, remote });
    const model = args.model && ((await snapshot.find(args.model)) ?? args.model);
    const accounts = await testSetAccounts(snapshot, policy, model);
    // A model of which every run was refused has tries, and no record.
    if (model !== undefined && accounts.length === 0) await knownModel(snapshot, model);
    const sets = accounts.map(({ set: { sketch: _, ...set }, ...account }) => ({ set, ...account }));
    const result: LedgerResult = { sets };
    return { result, text: reportText(session, ledgerReport(sets, args.model)) };
  });
}
