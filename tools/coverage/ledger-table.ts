import { isOverPromise, LEDGER_TASKS, type LedgerCell, ledgerTable } from "./ledger.ts";
import type { Agreement } from "./ledger-acts.ts";
import type { LedgerTask } from "./ledger-worker.ts";
import { spread } from "./spread.ts";

/** Rows of the test sets that the acts see. */
const ACT_ROWS = 300;

/**
 * The ledger's table, and the same families through Slipway's own acts: to stdout, progress to stderr. Resolves with the exit
 * code: 1 where a promise does not hold, or the acts say something else than the simulation.
 */
export async function showLedger({
  quick,
  seed,
  jobs,
  json,
}: Record<"quick" | "json", boolean> & Record<"seed" | "jobs", number>): Promise<number> {
  const families = quick ? 200 : 2_000;
  const simulated = LEDGER_TASKS.map(({ at, n }): LedgerTask => ({ row: at, size: n, families, seed }));
  const perProcess = quick ? 1 : Math.ceil(40 / jobs);
  const acts = Array.from({ length: quick ? 1 : jobs }, (_none, part): LedgerTask => {
    return { acts: true, size: ACT_ROWS, families: perProcess, seed: seed + part };
  });
  const tasks = [...acts, ...(quick ? simulated.filter(({ size }) => size === 300) : simulated)];
  let ended = 0;
  const answers = await spread<LedgerTask, LedgerCell | Agreement>("ledger-worker.ts", tasks, jobs, (task, seconds) => {
    ended += 1;
    const what =
      "row" in task ? `rule ${task.row + 1}, ${task.size} rows` : `${task.families} families through the acts`;
    process.stderr.write(`${ended} of ${tasks.length}: ${what} (${seconds.toFixed(1)} s)\n`);
  });
  const cells = answers.filter((answer) => "rule" in answer);
  const agreement = answers.filter((answer) => "decisions" in answer).reduce(both);
  const words =
    `${agreement.families} families through \`register\` and \`promote\`, ${agreement.decisions} decisions on ${ACT_ROWS} rows: ` +
    `${agreement.fooled} fooled, ${agreement.different} decided otherwise than the simulation says.`;
  process.stdout.write(
    json
      ? `${JSON.stringify({ families, seed, cells, acts: agreement }, undefined, 2)}\n`
      : `${ledgerTable(cells)}\n\n${words}\n`,
  );
  const over = cells.filter(isOverPromise).length;
  process.stderr.write(over === 0 ? "Every promise holds.\n" : `${over} promises do not hold.\n`);
  return over === 0 && agreement.different === 0 ? 0 : 1;
}

function both(a: Agreement, b: Agreement): Agreement {
  const sum = (key: keyof Agreement) => a[key] + b[key];
  return {
    families: sum("families"),
    tries: a.tries,
    fooled: sum("fooled"),
    decisions: sum("decisions"),
    different: sum("different"),
  };
}
