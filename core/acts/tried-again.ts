import { basename, dirname } from "node:path/posix";
import type { BlobId } from "../../schemas/names.ts";
import type { Try } from "../../schemas/try.ts";
import { canonicalJson } from "../canonical.ts";
import { SlipwayError } from "../errors.ts";
import { gateDigest, triesPrice } from "../ledger/charge.ts";
import { type Finding, wrong } from "../registry/finding.ts";
import type { Recount } from "../registry/verify.ts";
import { keptFiles } from "./kept-files.ts";
import { gatesIn, type StageRules } from "./policy.ts";

/**
 * Holds each try against the policy that it names: its gates are that policy's, all that compare nothing among them, its
 * budget is the policy's `tries`, and its price is what the most expensive of its gates asks.
 */
export const triedAgain: Recount = async (ledger, text) => {
  const findings: Finding[] = [];
  const known = new Map<string, Promise<StageRules[]>>();
  for (const { kind, at, record: made } of ledger) {
    if (kind !== "try") continue;
    const key = canonicalJson([made.model, made.stage, made.act, made.policy]);
    const reading = known.get(key) ?? rulesOf(made, text);
    known.set(key, reading);
    try {
      const faults = (await reading).map((rules) => faultOf(made, rules));
      const fault = faults.every((each) => each !== undefined) ? faults[0] : undefined;
      if (fault !== undefined) findings.push(wrong("LEDGER_WRONG", at, `Try ${at.id} of ${made.model}: ${fault}.`));
    } catch (error) {
      if (!(error instanceof SlipwayError)) throw error;
      const why = `Try ${at.id} of ${made.model}: its rules cannot be read again: ${error.message}`;
      findings.push(wrong("LEDGER_WRONG", at, why));
    }
  }
  return findings;
};

/** A version that was imported and evaluated is asked the gates of `register` with a stage's: either may be a promotion's rules. */
async function rulesOf(
  { model, stage, policy }: Try,
  text: (blob: BlobId) => Promise<Buffer | undefined>,
): Promise<StageRules[]> {
  const { spec, commit } = policy;
  const files = await keptFiles(policy, text);
  const about = {
    ...(spec === undefined ? {} : { displayName: basename(dirname(spec)) }),
    imported: spec === undefined,
  };
  const read = (evaluated: boolean) => gatesIn(files, commit, model, stage ?? "register", { ...about, evaluated });
  return stage === undefined ? [await read(false)] : [await read(false), await read(true)];
}

function faultOf(made: Try, { gates, every, budget }: StageRules): string | undefined {
  const asked = made.stage === undefined ? every : gates;
  const known = new Map(asked.map((each) => [gateDigest(each), each]));
  if (made.gates.some((digest) => !known.has(digest))) return "it names a gate that its policy does not ask";
  const left = [...known].find(([digest, { gate }]) => gate.versus === undefined && !made.gates.includes(digest));
  if (left !== undefined) return `it leaves out a gate on ${left[1].gate.metric} that its policy asks`;
  if (made.budget !== budget) return `its budget is ${made.budget}, and its policy says ${budget}`;
  const price = triesPrice(
    made.gates.flatMap((digest) => known.get(digest) ?? []),
    budget,
  );
  return made.price === price ? undefined : `its price is ${made.price}, and its gates ask at ${price}`;
}
