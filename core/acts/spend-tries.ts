import type { Refusal } from "../../schemas/decision.ts";
import type { Comparison } from "../../schemas/evaluation.ts";
import type { Sha256 } from "../../schemas/names.ts";
import type { RowSketch } from "../../schemas/row-sketch.ts";
import type { TestSet, TestSetOverlap } from "../../schemas/test-set.ts";
import type { Try } from "../../schemas/try.ts";
import { type Asking, type Charge, chargeTries } from "../ledger/charge.ts";
import { overlapsBetween } from "../ledger/inherit.ts";
import { metVersions } from "../ledger/met-versions.ts";
import { recordChange, recordFile } from "../registry/records.ts";
import type { RegistrySnapshot } from "../registry/registry.ts";
import type { RegistryChange, RegistryFile } from "../registry/registry-change.ts";
import { evaluatedVersion } from "./registered.ts";

/** A test set, and what the registry says of it. */
export interface TestSetLedger {
  test: { sha256: Sha256; rows: number };
  /** Those that count for it: on this set, and on sets that it shares rows with. */
  tries: Try[];
  /** What its first try brings along; absent where it was tried before. */
  first?: Omit<FirstTry, "model" | "at">;
}

interface FirstTry extends Pick<Try, "model" | "at"> {
  sketch: RowSketch | undefined;
  overlaps: TestSetOverlap[];
  /** The sketch has another key than those of the registry: it compares with none of them. */
  stale: boolean;
}

/** Who spends tries, on what, and what came of it. */
export type TryAbout = Omit<Try, keyof Charge["fresh"][number] | "slipway">;

/** What a question costs, and what there is to write of it. */
export interface Spending extends Charge {
  /** Why its new tries cannot be recorded; absent otherwise. */
  uncountable?: Refusal;
  /** The records of its new tries: part of the commit that says what came of them. */
  files(about: TryAbout): RegistryFile[];
  /** The same as an act of its own, where no other record says what came of them; undefined without a new try. */
  alone(about: TryAbout, sources: readonly RegistryFile[]): RegistryChange | undefined;
}

/**
 * What the registry has of a test set: reads the set's own folder, and those of the sets that it shares rows with. A set that
 * was never tried is held against every one that was, each read once.
 */
export async function readLedger(
  snapshot: RegistrySnapshot,
  test: TestSetLedger["test"],
  sketch?: RowSketch,
): Promise<TestSetLedger> {
  const { sha256: own, rows } = test;
  const known = await snapshot.read({ kind: "test-set", test: own });
  const { overlaps, stale } = known
    ? { overlaps: await snapshot.listOfTestSet("overlap", own), stale: false }
    : await overlapsOf(snapshot, own, sketch);
  const sets = [own, ...overlaps.filter(({ sha256 }) => sha256 === own).map(({ other }) => other)];
  const tries = (await Promise.all(sets.map((each) => snapshot.listOfTestSet("try", each)))).flat();
  return { test: { sha256: own, rows }, tries, ...(known ? {} : { first: { sketch, overlaps, stale } }) };
}

/** The sets that a new one shares rows with, on the side of each that this counts for. */
async function overlapsOf(
  snapshot: RegistrySnapshot,
  own: Sha256,
  sketch: RowSketch | undefined,
): Promise<Pick<FirstTry, "overlaps" | "stale">> {
  const overlaps: TestSetOverlap[] = [];
  let stale = false;
  if (sketch === undefined) return { overlaps, stale };
  for (const test of await snapshot.testSets()) {
    const other = (await snapshot.read({ kind: "test-set", test })) as TestSet;
    overlaps.push(...overlapsBetween({ sha256: own, sketch }, other));
    stale ||= other.sketch !== undefined && other.sketch.key !== sketch.key;
  }
  return { overlaps, stale };
}

/** Charges a question to a test set, as its ledger stands. */
export function spendTries({ test, tries, first }: TestSetLedger, asking: Omit<Asking, "test">): Spending {
  const charge = chargeTries({ ...asking, test: test.sha256 }, tries);
  const triesOf = (about: TryAbout) => charge.fresh.map((made): Try => ({ slipway: 1, ...made, ...about }));
  const firstFiles = ({ model, at }: TryAbout) => (first ? firstTryFiles({ ...first, test, model, at }) : []);
  return {
    ...charge,
    ...(first?.stale && charge.fresh.length > 0 ? { uncountable: SKETCH_STALE } : {}),
    files: (about) =>
      charge.fresh.length === 0
        ? []
        : [...firstFiles(about), ...triesOf(about).map((made) => recordFile({ kind: "try", ...made }, made))],
    alone(about, sources) {
      const [made, ...others] = triesOf(about);
      return made && recordChange("try", [made, ...others], [...firstFiles(about), ...sources]);
    },
  };
}

const SKETCH_STALE: Refusal = {
  code: "SKETCH_STALE",
  message:
    "The registry's first test set was recorded while this run went on, and the rows of the two cannot be held against each other.",
  hint: "Run it again: `slipway register`, or `/retry` on GitHub.",
};

/** What a test set's first try brings along. */
function firstTryFiles({ test, sketch, overlaps, model, at }: FirstTry & Pick<TestSetLedger, "test">): RegistryFile[] {
  const set: TestSet = { slipway: 1, ...test, ...(sketch && { sketch }), first: { model, at } };
  return [
    recordFile({ kind: "test-set", test: test.sha256 }, set),
    ...overlaps.map((each) => recordFile({ kind: "overlap", test: each.sha256, other: each.other }, each)),
  ];
}

/** The versions that comparisons were made with, as the registry has their predictions. */
export async function comparedLive(
  snapshot: RegistrySnapshot,
  model: string,
  comparisons: readonly Comparison[],
): Promise<Asking["live"]> {
  const versions = [...new Set(comparisons.flatMap(({ version }) => version ?? []))];
  const found = await Promise.all(versions.map((version) => evaluatedVersion(snapshot, model, version)));
  return metVersions(comparisons, (version) => found[versions.indexOf(version)]?.manifest);
}
