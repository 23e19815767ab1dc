import { currentPolicy } from "../../core/acts/current-policy.ts";
import { monitor } from "../../core/acts/monitor.ts";
import { type ModelStanding, monitorStates } from "../../core/acts/monitor-states.ts";
import { recordMonitoring } from "../../core/acts/record-monitoring.ts";
import { SlipwayError } from "../../core/errors.ts";
import { person } from "../../core/git/workspace.ts";
import { counted } from "../../core/report/verdict-words.ts";
import type { MonitorCommandResult } from "../../schemas/cli-output.ts";
import type { MonitorResult } from "../../schemas/monitoring.ts";
import type { CommandOutcome, Session } from "../command.ts";
import { moment } from "../moment.ts";
import { plainLine } from "../plain-text.ts";
import { withPorts } from "../ports.ts";

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
    return { result, text: textOf(session, standings, result), ...refusalOf(standings, result.problems) };
  });
}

function textOf(session: Session, standings: readonly ModelStanding[], result: MonitorCommandResult): string {
  const { colors } = session;
  const lines = standings.map(({ state, windows }) => {
    const mark = state.state === "alarmed" ? colors.red("✗") : colors.green("✓");
    const about = `${state.model}: ${state.state}, ${counted(windows.length, "window")}`;
    return [`${mark} ${about}`, ...state.alarms.map(({ words }) => `    ${plainLine(words)}`)].join("\n");
  });
  const notes = [...result.problems, ...result.notes].map(
    ({ model, code, message }) => `• ${model}: ${code}: ${plainLine(message)}`,
  );
  const left = result.left === 0 ? [] : [`• ${counted(result.left, "window")} left for the next look: run it again`];
  if (standings.length === 0) lines.push("no window was looked at yet: no model answered requests in one that is over");
  return [...lines, ...notes, ...left].join("\n");
}

function refusalOf(
  standings: readonly ModelStanding[],
  problems: MonitorResult["problems"],
): { refusal?: SlipwayError } {
  const alarmed = standings.filter(({ state }) => state.state === "alarmed");
  const [first] = problems;
  if (alarmed.length === 0 && first === undefined) return {};
  const told = problems.map(({ model, code, message }) => ({ code, message: `${model}: ${message}` }));
  if (alarmed.length === 0)
    return {
      refusal: new SlipwayError("MONITOR_ALARMED", `${counted(problems.length, "model")} could not be looked at`, {
        problems: told,
      }),
    };
  const names = alarmed.map(({ state }) => state.model).join(", ");
  const alarms = alarmed.flatMap(({ state }) =>
    state.alarms.map(({ words }) => ({ code: "MONITOR_ALARMED", message: `${state.model}: ${words}` })),
  );
  return {
    refusal: new SlipwayError("MONITOR_ALARMED", `alarmed: ${names}`, {
      problems: [...alarms, ...told],
    }),
  };
}
