import { currentPolicy } from "../../core/acts/current-policy.ts";
import { monitor } from "../../core/acts/monitor.ts";
import { type ModelStanding, monitorStates } from "../../core/acts/monitor-states.ts";
import { recordMonitoring } from "../../core/acts/record-monitoring.ts";
import { REASONS, type ReasonCode, SlipwayError } from "../../core/errors.ts";
import { person } from "../../core/git/workspace.ts";
import { monitorHistory } from "../../core/report/monitor-history.ts";
import { monitorReport, stateWords } from "../../core/report/monitor-report.ts";
import { counted } from "../../core/report/verdict-words.ts";
import type { MonitorCommandResult } from "../../schemas/cli-output.ts";
import type { MonitorResult } from "../../schemas/monitoring.ts";
import type { CommandOutcome, Session } from "../command.ts";
import { moment } from "../moment.ts";
import { plainLine } from "../plain-text.ts";
import { withPorts } from "../ports.ts";
import { reportText } from "../report-text.ts";

interface Options {
  remote?: string;
  at?: string;
  history?: boolean;
}

/** `slipway monitor [models…]`: looks at what is new in the request log and among labels, records it, and says where models stand. */
export async function run(
  session: Session,
  args: { models?: string[] },
  { remote, at: when, history = false }: Options,
): Promise<CommandOutcome> {
  const now = new Date();
  const at = moment("--at", when, now) ?? now;
  if (at > now)
    throw new SlipwayError("USAGE", "--at is in the future: no window that ends then is over", {
      expected: `a moment up to ${now.toISOString()}`,
      found: at.toISOString(),
    });
  const models = args.models?.length ? args.models : undefined;
  return withPorts(session, remote, async (ports) => {
    const about = { models, at };
    let looked: MonitorResult | undefined;
    let written = 0;
    if (!history) {
      const step = session.progress.start("look at the request log");
      const by = await person(ports.workspace);
      const transfer = () => session.progress.transfer("fetching");
      const policy = await currentPolicy(ports);
      const access = { env: session.env, store: policy.artifacts?.store, transfer, signal: session.signal };
      const progress = (line: string) => session.progress.note(line);
      looked = await monitor(ports, { ...about, by, access, signal: session.signal, progress });
      ({ written } = await recordMonitoring(ports, looked, { by, host: ports.name }));
      step.done(`${counted(written, "window")} new`);
    }
    const standings = await monitorStates(ports, about);
    const result: MonitorCommandResult = {
      at: at.toISOString(),
      ...{ written, unchanged: looked?.unchanged ?? 0, left: looked?.left ?? 0 },
      models: standings.map(({ state, windows }) => ({ ...state, ...(history ? { windows } : {}) })),
      ...{ problems: looked?.problems ?? [], notes: looked?.notes ?? [], moved: looked?.moved ?? [] },
    };
    if (history) return { result, text: historyText(session, standings) };
    const text = textOf(session, standings, result, models !== undefined);
    return { result, text, ...refusalOf(standings, result.problems) };
  });
}

/** A report of each model that is alarmed, or was asked for by its name; of others a line. */
function textOf(
  session: Session,
  standings: readonly ModelStanding[],
  result: MonitorCommandResult,
  isNamed: boolean,
): string {
  const { colors } = session;
  const reports = standings.map(({ state, stage, windows, loaded }) => {
    const about = { state, windows, stage, spec: loaded?.spec.monitor };
    if (isNamed || state.state === "alarmed")
      return `${reportText(session, monitorReport({ ...about, place: "terminal" }))}\n`;
    return `${state.state === "clearing" ? "•" : colors.green("✓")} ${plainLine(state.model)}: ${stateWords(state)}`;
  });
  const notes = [...result.problems, ...result.notes].map(
    ({ model, code, message }) => `• ${plainLine(model)}: ${code}: ${plainLine(message)}`,
  );
  const left =
    result.left === 0 ? [] : [`• ${counted(result.left, "older window")} left for the next look: run it again`];
  const moved = result.moved.map(
    ({ model }) => `• ${plainLine(model)}: its data moved since they were pinned: slipway retrain ${plainLine(model)}`,
  );
  if (standings.length === 0)
    reports.push("no window was looked at yet: no model answered requests in one that is over");
  return [...reports, ...notes, ...left, ...moved].join("\n");
}

function historyText(session: Session, standings: readonly ModelStanding[]): string {
  const reports = standings.map(({ state, windows, loaded }) =>
    reportText(session, monitorHistory(state.model, windows, loaded?.spec.monitor)),
  );
  return reports.length === 0 ? "no window was looked at yet" : reports.join("\n\n");
}

function refusalOf(
  standings: readonly ModelStanding[],
  problems: MonitorResult["problems"],
): { refusal?: SlipwayError } {
  const alarmed = standings.filter(({ state }) => state.state === "alarmed");
  const [first] = problems;
  if (alarmed.length === 0 && first === undefined) return {};
  const told = problems.map(({ model, code, message }) => ({ code, message: `${model}: ${message}` }));
  if (alarmed.length === 0 && first !== undefined)
    return {
      refusal: new SlipwayError(codeOf(first.code), `${counted(problems.length, "model")} could not be looked at`, {
        problems: told,
      }),
    };
  const names = alarmed.map(({ state }) => plainLine(state.model)).join(", ");
  return { refusal: new SlipwayError("MONITOR_ALARMED", `alarmed: ${names}`) };
}

/** A problem's code is one of ours; what another version of Slipway calls one counts as a store's. */
function codeOf(code: string): ReasonCode {
  return Object.hasOwn(REASONS, code) ? (code as ReasonCode) : "STORE_FAILED";
}
