import type { AskedForm } from "./form.ts";
import type { Recorded } from "./recorded.ts";

/** An act of a page of the story's repository, and what is on record once it was asked for. */
export interface ActRow extends AskedForm {
  page: string;
  /** Words of the page that answers. */
  comes: string;
  read: (recorded: Recorded) => Promise<unknown>;
  is: unknown;
}

const penguins = ({ model }: Recorded) => model("penguins");
const live = (recorded: Recorded) => penguins(recorded).then(({ stages }) => stages["production"]?.version);
const refused = ({ decisions }: Recorded) =>
  decisions("penguins").then(
    (all) => all.filter(({ outcome, version }) => outcome === "refused" && version === 4).length,
  );

/** In this order, each on what those before it left. An act of api/portal/acts/acts.ts that is missing here fails a test. */
export const ACT_ROWS: readonly ActRow[] = [
  {
    ...{ act: "describe", page: "/m/penguins", fields: { text: "Which bird it is" }, comes: "is described so" },
    ...{ read: (recorded) => penguins(recorded).then(({ description }) => description), is: "Which bird it is" },
  },
  {
    ...{ act: "tag", page: "/m/penguins", fields: { key: "season", value: "2026" }, comes: "has the tag season" },
    ...{ read: (recorded) => penguins(recorded).then(({ tags }) => tags["season"]), is: "2026" },
  },
  {
    ...{ act: "untag", page: "/m/penguins", fields: { key: "season" }, comes: "has no tag season" },
    ...{ read: (recorded) => penguins(recorded).then(({ tags }) => tags["season"]), is: undefined },
  },
  {
    ...{ act: "alias", page: "/m/penguins", fields: { alias: "next", version: "6" }, comes: "@next is version 6" },
    ...{ read: (recorded) => penguins(recorded).then(({ aliases }) => aliases["next"]), is: 6 },
  },
  {
    ...{ act: "unalias", page: "/m/penguins", fields: { alias: "next" }, comes: "has no alias next" },
    ...{ read: (recorded) => penguins(recorded).then(({ aliases }) => aliases["next"]), is: undefined },
  },
  {
    ...{
      act: "describe",
      page: "/m/penguins/v/6",
      fields: { text: "Weighs them" },
      comes: "version 6 is described so",
    },
    ...{ read: ({ version }) => version("penguins", 6).then((said) => said?.description), is: "Weighs them" },
  },
  {
    ...{ act: "promote", page: "/m/penguins/v/6", hidden: { stage: "production" }, fields: { reason: "Better" } },
    ...{ comes: "penguins version 6 is in production now", read: live, is: 6 },
  },
  {
    ...{ act: "rollback", page: "/m/penguins", hidden: { stage: "production" }, fields: { reason: "Too slow" } },
    ...{ comes: "version 5 is in production again", read: live, is: 5 },
  },
  {
    ...{ act: "promote", page: "/m/penguins/v/4", hidden: { stage: "production" }, fields: { reason: "Again" } },
    ...{ comes: "penguins version 4 stays out of production", read: refused, is: 2 },
  },
  {
    ...{ act: "hold", page: "/m/penguins", fields: { reason: "Moulting" }, comes: "Moulting" },
    ...{ read: (recorded) => penguins(recorded).then(({ hold }) => hold?.reason), is: "Moulting" },
  },
  {
    ...{ act: "unhold", page: "/m/penguins", fields: { reason: "Grown up" }, comes: "is released" },
    ...{ read: (recorded) => penguins(recorded).then(({ hold }) => hold), is: undefined },
  },
  {
    ...{ act: "archive", page: "/m/penguins/v/4", fields: { reason: "Of no use" }, comes: "version 4 is archived" },
    ...{ read: (recorded) => penguins(recorded).then(({ archived }) => Object.hasOwn(archived ?? {}, "4")), is: true },
  },
  {
    ...{ act: "withdraw", page: "/m/penguins/v/1", fields: { reason: "Wrong data" }, comes: "version 1 is withdrawn" },
    ...{ read: (recorded) => penguins(recorded).then(({ withdrawn }) => Object.keys(withdrawn ?? {})), is: ["1"] },
  },
  {
    ...{ act: "snooze", page: "/m/penguins/live", fields: { days: "14", reason: "Known" }, comes: "are snoozed until" },
    ...{ read: ({ snoozes }) => snoozes("penguins"), is: 1 },
  },
  {
    ...{ act: "retrain", page: "/m/penguins/live", fields: { reason: "Newer birds" }, comes: "penguins" },
    ...{ read: (recorded) => recorded.branches().then((all) => all.includes("slipway/retrain/penguins")), is: false },
  },
  {
    ...{ act: "star", page: "/experiments/runs/{run}", fields: {}, comes: "has a star" },
    ...{ read: ({ newestRun }) => newestRun().then((run) => run?.starred), is: true },
  },
  {
    ...{ act: "note", page: "/experiments/runs/{run}", fields: { note: "Too many steps" }, comes: "has this note" },
    ...{ read: ({ newestRun }) => newestRun().then((run) => run?.note), is: "Too many steps" },
  },
  {
    ...{ act: "unstar", page: "/experiments/runs/{run}", fields: {}, comes: "has no star" },
    ...{ read: ({ newestRun }) => newestRun().then((run) => run?.starred), is: undefined },
  },
  {
    ...{ act: "adopt", page: "/experiments/runs/{run}", fields: {}, comes: "On the branch" },
    ...{ read: ({ branches }) => branches().then((all) => all.length), is: 5 },
  },
];

/** Acts that this table does not ask for, and where they are asked for. */
export const ELSEWHERE: Readonly<Record<string, string>> = {
  approve: "people.browser.test.ts",
  reject: "people.browser.test.ts",
  rollout: "rollout.browser.test.ts",
  "propose-policy": "proposals.browser.test.ts",
  "propose-model": "proposals.browser.test.ts",
};
