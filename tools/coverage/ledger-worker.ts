// Simulates one row of the ledger's table at one size, or families through the acts, for each message, in a process of its own.
import { BUDGET, LEDGER, simulate } from "./ledger.ts";
import { throughActs } from "./ledger-acts.ts";

export type LedgerTask = { size: number; families: number; seed: number } & ({ row: number } | { acts: true });

/** The live version's own try is one of the budget's, and two candidates come after it is spent. */
const ACT_TRIES = BUDGET + 1;

process.on("message", async (task: LedgerTask) => {
  const { size: n, families, seed } = task;
  const answer =
    "row" in task
      ? simulate(task.row, n, { families, seed })
      : await throughActs({ families, tries: ACT_TRIES, n, seed }, (meeting, at, isBetter) =>
          LEDGER(meeting, at + 1, isBetter),
        );
  process.send?.(answer);
});
