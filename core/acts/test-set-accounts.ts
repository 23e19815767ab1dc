import type { Policy } from "../../schemas/policy.ts";
import type { TestSet } from "../../schemas/test-set.ts";
import type { Try } from "../../schemas/try.ts";
import { DEFAULT_TRIES } from "../gates/asked-level.ts";
import { countLeft, type LeftCount } from "../ledger/count-left.ts";
import { displayName, isRetired } from "../promotion/apply-change.ts";
import type { RegistrySnapshot } from "../registry/registry.ts";
import { COUNTED_CONFIDENCE } from "../report/ledger-report.ts";

/** A try as people read it: with what its model is called today, and whether its version is still in use. */
export type NamedTry = Try & { called: string; gone?: true };

/** What was spent of a test set, by whom and on what. */
export interface TestSetAccount extends LeftCount {
  set: TestSet;
  /** Its own, newest first. */
  spending: NamedTry[];
  /** Sets that it shares rows with: their tries count for it. */
  inherits: { sha256: string; share: number; tries: number }[];
}

/** Every test set that was tried, the last one tried first; of one model those that it tried. `model` is its folder. */
export async function testSetAccounts(
  snapshot: RegistrySnapshot,
  policy: Pick<Policy, "tries">,
  model?: string,
): Promise<TestSetAccount[]> {
  const names = namesIn(snapshot);
  const accounts: TestSetAccount[] = [];
  for (const test of await snapshot.testSets()) {
    const own = await snapshot.listOfTestSet("try", test);
    if (model !== undefined && !own.some((made) => made.model === model)) continue;
    const set = await snapshot.read({ kind: "test-set", test });
    if (set === undefined) continue;
    const overlaps = await snapshot.listOfTestSet("overlap", test);
    const inherited = await Promise.all(overlaps.map(({ other }) => snapshot.listOfTestSet("try", other)));
    accounts.push({
      set,
      ...countLeft([...own, ...inherited.flat()], policy.tries ?? DEFAULT_TRIES, COUNTED_CONFIDENCE),
      spending: await Promise.all(own.reverse().map(names)),
      inherits: overlaps.map(({ other, share }, at) => ({
        ...{ sha256: other, share, tries: inherited[at]?.length ?? 0 },
      })),
    });
  }
  const last = ({ spending }: TestSetAccount) => spending[0]?.at ?? "";
  return accounts.sort((a, b) => (last(a) < last(b) ? 1 : last(a) > last(b) ? -1 : 0));
}

/** Each model's record is read once. A try of a run that became no version may be of a model that never had one. */
function namesIn(snapshot: RegistrySnapshot): (made: Try) => Promise<NamedTry> {
  const records = new Map<string, ReturnType<RegistrySnapshot["model"]>>();
  return async (made) => {
    const reading = records.get(made.model) ?? snapshot.model(made.model);
    records.set(made.model, reading);
    const record = await reading;
    const gone = record !== undefined && made.version !== undefined && isRetired(record, made.version);
    return { ...made, called: record === undefined ? made.model : displayName(record), ...(gone ? { gone } : {}) };
  };
}
