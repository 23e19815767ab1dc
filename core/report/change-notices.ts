import type { ChangeReason, PlannedModel } from "../../schemas/plan.ts";

/**
 * The keys of a spec that a reviewer need not be told of: who answers for a model, where and how long it runs, and what it
 * is tuned by. Whatever else a change touches is announced, keys that are yet to come among them.
 */
const HARMLESS =
  /^(owner|description|train\.(params|seed|timeout|runs-on)|predict\.(timeout|runs-on)|environment\.timeout)(\.|$)|^metrics\.[^.]+\.timeout$/;

const MOST_NAMES = 5;

/**
 * What of a model a change touches, a sentence each, the weightiest first: plain text. `decides`: the branch whose gates
 * decide until the change is merged.
 */
export function changeNotices({ model, reasons }: PlannedModel, decides?: string): string[] {
  const of = (kind: ChangeReason["kind"]) =>
    reasons.filter((reason) => reason.kind === kind).flatMap(({ paths }) => paths);
  const spec = of("spec").filter((key) => !HARMLESS.test(key));
  const gates = spec.filter((key) => /^gates(\.|$)/.test(key));
  const measured = spec.filter((key) => /^(metrics|slices)(\.|$)/.test(key));
  const others = spec.filter((key) => !gates.includes(key) && !measured.includes(key));
  const environment = of("environment").filter((key) => !HARMLESS.test(key));
  const here = decides === undefined ? "" : ` Those of ${decides} decide here; these decide once it is merged.`;
  const told = (what: string, paths: readonly string[]) => (paths.length === 0 ? [] : [`${what}: ${someOf(paths)}.`]);
  return [
    ...(of("removed").length === 0 ? [] : [`Removes the model ${model}.`]),
    ...(gates.length === 0 ? [] : [`Changes the gates of ${model}.${here}`]),
    ...(of("policy").length === 0 ? [] : [`Changes the floors of ${model}.${here}`]),
    ...told(`Changes how ${model} is measured`, measured),
    ...told(`Changes the spec of ${model}`, others),
    ...told(`Changes data of ${model}`, of("data")),
    ...told(`Changes the environment of ${model}`, environment),
    ...told(`Changes code of ${model}`, of("code")),
  ];
}

/** What says for the whole repository what is run, what decides, who must agree, and what Git makes of a file's bytes. */
export function repositoryNotices(paths: readonly string[], decides?: string): string[] {
  const named = (test: RegExp) => paths.filter((path) => test.test(path));
  const told = (what: string, test: RegExp) => {
    const found = named(test);
    return found.length === 0 ? [] : [`${what}: ${someOf(found)}.`];
  };
  const here =
    decides === undefined ? "" : ` The policy of ${decides} decides here; this one decides once it is merged.`;
  return [
    ...told("Changes workflow files", /^\.github\/(workflows|actions)\/|(^|\/)action\.ya?ml$/),
    ...(paths.includes("slipway.yaml") ? [`Changes slipway.yaml.${here}`] : []),
    ...told("Changes who must review", /^(\.github\/|docs\/)?CODEOWNERS$/),
    ...told("Changes how Git reads files", /(^|\/)(\.gitattributes|\.lfsconfig|\.gitmodules)$/),
  ];
}

/** The first few, and how many more there are. */
export function someOf(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES).join(", ");
  return names.length > MOST_NAMES ? `${shown} and ${names.length - MOST_NAMES} more` : shown;
}
