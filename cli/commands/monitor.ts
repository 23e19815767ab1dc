import { type ActedModel, actOnAlarms } from "../../core/acts/act-on-alarms.ts";
import { alarmFiles } from "../../core/acts/alarm-file.ts";
import { currentPolicy } from "../../core/acts/current-policy.ts";
import { localName } from "../../core/acts/local-name.ts";
import { monitor } from "../../core/acts/monitor.ts";
import { eachStanding, type ModelStanding } from "../../core/acts/monitor-states.ts";
import type { Ports } from "../../core/acts/ports.ts";
import { recordMonitoring } from "../../core/acts/record-monitoring.ts";
import { SlipwayError } from "../../core/errors.ts";
import { person } from "../../core/git/workspace.ts";
import { moment } from "../../core/moment.ts";
import { counted } from "../../core/report/verdict-words.ts";
import type { MonitorCommandResult } from "../../schemas/cli-output.ts";
import type { MonitorResult } from "../../schemas/monitoring.ts";
import type { Person } from "../../schemas/names.ts";
import type { CommandOutcome, Session } from "../command.ts";
import { noteDeploy } from "../deploy-note.ts";
import { monitorRefusal } from "../monitor-refusal.ts";
import { monitorText } from "../monitor-text.ts";
import { withPorts } from "../ports.ts";
import { snoozeModels } from "../snooze-models.ts";

interface Options {
  remote?: string;
  at?: string;
  history?: boolean;
  act?: boolean;
  snooze?: string;
  reason?: string;
}

/**
 * `slipway monitor [models…]`: looks at what is new in the request log and among labels, records it, and says where models stand;
 * with --act it does what the policy wants done about alarms.
 */
export async function run(session: Session, args: { models?: string[] }, options: Options): Promise<CommandOutcome> {
  const { remote, at: when, history = false, act = false, snooze, reason } = options;
  const now = new Date();
  const at = moment("--at", when, now) ?? now;
  if (at > now)
    throw new SlipwayError("USAGE", "--at is in the future: no window that ends then is over", {
      expected: `a moment up to ${now.toISOString()}`,
      found: at.toISOString(),
    });
  checkTogether(options);
  const models = args.models?.length ? args.models : undefined;
  return withPorts(session, remote, async (ports) => {
    const by = history ? undefined : await person(ports.workspace);
    if (by && snooze !== undefined) await snoozeModels(ports, { models, snooze, reason, by });
    const { looked, written } =
      by === undefined || snooze !== undefined
        ? { looked: undefined, written: 0 }
        : await look(session, ports, { models, at, by });
    const standings: ModelStanding[] = [];
    // What is not told need not be held: of a thousand models it would not fit.
    for await (const standing of eachStanding(ports, { models, at }))
      standings.push(
        history || models !== undefined || standing.state.state === "alarmed" ? standing : { ...standing, windows: [] },
      );
    const acted = act && by && looked ? await doActs(session, ports, { models, at, by, looked }) : undefined;
    const result: MonitorCommandResult = {
      at: at.toISOString(),
      ...{ written, unchanged: looked?.unchanged ?? 0, left: looked?.left ?? 0 },
      models: standings.map(({ state, windows }) => ({ ...state, ...(history ? { windows } : {}) })),
      problems: [...(looked?.problems ?? []), ...(acted?.problems ?? [])],
      ...{ notes: looked?.notes ?? [], moved: looked?.moved ?? [] },
      ...(acted === undefined ? {} : { acted: acted.acted.map(shownAct) }),
    };
    const text = monitorText(session, { standings, result, history, isNamed: models !== undefined });
    // A look back, or a person's word, refuses nothing.
    return { result, text, ...(looked === undefined ? {} : monitorRefusal(standings, result.problems)) };
  });
}

function checkTogether({ history, act, at, snooze, reason }: Options): void {
  const given = [history && "--history", act && "--act", snooze !== undefined && "--snooze"].filter(Boolean);
  if (given.length > 1)
    throw new SlipwayError("USAGE", `${given.join(" and ")} cannot stand together`, { expected: "one of them" });
  if (reason !== undefined && snooze === undefined)
    throw new SlipwayError("USAGE", "--reason belongs to --snooze", { expected: '--snooze 7d --reason "…"' });
  if (snooze !== undefined && at !== undefined)
    throw new SlipwayError("USAGE", "--snooze begins now", { expected: "no --at" });
}

async function look(session: Session, ports: Ports, about: { models?: string[] | undefined; at: Date; by: Person }) {
  const step = session.progress.start("look at the request log");
  const transfer = () => session.progress.transfer("fetching");
  const policy = await currentPolicy(ports);
  const access = { env: session.env, store: policy.artifacts?.store, transfer, signal: session.signal };
  const progress = (line: string) => session.progress.note(line);
  const looked = await monitor(ports, { ...about, access, signal: session.signal, progress });
  const { written } = await recordMonitoring(ports, looked, { by: about.by, host: ports.name });
  step.done(`${counted(written, "window")} new`);
  return { looked, written };
}

/** A repository without issues has files in their place, and branches in place of pull requests. */
async function doActs(
  session: Session,
  ports: Ports,
  { models, at, by, looked }: { models: string[] | undefined; at: Date; by: Person; looked: MonitorResult },
) {
  const step = session.progress.start("act on alarms");
  const done = await actOnAlarms(ports, {
    ...{ models, at, by, moved: looked.moved, repository: localName(ports.workspace), hands: alarmFiles(ports, by) },
  });
  for (const { decision } of done.acted) if (decision !== undefined) await noteDeploy(session, ports, decision);
  step.done(counted(actsOf(done.acted), "act"));
  return done;
}

/** Decisions, and branches or pull requests that have new pins by it; not the sentences that tell of them. */
function actsOf(acted: readonly ActedModel[]): number {
  const isMade = ({ retrain }: ActedModel) => retrain?.outcome === "opened" || retrain?.outcome === "updated";
  return acted.filter(({ decision }) => decision !== undefined).length + acted.filter(isMade).length;
}

function shownAct({ model, done, issue, decision, retrain }: ActedModel) {
  return {
    ...{ model, done },
    ...(issue === undefined ? {} : { issue }),
    ...(decision === undefined ? {} : { decision }),
    ...(retrain === undefined ? {} : { branch: retrain.branch }),
  };
}
