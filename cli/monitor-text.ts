import type { ModelStanding } from "../core/acts/monitor-states.ts";
import { monitorHistory } from "../core/report/monitor-history.ts";
import { monitorReport, stateWords } from "../core/report/monitor-report.ts";
import { counted } from "../core/report/verdict-words.ts";
import type { MonitorCommandResult } from "../schemas/cli-output.ts";
import type { Session } from "./command.ts";
import { plainLine } from "./plain-text.ts";
import { reportText } from "./report-text.ts";

interface Told {
  standings: readonly ModelStanding[];
  result: MonitorCommandResult;
  history: boolean;
  /** Models were asked for by their names. */
  isNamed: boolean;
}

const NONE =
  "no window was looked at yet: no model answered requests in one that is over (a day in UTC, unless monitor.window says otherwise)";

/** What `slipway monitor` says: a report of each model that is alarmed or was asked for, a line of others (of all with --quiet), and what was done. */
export function monitorText(session: Session, { standings, result, history, isNamed }: Told): string {
  const told = standings.map((standing) => {
    const { state, stage, windows, loaded, hasEarlier } = standing;
    const spec = loaded?.spec.monitor;
    if (history) return reportText(session, monitorHistory(state.model, windows, spec));
    if (!session.quiet && (isNamed || state.state === "alarmed"))
      return reportText(session, monitorReport({ state, windows, stage, hasEarlier, spec, place: "terminal" }));
    return `${markOf(state, session)} ${plainLine(state.model)}: ${stateWords(state)}`;
  });
  return [...(told.length === 0 ? [NONE] : told), ...doneLines(result), ...noteLines(result)].join("\n");
}

/** As a report's verdict has it: what is not known to be well gets no tick. */
function markOf({ state }: ModelStanding["state"], { colors }: Session): string {
  if (state === "alarmed") return colors.red("✗");
  return state === "quiet" ? colors.green("✓") : state === "clearing" ? colors.yellow("?") : "•";
}

function doneLines({ acted = [] }: MonitorCommandResult): string[] {
  return acted.flatMap(({ model, done, issue }) => [
    ...done.map((words) => `→ ${plainLine(model)}: ${plainLine(words)}`),
    ...(issue === undefined ? [] : [`→ ${plainLine(model)}: told in ${plainLine(issue)}`]),
  ]);
}

function noteLines({ problems, notes, left, moved, acted }: MonitorCommandResult): string[] {
  return [
    ...[...problems, ...notes].map(
      ({ model, code, message }) => `• ${plainLine(model)}: ${code}: ${plainLine(message)}`,
    ),
    ...(left === 0 ? [] : [`• ${counted(left, "older window")} left for the next look: run it again`]),
    ...(acted === undefined ? moved : []).map(
      ({ model }) =>
        `• ${plainLine(model)}: its data moved since they were pinned: slipway retrain ${plainLine(model)}`,
    ),
  ];
}
