import type { ChangeReason } from "../../schemas/plan.ts";
import { DIGESTS, type Difference, type VersionDiff } from "./diff-versions.ts";
import type { Cell, Section } from "./report.ts";
import { left } from "./report.ts";

/** What changed since the baseline, by key: params and data first, then environment and commit; digests folded. */
export function changeSection(diff: VersionDiff): Section[] {
  const since = diff.from === undefined ? "" : ` since version ${diff.from}`;
  const title = `What changed${since}`;
  if (diff.same) {
    const text = ["Nothing that training depends on: the fingerprints are equal."];
    return [{ title, folded: false, text }];
  }
  const named: [string, Difference[]][] = [
    ["params", diff.params],
    ["data", diff.data],
    ["environment", diff.environment],
    ["code", diff.code.filter(({ name }) => !DIGESTS.includes(name))],
  ];
  const digests = diff.code.filter(({ name }) => DIGESTS.includes(name));
  const rows = named.flatMap(([kind, changes]) => changes.map((change) => changeRow(kind, change)));
  const columns = ["What", "Name", "Before", "Now"].map(left);
  const text = named.slice(0, 3).every(([, changes]) => changes.length === 0)
    ? ["Params, data and environment are the same: the code or the spec changed."]
    : [];
  return [
    { title, folded: false, text, ...(rows.length === 0 ? {} : { table: { columns, rows } }) },
    ...(digests.length === 0 ? [] : [digestSection(digests)]),
  ];
}

function digestSection(digests: readonly Difference[]): Section {
  const columns = ["Digest", "Before", "Now"].map(left);
  const rows = digests.map(({ name, from, to }) => [name, from ?? "(absent)", to ?? "(absent)"]);
  return { title: "Digests that changed", folded: true, text: [], table: { columns, rows } };
}

/** Why the plan wants this run: the files and keys that changed. */
export function reasonSection(reasons: readonly ChangeReason[]): Section[] {
  if (reasons.length === 0) return [];
  const columns = ["Why it ran", "Files or keys"].map(left);
  const rows = reasons.map(({ kind, paths }) => [kind, paths.join(", ")]);
  return [{ title: "Changed files", folded: true, text: [], table: { columns, rows } }];
}

function changeRow(kind: string, { name, from, to }: Difference): Cell[] {
  return [kind, name, from ?? "(absent)", to ?? "(absent)"];
}
