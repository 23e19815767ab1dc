import { type Difference, diffVersions, type VersionDiff } from "../../../../core/report/diff-versions.ts";
import { left, type Section } from "../../../../core/report/report.ts";
import type { ShownVersion } from "../load-version.ts";

const KINDS = [
  ["Params", "params"],
  ["Data", "data"],
  ["Environment", "environment"],
  ["Commit and digests", "code"],
] as const satisfies readonly (readonly [string, keyof VersionDiff])[];

/** What the versions were made from, as far as they differ from the first: params, data, environment, commits. */
export function inputSections([base, ...others]: readonly ShownVersion[]): Section[] {
  if (base === undefined) return [];
  const diffs = others.map(({ manifest }) => diffVersions(base.manifest, manifest));
  const same: string[] = [];
  const sections = KINDS.flatMap(([title, kind]): Section[] => {
    const named = diffs.map((diff) => new Map((diff[kind] as Difference[]).map((each) => [each.name, each])));
    const names = [...new Set(named.flatMap((each) => [...each.keys()]))].sort();
    if (names.length === 0) {
      same.push(title);
      return [];
    }
    const columns = [
      left("Name"),
      left(`Version ${base.version}`),
      ...others.map(({ version }) => left(`Version ${version}`)),
    ];
    const rows = names.map((name) => {
      const before = named.map((each) => each.get(name)).find((each) => each !== undefined)?.from ?? "(absent)";
      return [
        name,
        before,
        ...named.map((each) => {
          const change = each.get(name);
          return change === undefined ? "the same" : (change.to ?? "(absent)");
        }),
      ];
    });
    return [{ title: `${title} that differ`, folded: false, text: [], table: { columns, rows } }];
  });
  if (same.length === 0) return sections;
  return [...sections, { title: "What is the same", folded: false, text: [`${same.join(", ")}.`] }];
}
