import { chmod, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { KINDS } from "./kinds.ts";
import { randomOf } from "./random.ts";

interface TrialsOptions {
  names: readonly string[];
  /** Of all kinds together, by their shares. */
  trials: number;
  seed: string;
  /** This one alone, of one kind. */
  only?: number | undefined;
  /** The storm is of 2,000 writes. */
  long?: boolean;
  /** Where the trials work; what a broken promise left stays there. */
  folder: string;
  say(line: string): void;
}

/** Runs trials, kind by kind, and says a line of each; resolves to how many promises were broken. */
export async function runTrials({
  names,
  trials,
  seed,
  only,
  folder,
  say,
  long = false,
}: TrialsOptions): Promise<number> {
  const kinds = await Promise.all(names.map((name) => (KINDS[name] as (typeof KINDS)[string])()));
  const shares = kinds.reduce((sum, { share }) => sum + share, 0);
  let broken = 0;
  // Some trials are made as somebody else.
  await chmod(folder, 0o755);
  say(`seed ${seed}`);
  for (const { name, does, share, prepare } of kinds) {
    const began = performance.now();
    const stageFolder = join(folder, name);
    await mkdir(stageFolder, { recursive: true });
    const stage = await prepare(stageFolder, { long });
    const count = Math.max(1, Math.round((trials * share) / (shares || 1)));
    const outcomes = new Map<string, number>();
    const list = only === undefined ? Array.from({ length: count }, (_, at) => at) : [only];
    for (const at of list) {
      const own = join(stageFolder, `trial-${at}`);
      await mkdir(own);
      try {
        const outcome = await stage.trial(randomOf(seed, name, at), own);
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
        if (only === undefined) await rm(own, { recursive: true, force: true });
      } catch (error) {
        broken += 1;
        say(`BROKEN ${name} ${at}: ${(error as Error).stack ?? error}`);
        say(`  again: npm run trials -- ${name} --seed ${seed} --only ${at} --keep`);
      }
    }
    await stage.end?.();
    const said = [...outcomes].sort(([, a], [, b]) => b - a).map(([outcome, times]) => `${times} ${outcome}`);
    const seconds = ((performance.now() - began) / 1000).toFixed(0);
    say(
      `${name}: ${list.length} trials in ${seconds} s${stage.how ? ` (${stage.how})` : ""}: ${said.join(", ")}\n  ${does}`,
    );
  }
  say(broken === 0 ? "Every promise held" : `${broken} promises were broken`);
  return broken;
}
