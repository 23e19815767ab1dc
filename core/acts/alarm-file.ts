import type { Person } from "../../schemas/names.ts";
import { timestamp } from "../clock.ts";
import { type MonitoringChange, openMonitoring } from "../monitoring/open-branch.ts";
import { formatMonitoringPath } from "../monitoring/paths.ts";
import { toMarkdown } from "../report/to-markdown.ts";
import type { AlarmHands, ToldAlarm } from "./act-on-alarms.ts";
import type { Ports } from "./ports.ts";

const MOST_BYTES = 1024 * 1024;

/**
 * A file in an issue's place, where a repository has no issues: ALARM.md of a model, on the branch monitoring, there while the model
 * is alarmed. Rejects as `Monitoring.write` does.
 */
export function alarmFiles(ports: Pick<Ports, "objects" | "remote" | "clock" | "name">, by: Person): AlarmHands {
  const branch = openMonitoring(ports.objects, ports.remote);
  return {
    place: "terminal",
    async tell({ standing, issue, report, more }) {
      const { name: model } = standing.record;
      const path = formatMonitoringPath({ kind: "alarm", model });
      const content = toMarkdown(report);
      const about = { act: "alarm", model, by, at: timestamp(ports.clock()), host: ports.name } as const;
      let isThere = false;
      await branch.write(async (): Promise<MonitoringChange | undefined> => {
        const [before] = await branch.readMany([path], MOST_BYTES);
        const found = changeOf(before?.toString("utf8"), issue, content);
        const change = more && found === "update" ? undefined : found;
        isThere = change === "remove" ? false : before !== undefined || change === "open";
        if (change === undefined) return undefined;
        const subject = `${SUBJECTS[change]} ${model}`;
        return change === "remove"
          ? { ...about, files: [], removed: [path], subject }
          : { ...about, files: [{ path, content }], subject };
      });
      return isThere ? `monitoring:${path}` : undefined;
    },
  };
}

const SUBJECTS = {
  open: "Open the alarm of",
  update: "Keep current the alarm of",
  remove: "Close the alarm of",
} as const;

function changeOf(
  before: string | undefined,
  issue: ToldAlarm["issue"],
  content: string,
): keyof typeof SUBJECTS | undefined {
  if (issue === "close") return before === undefined ? undefined : "remove";
  if (before === undefined) return issue === "open" ? "open" : undefined;
  return before === content ? undefined : "update";
}
