import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Known } from "../../../../app/commands/grammar/argument-parser.ts";
import {
  COMMAND_NAMES,
  type Command,
  formatCommand,
  GRAMMAR,
  parseCommand,
} from "../../../../app/commands/grammar/grammar.ts";
import { commandLines, readLine } from "../../../../app/commands/grammar/read-comment.ts";
import { SlipwayError } from "../../../../core/errors.ts";

const KNOWN: Known = { models: new Set(["penguins", "late", "staging"]), stages: new Set(["staging", "production"]) };

/** The command on a line, or its refusal: code and message. */
function read(line: string, known = KNOWN): Command | string {
  const [found] = commandLines(line);
  if (found === undefined) return "nothing";
  try {
    return readLine(found, known);
  } catch (error) {
    if (!(error instanceof SlipwayError)) throw error;
    const [problem] = error.problems;
    return `${error.code}: ${error.message}${problem?.hint === undefined ? "" : ` ${problem.hint}`}`;
  }
}

it.each<[string, Command]>([
  ["/promote production", { name: "promote", stage: "production" }],
  ["/promote penguins production", { name: "promote", model: "penguins", stage: "production" }],
  ["/promote penguins@3 production", { name: "promote", model: "penguins", version: 3, stage: "production" }],
  ["/promote penguins@v3 production", { name: "promote", model: "penguins", version: 3, stage: "production" }],
  ["/promote production it is better", { name: "promote", stage: "production", reason: "it is better" }],
  ["/promote production: it is  better", { name: "promote", stage: "production", reason: "it is  better" }],
  ["/promote penguins to production", { name: "promote", model: "penguins", stage: "production" }],
  ["/promote to production.", { name: "promote", stage: "production" }],
  ["/PROMOTE Production", { name: "promote", stage: "production" }],
  [
    "/Promote penguins PRODUCTION Because",
    { name: "promote", model: "penguins", stage: "production", reason: "Because" },
  ],
  ["/promote production  \t", { name: "promote", stage: "production" }],
  ["/promote staging production", { name: "promote", model: "staging", stage: "production" }],
  ["/promote newcomer production", { name: "promote", model: "newcomer", stage: "production" }],
  ["/approve", { name: "approve" }],
  ["/approve!", { name: "approve" }],
  ["/approve penguins", { name: "approve", model: "penguins" }],
  ["/approve penguins@3", { name: "approve", model: "penguins", version: 3 }],
  ["/approve penguins#Production", { name: "approve", model: "penguins", stage: "production" }],
  ["/reject too slow", { name: "reject", reason: "too slow" }],
  ["/reject penguins too slow", { name: "reject", model: "penguins", reason: "too slow" }],
  ["/reject penguins@3 too slow", { name: "reject", model: "penguins", version: 3, reason: "too slow" }],
  ["/reject production is frozen", { name: "reject", reason: "production is frozen" }],
  ["/rollback production", { name: "rollback", stage: "production" }],
  ["/rollback penguins production to 2", { name: "rollback", model: "penguins", stage: "production", to: 2 }],
  [
    "/rollback production to version v2 it drifts",
    { name: "rollback", stage: "production", to: 2, reason: "it drifts" },
  ],
  ["/rollback production it drifts", { name: "rollback", stage: "production", reason: "it drifts" }],
  ["/rollback", { name: "rollback" }],
  ["/rollback to 2 it drifts", { name: "rollback", to: 2, reason: "it drifts" }],
  ["/retrain", { name: "retrain" }],
  ["/retrain penguins", { name: "retrain", model: "penguins" }],
  ["/snooze 7d the sensors are off", { name: "snooze", lasts: "7d", reason: "the sensors are off" }],
  ["/snooze penguins 12H sensors", { name: "snooze", model: "penguins", lasts: "12h", reason: "sensors" }],
  ["/rollout status production", { name: "rollout", what: "status", stage: "production" }],
  [
    "/rollout Pause penguins production the sensors are off",
    { name: "rollout", what: "pause", model: "penguins", stage: "production", reason: "the sensors are off" },
  ],
  ["/hold the sensors are off", { name: "hold", reason: "the sensors are off" }],
  ["/hold penguins sensors", { name: "hold", model: "penguins", reason: "sensors" }],
  ["/hold 3 rows are wrong", { name: "hold", reason: "3 rows are wrong" }],
  ["/unhold", { name: "unhold" }],
  ["/unhold penguins", { name: "unhold", model: "penguins" }],
  ["/retry", { name: "retry" }],
  ["/status", { name: "status" }],
  ["/status penguins", { name: "status", model: "penguins" }],
  ["/compare 1 v2", { name: "compare", from: { version: 1 }, to: { version: 2 } }],
  [
    "/compare penguins@1 production",
    { name: "compare", from: { model: "penguins", version: 1 }, to: { stage: "production" } },
  ],
  ["/help", { name: "help" }],
])("%s is read", (line, command) => {
  expect(read(line)).toEqual(command);
});

it.each([
  ["/rollout", "USAGE: A word is missing. Write one of status, pause, resume, abort."],
  ["/rollout puase production", "USAGE: `puase` is none of its words. Did you mean pause?"],
  ["/rollout pause", "USAGE: The stage is missing. The stages are staging, production."],
  ["/promote", "USAGE: The stage is missing. The stages are staging, production."],
  ["/promote prodution", "STAGE_UNKNOWN: There is no stage `prodution`. Did you mean production?"],
  ["/promote penguins prodution", "STAGE_UNKNOWN: There is no stage `prodution`. Did you mean production?"],
  ["/promote pengiuns prodution", "STAGE_UNKNOWN: There is no stage `prodution`. Did you mean production?"],
  ["/promote penguins", "USAGE: The stage is missing. The stages are staging, production."],
  ["/promote frogs today", "STAGE_UNKNOWN: There is no stage `frogs`. The stages are staging, production."],
  ["/promote penguins 3", "STAGE_UNKNOWN: There is no stage `3`. The stages are staging, production."],
  [
    "/promote production 3",
    "USAGE: A version stands in the reason's place. Did you mean `/promote model@3 production`?",
  ],
  [
    "/promote penguins production v3",
    "USAGE: A version stands in the reason's place. Did you mean `/promote penguins@3 production`?",
  ],
  [
    "/promote production staging was fine",
    "USAGE: `production` and `staging` are both stages. Name one stage; a reason may not start with another.",
  ],
  [
    "/promote to production staging",
    "USAGE: `production` and `staging` are both stages. Name one stage; a reason may not start with another.",
  ],
  [
    "/promote penguins@0 production",
    "USAGE: `penguins@0` names no model. Write `penguins`, `penguins@3` or `penguins#production`.",
  ],
  [
    "/promote penguins@latest production",
    "USAGE: `penguins@latest` names no model. Write `penguins`, `penguins@3` or `penguins#production`.",
  ],
  [
    "/promote penguins#staging production",
    "USAGE: `penguins#staging` names what is in a stage. Name the version: `penguins@3`.",
  ],
  [
    "/promote реnguins production",
    "USAGE: `реnguins` names no model. Write `penguins`, `penguins@3` or `penguins#production`.",
  ],
  ["/promote penguins prоduction", "STAGE_UNKNOWN: There is no stage `prоduction`. Did you mean production?"],
  [
    "/promote ../../x production",
    "USAGE: `../../x` names no model. Write `penguins`, `penguins@3` or `penguins#production`.",
  ],
  ["/approve looks good", "USAGE: `good` is one word too many. Write other text on a line of its own."],
  ["/approve production", "USAGE: `production` is a stage. Name the model: `penguins#production`."],
  ["/reject", "USAGE: The reason is missing. Say why: it is kept in the registry."],
  ["/reject penguins", "USAGE: The reason is missing. Say why: it is kept in the registry."],
  [
    "/reject pengiuns too slow",
    "USAGE: There is no model `pengiuns`. Did you mean penguins? Otherwise start the reason with another word.",
  ],
  ["/rollback it drifts", "STAGE_UNKNOWN: There is no stage `it`. The stages are staging, production."],
  ["/rollback penguins", "USAGE: The stage is missing. The stages are staging, production."],
  ["/retrain now please", "USAGE: `please` is one word too many. Write other text on a line of its own."],
  ["/snooze", "USAGE: The time is missing. Write `7d` or `12h`."],
  ["/snooze penguins", "USAGE: The time is missing. Write `7d` or `12h`."],
  ["/snooze 7 days", "USAGE: `days` is no time. Write `7d` or `12h`."],
  ["/snooze 7d", "USAGE: The reason is missing. Say why: it is kept in the registry."],
  ["/rollback production 2", "USAGE: A version stands in the reason's place. Did you mean `to 2`?"],
  [
    "/rollback production to be safe",
    "USAGE: `be` behind `to` is no version. Write `to 2`; start a reason with another word.",
  ],
  ["/rollback penguins@2 production", "USAGE: The version stands in the wrong place. Write `to 2` behind the stage."],
  ["/hold", "USAGE: The reason is missing. Say why: it is kept in the registry."],
  ["/hold penguins@3 drift", "USAGE: This is about a model, not one of its versions. Write `penguins`."],
  ["/unhold penguins please", "USAGE: `please` is one word too many. Write other text on a line of its own."],
  ["/retry now", "USAGE: `now` is one word too many. Write other text on a line of its own."],
  ["/compare 1", "USAGE: Two versions are compared. Write each as `penguins@3`, `3`, or a stage's name."],
  ["/compare penguins 1", "USAGE: Two versions are compared. Write each as `penguins@3`, `3`, or a stage's name."],
  ["/stauts", "USAGE: There is no command `/stauts`. Did you mean `/status`?"],
  ["/aprove", "USAGE: There is no command `/aprove`. Did you mean `/approve`?"],
  ["/Promot production", "USAGE: There is no command `/Promot`. Did you mean `/promote`?"],
  ["/rollbakc production", "USAGE: There is no command `/rollbakc`. Did you mean `/rollback`?"],
  [`/reject ${"x".repeat(2_001)}`, "USAGE: The reason is too long. Say it in 2000 characters."],
])("%s is refused", (line, refusal) => {
  expect(read(line)).toBe(refusal);
});

it.each([
  "/usr/bin/node fails here",
  "/usr",
  "/etc is read-only",
  "/home is full",
  "/tmp/promote production",
  "/promote/production",
  "/promote-all production",
  "/promote_all production",
  "/lgtm",
  "/merge",
  "/rebase",
  "/assign @ada",
  "/close",
  "/test all",
  "/reset",
  "// promote production",
  "/ promote production",
  " /promote production",
  "\u00a0/promote production",
  "\u200b/promote production",
  "please /promote production",
  "promote production",
  "!promote production",
  "/promot\u0435 production",
  "/\u0440romote production",
  "\u2215promote production",
  "\uff0fpromote production",
  "\u2044promote production",
  "/\u200bpromote production",
  "/pro\u00admote production",
  "/\uff50romote production",
  "/promote\u200b production",
  "/promote=production",
  "/promote(production)",
  "\\/promote production",
  "`/promote production`",
  "*/promote production*",
  "[/promote production](x)",
  "- /promote production",
  "| /promote production |",
  "@slipway /promote production",
  "https://example.org/promote production",
])("%s asks for nothing", (line) => {
  expect(commandLines(line)).toEqual([]);
});

describe("a comment", () => {
  it("may hold several commands, a line each, whatever ends its lines", () => {
    const body = "Looks good.\r\n/promote production\r\n\r\nand\r/status\n/retry   \n";
    expect(commandLines(body).map(({ place, text }) => [place, text])).toEqual([
      [0, "/promote production"],
      [1, "/status"],
      [2, "/retry"],
    ]);
  });

  it("counts a typo as a place of its own", () => {
    expect(commandLines("/stats\n/status").map(({ place, near, command }) => [place, near ?? command])).toEqual([
      [0, "status"],
      [1, "status"],
    ]);
  });

  it("is read as a person's own text alone", () => {
    const body = "> /promote production\n\n```\n/approve\n```\n\n    /retry\n\n<!--\n/hold x\n-->\n\n/status";
    expect(commandLines(body).map(({ text }) => text)).toEqual(["/status"]);
  });
});

it.each(COMMAND_NAMES)("the example of %s is its command", (name) => {
  expect(read(GRAMMAR[name].example)).toMatchObject({ name });
  expect(GRAMMAR[name].form).toMatch(new RegExp(`^/${name}( |$)`));
});

const PIECES = [
  ...["penguins", "late", "staging", "production", "Production", "frogs", "to", "version", "penguins@3", "late@v12"],
  ...[
    "penguins#production",
    "staging@2",
    "2",
    "v7",
    "because",
    "it's",
    "better:",
    "7d",
    "12h",
    "staging,",
    "(so)",
    "ü",
    "\u2028",
    ".",
  ],
];

it("what a line is read as is what its written form is read as", () => {
  const words = fc.array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: "grapheme", maxLength: 6 })), {
    maxLength: 6,
  });
  const space = fc.constantFrom(" ", "  ", "\t", " \u00a0");
  let understood = 0;
  fc.assert(
    fc.property(fc.constantFrom(...COMMAND_NAMES), words, space, (name, said, between) => {
      const line = [`/${name}`, ...said].join(between);
      const command = read(line.replaceAll(/[\r\n]/g, " "));
      if (typeof command === "string") return;
      understood += 1;
      expect(read(formatCommand(command))).toEqual(command);
    }),
    { numRuns: 5_000 },
  );
  expect(understood).toBeGreaterThan(500);
});

it("no line, however strange, is anything but a command, a refusal or nothing", () => {
  const line = fc.tuple(fc.constantFrom(...COMMAND_NAMES), fc.string({ unit: "binary", maxLength: 80 }));
  fc.assert(
    fc.property(line, ([name, rest]) => {
      expect(["object", "string"]).toContain(typeof read(`/${name} ${rest}`));
    }),
  );
});

it("where a stage or model is unknown to the repository, nothing is taken for one", () => {
  const none: Known = { models: new Set(), stages: new Set() };
  expect(read("/promote production", none)).toMatch(/^STAGE_UNKNOWN/);
  expect(read("/hold penguins sensors", none)).toEqual({ name: "hold", reason: "penguins sensors" });
  expect(() => parseCommand("rollback", "production", none)).toThrow("There is no stage");
});
