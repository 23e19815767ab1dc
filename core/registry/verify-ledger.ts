import type { Sha256 } from "../../schemas/names.ts";
import type { TestSet, TestSetOverlap } from "../../schemas/test-set.ts";
import type { Try } from "../../schemas/try.ts";
import { levelOf, spentBefore, tryId } from "../ledger/charge.ts";
import { overlapsBetween } from "../ledger/inherit.ts";
import { type Finding, wrong } from "./finding.ts";
import type { PathOf, RecordKind, RecordOf } from "./kinds.ts";
import { formatPath } from "./paths.ts";

/** The kinds of record in a test set's folder. */
export type LedgerKind = Extract<RecordKind, "test-set" | "overlap" | "try">;

/** A record of a test set, and the commit that added it. */
export type HeldInLedger = {
  [Kind in LedgerKind]: { kind: Kind; at: PathOf<Kind>; record: RecordOf<Kind>; commit: string | undefined };
}[LedgerKind];

/**
 * Counts every test set again, try by try in the order of the commits: what each says was spent before it, what it spends,
 * its id, and which sets share rows, as their sketches tell. `all` are in that order.
 */
export function verifyLedger(all: readonly HeldInLedger[]): Finding[] {
  const findings: Finding[] = [];
  const tries = new Map<Sha256, Try[]>();
  const sharing = new Map<Sha256, Sha256[]>();
  const sets = new Map<Sha256, Extract<HeldInLedger, { kind: "test-set" }>>();
  for (const held of all) {
    if (held.kind === "test-set") sets.set(held.at.test, held);
    if (held.kind === "overlap") append(sharing, held.at.test, held.at.other);
    if (held.kind !== "try") continue;
    const { at, record: made } = held;
    const counted = [at.test, ...(sharing.get(at.test) ?? [])].flatMap((test) => tries.get(test) ?? []);
    const say = (what: string, expected?: string | number, found?: string | number) =>
      findings.push(
        wrong("LEDGER_WRONG", at, `Try ${at.id} of ${made.model}: ${what}.`, {
          ...(expected === undefined ? {} : { expected: String(expected), found: String(found) }),
        }),
      );
    const id = tryId(made);
    if (made.test !== at.test || made.id !== at.id || id !== at.id)
      say("its id does not follow from what was asked of which rows", id, at.id);
    const before = spentBefore(made.price, counted);
    if (made.before !== before) say("something else was spent before it", before, made.before);
    const level = levelOf({ ...made, before });
    if (made.level !== level) say("it spends something else than its price leaves it", level, made.level);
    if (sets.get(at.test) === undefined) say("its test set has no record");
    append(tries, at.test, made);
  }
  return [...findings, ...aboutFirst(all, sets), ...aboutOverlaps(all, [...sets.values()])];
}

/** Each test set is recorded with its first try. */
function aboutFirst(
  all: readonly HeldInLedger[],
  sets: ReadonlyMap<Sha256, { at: PathOf<"test-set">; record: TestSet; commit: string | undefined }>,
): Finding[] {
  return [...sets.values()].flatMap(({ at, record, commit }) => {
    const first = all.find((held) => held.kind === "try" && held.at.test === at.test && held.commit === commit);
    const made = first?.record as Try | undefined;
    if (record.sha256 === at.test && made?.model === record.first.model && made.at === record.first.at) return [];
    return [wrong("LEDGER_WRONG", at, `Test set ${at.test} is not recorded with its first try.`)];
  });
}

/** Which sets share rows follows from their sketches alone; a set says it where it counts the other's tries. */
function aboutOverlaps(all: readonly HeldInLedger[], sets: readonly { record: TestSet }[]): Finding[] {
  const expected = new Map<string, TestSetOverlap>();
  for (const [at, { record }] of sets.entries())
    for (const { record: older } of sets.slice(0, at))
      for (const overlap of overlapsBetween(record, older)) expected.set(pathOf(overlap), overlap);
  const findings: Finding[] = [];
  for (const held of all) {
    if (held.kind !== "overlap") continue;
    const follows = expected.get(formatPath(held.at));
    expected.delete(formatPath(held.at));
    if (follows !== undefined && pathOf(held.record) === pathOf(follows) && held.record.share === follows.share)
      continue;
    const shares = { expected: String(follows?.share ?? "no such overlap"), found: String(held.record.share) };
    findings.push(wrong("LEDGER_WRONG", held.at, "Two test sets share other rows than their sketches say.", shares));
  }
  for (const { sha256: test, other, share } of expected.values()) {
    const words = `Test set ${test} has rows of ${other}, and nothing says so.`;
    const at = { kind: "overlap", test, other } as const;
    findings.push(wrong("LEDGER_WRONG", at, words, { expected: String(share), found: "no such overlap" }));
  }
  return findings;
}

function pathOf({ sha256: test, other }: TestSetOverlap): string {
  return formatPath({ kind: "overlap", test, other });
}

function append<Key, Value>(lists: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = lists.get(key) ?? [];
  list.push(value);
  lists.set(key, list);
}
