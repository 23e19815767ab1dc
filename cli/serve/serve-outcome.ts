import type { EndpointState, Serving } from "../../core/serving/served.ts";
import type { ServeResult } from "../../schemas/cli-output.ts";
import type { CommandOutcome, Session } from "../command.ts";
import { plainLine } from "../plain-text.ts";

/** What `slipway serve` says once it answers: what answers where, and a request that works as it is typed. */
export function serveOutcome(
  { colors }: Pick<Session, "colors">,
  serving: Pick<Serving, "endpoints">,
  { url, stage, token }: { url: string; stage: string; token: string | undefined },
): CommandOutcome {
  const endpoints = serving.endpoints();
  const models = endpoints.map(({ model, live, problem }) => ({
    ...{ model, url: `${url}/v1/models/${encodeURIComponent(model)}:predict` },
    ...(live === undefined ? {} : { version: live.version }),
    ...(problem === undefined ? {} : { problem }),
  }));
  const result: ServeResult = { url, stage, models };
  const lines = models.map(({ model, version, problem }) => {
    const mark = version === undefined ? colors.red("✗") : colors.green("✓");
    const what = version === undefined ? `no version of ${model} answers` : `${model} version ${version} answers`;
    return `${mark} ${plainLine(`${what} in ${stage}${problem === undefined ? "" : `: ${problem}`}`)}`;
  });
  if (models.length === 0)
    lines.push(`No model has a version in ${plainLine(stage)} yet: the first one will answer here.`);
  const [idle] =
    models.length === 0
      ? [{ model: "<model>" }]
      : models.filter(({ version, problem }) => version === undefined && problem === undefined);
  if (idle !== undefined)
    lines.push(
      `  To put one there, in another terminal: slipway promote ${plainLine(`${idle.model}@<version> ${stage}`)}`,
    );
  const example = endpoints.find(({ live }) => live !== undefined);
  if (example !== undefined) lines.push("", ...curl(url, example, endpoints.length === 1, token));
  lines.push("", `${url}/docs says all that it answers; ${url}/-/status how it is.`);
  return { result, text: lines.join("\n") };
}

/** A request that works as it is typed. */
function curl(url: string, { model, live }: EndpointState, isOnly: boolean, token: string | undefined): string[] {
  const rows = [live?.example ?? {}];
  const [place, body] = isOnly
    ? ["/invocations", { dataframe_records: rows }]
    : [`/v1/models/${encodeURIComponent(model)}:predict`, { instances: rows }];
  const data = JSON.stringify(body).replaceAll("'", "'\\''");
  const lines = [
    `curl -sS ${url}${place}`,
    "-H 'content-type: application/json'",
    ...(token === undefined ? [] : [`-H "authorization: Bearer ${token}"`]),
    `-d '${plainLine(data)}'`,
  ];
  return [lines.join(" \\\n  ")];
}
