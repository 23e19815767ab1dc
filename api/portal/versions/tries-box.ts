import { html } from "hono/html";
import { readLedger } from "../../../core/acts/spend-tries.ts";
import { DEFAULT_TRIES } from "../../../core/gates/asked-level.ts";
import { countLeft } from "../../../core/ledger/count-left.ts";
import { COUNTED_CONFIDENCE, leftWords } from "../../../core/report/ledger-report.ts";
import { counted } from "../../../core/report/verdict-words.ts";
import type { Policy } from "../../../schemas/policy.ts";
import type { Html } from "../request/page.ts";
import type { ShownVersion } from "./load-version.ts";

/** What was spent of the version's test set, and how many tries are left. Reading it spends none. */
export async function triesBox({ manifest, snapshot }: ShownVersion, policy: Policy): Promise<Html | ""> {
  const { evaluation } = manifest;
  if (Object.keys(evaluation.metrics).length === 0) return "";
  const { sha256, rows } = evaluation.test;
  const { tries } = await readLedger(snapshot, { sha256, rows });
  const count = countLeft(tries, policy.tries ?? DEFAULT_TRIES, COUNTED_CONFIDENCE);
  return html`<section class="box" id="tries"><h2>Test set</h2><p>${counted(rows, "row")}, sha256 <code>${sha256.slice(0, 12)}</code>. ${leftWords(count)}</p>
<p class="quiet">Counted for gates with 95 % confidence. This page spends none: it shows what is on record.</p></section>`;
}
