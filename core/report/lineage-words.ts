import type { Lineage } from "../../schemas/lineage.ts";
import { toSecond } from "../clock.ts";

/** A lineage as rows of a table: what, and its value. */
export function lineageRows(lineage: Lineage): [string, string][] {
  const { commit, spec, source, pull_request, run, run_link, artifact, data, parent, replaced } = lineage;
  const row = (what: string, value: string | undefined): [string, string][] =>
    value === undefined ? [] : [[what, value]];
  const dataWords = (set: { sha256: string; rows: number } | undefined) =>
    set && `${set.rows} rows, sha256 ${set.sha256}`;
  return [
    ...row("source", commit === undefined ? source && `imported: ${source}` : `${spec} at commit ${commit}`),
    ...row("pull request", pull_request === undefined ? undefined : `#${pull_request}`),
    ...row("run", run),
    ...row("link", run_link),
    ...row("artifact", artifact.sha256 && `${artifact.from}, sha256 ${artifact.sha256}`),
    ...row("training data", commit === undefined ? undefined : (dataWords(data.train) ?? "none")),
    ...row("test data", dataWords(data.test)),
    ...row("parent", parent && parentWords(parent)),
    ...replaced.flatMap(({ stage, version, at }) => row("replaced", `version ${version} in ${stage}, ${toSecond(at)}`)),
  ];
}

function parentWords({ model, version, how }: NonNullable<Lineage["parent"]>): string {
  return how === "copy" ? `a copy of ${model} version ${version}` : `retrained after version ${version}`;
}
