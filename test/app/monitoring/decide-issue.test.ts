import { expect, it } from "vitest";
import { decideIssue, type KnownIssue, type WantedIssue } from "../../../app/monitoring/decide-issue.ts";
import { alarmKey } from "../../../app/monitoring/issue-body.ts";
import type { Alarm } from "../../../schemas/monitoring.ts";

const [FIRST, LATER] = ["2026-11-01T00:00:00.000Z", "2026-11-20T00:00:00.000Z"];
const alarm = (about: Partial<Alarm> = {}): Alarm => ({
  ...{ kind: "drift", subject: "temp_max: distribution", version: 1, since: FIRST, windows: [FIRST] },
  ...{ sure: false, words: "temp_max has drifted" },
  ...about,
});
const KEY = alarmKey(alarm());
const wanted = (issue: WantedIssue["issue"], ...alarms: Alarm[]): WantedIssue => ({ issue, alarms });
const issue = (about: Partial<KnownIssue> = {}): KnownIssue => ({
  ...{ model: "rain", number: 7, state: "open", isOpen: true, alarms: [KEY] },
  ...about,
});
const closed = issue({ state: "closed" });
const bar = (about: Partial<Alarm> = {}) => alarm({ kind: "bar", subject: "accuracy at least 0.85", ...about });
const onBar = issue({ state: "closed", alarms: [alarmKey(bar())] });
const cleared = issue({ isOpen: false, alarms: [] });

it.each<[string, WantedIssue, KnownIssue | undefined, ReturnType<typeof decideIssue>["step"]]>([
  ["opens one of a first alarm", wanted("open", alarm()), undefined, "open"],
  ["opens none that is not wanted, as while it is snoozed", wanted("keep", alarm()), undefined, "leave"],
  ["opens none of a quiet model", wanted("close"), undefined, "leave"],
  ["keeps an open one current", wanted("open", alarm()), issue(), "keep"],
  ["keeps an open one current while it clears", wanted("keep"), issue(), "keep"],
  ["leaves one alone that is told again soon", { ...wanted("open", alarm()), more: true }, issue(), "leave"],
  ["tells news even then", { ...wanted("open", alarm(), alarm({ subject: "wind" })), more: true }, issue(), "keep"],
  ["closes it once it is quiet", wanted("close"), issue(), "close"],
  ["lets a person's closing stand", wanted("open", alarm()), closed, "leave"],
  ["opens it again for the same thing later", wanted("open", alarm({ since: LATER })), closed, "reopen"],
  ["opens it again for another column", wanted("open", alarm(), alarm({ subject: "wind" })), closed, "reopen"],
  [
    "lets it stand though late labels say that a bar was broken sooner",
    wanted("open", bar({ since: LATER })),
    onBar,
    "leave",
  ],
  ["takes note that what a person closed is over", wanted("close"), closed, "settle"],
  ["opens a bar's again once it was over", wanted("open", bar()), { ...cleared, state: "closed" }, "reopen"],
  ["opens none again that is not wanted", wanted("keep", alarm({ since: LATER })), closed, "leave"],
  ["opens again what it closed", wanted("open", alarm()), { ...cleared, state: "closed" }, "reopen"],
  ["does not close again what a person opened again", wanted("close"), cleared, "leave"],
  ["keeps what a person opened again, once it alarms", wanted("open", alarm()), cleared, "keep"],
])("%s", (_, wanted, known, step) => {
  expect(decideIssue(wanted, known).step).toBe(step);
});

it("remembers while it clears what it was opened for", () => {
  expect(decideIssue(wanted("keep"), issue())).toMatchObject({ step: "keep", alarms: [KEY], fresh: [] });
});

it("says which alarms are new", () => {
  const wind = alarm({ subject: "wind" });
  expect(decideIssue(wanted("open", alarm(), wind), issue())).toEqual({
    ...{ step: "keep", alarms: [KEY, alarmKey(wind)].sort(), fresh: [alarmKey(wind)] },
  });
});
