import { canonicalJson, sha256 } from "../../core/canonical.ts";
import type { Alarm } from "../../schemas/monitoring.ts";
import { ModelName } from "../../schemas/names.ts";

/** What an issue's body says of itself to the App, in comments that no page shows. */
export interface IssueMarks {
  model: ModelName;
  /** Whether the App waits for its alarms to clear; otherwise they have, and it has closed the issue. */
  isOpen: boolean;
  /** Keys of the alarms that people were told of. */
  alarms: readonly string[];
}

const END = "<!-- slipway:report end -->";
const KEY_LENGTH = 12;
/** A page of alarms is long enough to read: what comes behind it is told with the next look. */
const MOST_KEYS = 500;
/** Of a body, in GitHub's count. */
const MOST_CHARACTERS = 65_536;

/**
 * An alarm's key: the same thing that went wrong again later is another alarm. When a bar was first broken, each late label may say
 * anew: such an alarm is the same one until it is over.
 */
export function alarmKey({ kind, subject, version, since }: Alarm): string {
  const about = { kind, subject, version, ...(kind === "bar" ? {} : { since }) };
  return sha256(canonicalJson(about)).slice(0, KEY_LENGTH);
}

export function alarmKeys(alarms: readonly Alarm[]): string[] {
  return [...new Set(alarms.map(alarmKey))].sort().slice(0, MOST_KEYS);
}

/** An issue's body: the report between marks. What people wrote before or behind it in `former` stays. */
export function writeIssueBody(marks: IssueMarks, report: string, former?: string): string {
  const { model, isOpen, alarms } = marks;
  const begin = `<!-- slipway:report ${isOpen ? "open" : "cleared"} ${alarms.join(" ")} -->`;
  const [before, after] = former === undefined ? ["", ""] : around(former.replace(MODEL_MARK, ""));
  const head = `<!-- slipway:monitor ${model} -->\n${before}${begin}\n`;
  const tail = `\n${END}${after}`;
  // GitHub refuses a longer body, and people's own words are not ours to cut.
  const room = Math.max(0, MOST_CHARACTERS - head.length - tail.length);
  return `${head}${report.replaceAll("<!--", "&lt;!--").slice(0, room)}${tail}`;
}

/** The inverse, of the marks; undefined for a body that does not begin with them, or lacks one. */
export function readIssueMarks(body: string): IssueMarks | undefined {
  const model = ModelName.safeParse(MODEL_MARK.exec(body)?.[1]);
  const [, how, keys = ""] = REPORT_MARK.exec(body) ?? [];
  if (!model.success || how === undefined) return undefined;
  return { model: model.data, isOpen: how === "open", alarms: keys.split(" ").filter((key) => key !== "") };
}

const MODEL_MARK = /^<!-- slipway:monitor (\S{1,200}) -->\r?\n/;
const REPORT_MARK = /<!-- slipway:report (open|cleared) ([0-9a-f ]*)-->/;

/** The text before and behind the report; all of it is behind where somebody took its end away. */
function around(text: string): [string, string] {
  const begin = REPORT_MARK.exec(text)?.index ?? 0;
  const end = text.indexOf(END, begin);
  return [text.slice(0, begin), end < 0 ? "" : text.slice(end + END.length)];
}
