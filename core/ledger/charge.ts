import type { AskedGate } from "../../schemas/gate.ts";
import type { Sha256, StageName } from "../../schemas/names.ts";
import type { Try, TryId, TryTerms } from "../../schemas/try.ts";
import { canonicalJson, sha256 } from "../canonical.ts";
import { isSpent, priceOf } from "../gates/asked-level.ts";

/** What a run or a decision is about to ask of a test set. */
export interface Asking {
  /** The test set's digest. */
  test: Sha256;
  /** The digest of the candidate's predictions. */
  candidate: Sha256;
  gates: readonly AskedGate[];
  /** How its metrics were measured, as `measuredAs` tells. */
  measured: Try["measured"];
  /** The versions that the candidate was compared with, by stage. Those that no gate names cost nothing. */
  live: readonly ({ stage: StageName } & NonNullable<Try["live"]>)[];
  /** The policy's `tries`. */
  budget: number;
}

/** A try without who spent it, when and where. */
export type TryMade = TryTerms & Pick<Try, "test" | "candidate" | "live" | "gates" | "measured" | "price">;

export interface Charge {
  /** The tries that the answers rest on, recorded before or new. */
  terms: TryTerms[];
  /** Those that are new, in the order in which they are spent. */
  fresh: TryMade[];
}

/**
 * Which tries a question rests on, and what the new ones cost: one for each version compared with, or one where there is none.
 * What a recorded try answered is free. `recorded` are the tries on this test set and on those that it shares rows with, in
 * any order.
 */
export function chargeTries(asking: Asking, recorded: readonly TryMade[]): Charge {
  const terms: TryTerms[] = [];
  const fresh: TryMade[] = [];
  for (const { asked, ...pair } of pairsOf(asking)) {
    const paid = tryThatAnswered(pair, asking.budget, recorded);
    if (paid === undefined) fresh.push({ ...pair, ...termsFor(asked, asking.budget, [...recorded, ...fresh]) });
    terms.push(termsOf(paid ?? (fresh.at(-1) as TryMade)));
  }
  return { terms, fresh };
}

function termsFor(asked: readonly AskedGate[], budget: number, recorded: readonly Pick<TryTerms, "level">[]) {
  const price = triesPrice(asked, budget);
  const before = spentBefore(price, recorded);
  return { price, budget, before, level: levelOf({ price, budget, before }) };
}

/** The level at which a try's gates ask: that of the most expensive one. */
export function triesPrice(gates: readonly AskedGate[], budget: number): number {
  return rounded(priceOf(gates, budget));
}

/**
 * What tries have spent before one of this price. Each counts at least as much as that price: who asked fifty times without
 * a confidence has looked fifty times.
 */
export function spentBefore(price: number, recorded: readonly Pick<TryTerms, "level">[]): number {
  const levels = recorded.map(({ level }) => Math.max(level, price)).sort((a, b) => a - b);
  return rounded(levels.reduce((sum, level) => sum + level, 0));
}

/** The level that a try spends: its price, or nothing where too little was left for any of its gates. */
export function levelOf({ price, budget, before }: Pick<Try, "price" | "budget" | "before">): number {
  // Of its gates, the one with the least confidence costs the most and has the most left.
  const confidence = 1 - price * Math.max(1, budget);
  return isSpent(confidence, { budget, before }) ? 0 : price;
}

/** A try's id: it follows from what was asked of which rows, and from whether there was a promise over tries. */
export function tryId(
  about: Pick<Try, "test" | "candidate" | "live" | "gates" | "measured"> & Pick<TryTerms, "budget">,
): TryId {
  const { test, candidate, live, gates, measured, budget } = about;
  const asked = { test, candidate, live: live?.predictions ?? null, gates, measured, promised: budget > 0 };
  return sha256(canonicalJson(asked)).slice(0, 32);
}

/** A gate as a try names it: whoever asks it, and of whichever stage. */
export function gateDigest({ gate, definition }: AskedGate): Sha256 {
  return sha256(canonicalJson({ gate, definition }));
}

interface Pair extends Pick<Try, "id" | "test" | "candidate" | "live" | "gates" | "measured"> {
  asked: AskedGate[];
}

/** The candidate with each version that it met, and the gates that this answers; in the order of their ids. */
function pairsOf({ test, candidate, gates, measured, live, budget }: Asking): Pair[] {
  const named = new Set(gates.flatMap(({ gate }) => gate.versus ?? []));
  const met = live.filter(({ stage }) => named.has(stage)).sort((a, b) => a.version - b.version);
  const apart = [...new Set(met.map(({ predictions }) => predictions))];
  const pairs = (apart.length === 0 ? [undefined] : apart).map((predictions): Pair => {
    const same = met.filter((each) => each.predictions === predictions);
    const stages = same.map(({ stage }) => stage);
    const asked = gates.filter(({ gate }) => gate.versus === undefined || stages.includes(gate.versus));
    const [first] = same;
    const metrics = new Set(asked.map(({ gate }) => gate.metric));
    const about = {
      ...{ test, candidate, gates: [...new Set(asked.map(gateDigest))].sort() },
      measured: Object.fromEntries(Object.entries(measured).filter(([name]) => metrics.has(name))),
      ...(first === undefined ? {} : { live: { version: first.version, predictions: first.predictions } }),
    };
    return { ...about, id: tryId({ ...about, budget }), asked };
  });
  return pairs.sort((a, b) => (a.id < b.id ? -1 : 1));
}

/**
 * The recorded try that answered a pair's gates already; of several the first that was spent. What asks nothing of another
 * version was answered by any try of the candidate that had these gates. Predictions that are measured otherwise are asked
 * something else; and what was asked without a promise over tries answers nothing that has one.
 */
function tryThatAnswered(
  { test, candidate, live, gates, measured }: Omit<Pair, "asked">,
  budget: number,
  recorded: readonly TryMade[],
): TryMade | undefined {
  const [first] = recorded
    .filter((each) => each.test === test && each.candidate === candidate)
    .filter((each) => live === undefined || each.live?.predictions === live.predictions)
    .filter((each) => gates.every((gate) => each.gates.includes(gate)))
    .filter((each) => Object.entries(measured).every(([name, digest]) => each.measured[name] === digest))
    .filter((each) => each.budget > 0 || budget === 0)
    .sort((a, b) => a.before - b.before || (a.id < b.id ? -1 : 1));
  return first;
}

/** What a decision keeps of a try. */
export function termsOf({ id, budget, before, level }: TryTerms): TryTerms {
  return { id, budget, before, level };
}

/** Twelve digits: 5 % shared by 20 is 0.25 %, and a sum is the same however it was added up. */
function rounded(level: number): number {
  return Number(level.toPrecision(12));
}
