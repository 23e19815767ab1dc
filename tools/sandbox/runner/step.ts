import { writeFile } from "node:fs/promises";
import path from "node:path";
import { parse } from "yaml";
import { runtimeToken } from "../results.ts";
import { fill, fillTexts, text } from "./expressions.ts";
import { type Place, stepContexts } from "./place.ts";
import { type StepEnd, spawnStep, variables } from "./spawn-step.ts";
import { locate, type StepSpec } from "./workflow-file.ts";

interface ActionFile {
  inputs?: Readonly<Record<string, { default?: unknown; required?: boolean } | null>>;
  runs: { using: string; main: string; post?: string };
}

/** Runs one step: a script, or a JavaScript action of the package. Rejects for what cannot be had. */
export async function runStep(place: Place, step: StepSpec): Promise<StepEnd> {
  const contexts = stepContexts(place, step.env);
  if (step.run !== undefined) {
    const script = path.join(place.temp, "step.sh");
    await writeFile(script, text(fill(step.run, contexts)));
    const strict = step.shell === "bash" ? ["--noprofile", "--norc", "-eo", "pipefail"] : ["-e"];
    return await spawnStep(place, { step, program: "bash", args: [...strict, script], env: contexts.env });
  }
  const given = fillTexts(step.with, contexts);
  return await runAction(place, step, given);
}

async function runAction(place: Place, step: StepSpec, given: Readonly<Record<string, string>>): Promise<StepEnd> {
  const { attempt, scope, request } = place;
  const contexts = stepContexts(place, step.env);
  const [origin, folder] = locate(step.uses ?? "", scope.origin, attempt.options.packaged);
  const source = await origin.read(`${folder}/action.yml`);
  if (source === undefined || origin.folder === undefined) throw new Error(`${step.uses} cannot be had here`);
  const { inputs = {}, runs } = parse(source) as ActionFile;
  if (!/^node\d+$/.test(runs.using)) throw new Error(`${step.uses} is not a JavaScript action`);
  const strange = Object.keys(given).find((name) => !Object.hasOwn(inputs, name));
  if (strange !== undefined) throw new Error(`${step.uses}: input ${strange} is not defined`);
  const missing = Object.entries(inputs).find(
    ([name, input]) => input?.required && !(name in given) && !("default" in input),
  );
  if (missing) throw new Error(`${step.uses}: input ${missing[0]} is required`);
  const defaults = Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, input?.default ?? ""]));
  const action = path.join(origin.folder, folder);
  const env = {
    ...contexts.env,
    ...variables("INPUT_", { ...fillTexts(defaults, contexts), ...given }),
    GITHUB_ACTION_PATH: action,
    // To actions alone, as on GitHub: a script is not given them.
    ACTIONS_RUNTIME_TOKEN: runtimeToken(attempt.state, attempt.run, request.job),
    ACTIONS_RESULTS_URL: `${attempt.state.url}/`,
  };
  const part = (file: string, more: Record<string, string> = {}) =>
    spawnStep(place, { step, program: process.execPath, args: [path.join(action, file)], env: { ...env, ...more } });
  const end = await part(runs.main);
  const { post } = runs;
  if (post !== undefined) {
    const saved = Object.entries(end.state).map(([name, value]) => [`STATE_${name}`, value]);
    place.posts.unshift(() => part(post, Object.fromEntries(saved)));
  }
  return end;
}
