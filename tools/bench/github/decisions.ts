import { startConversation } from "../../../test/app/commands/conversation.ts";
import { specOf } from "../../../test/app/models-on-github.ts";
import { type Measurement, timingOf } from "../measurement.ts";
import { startBundledApp } from "./bundled-app.ts";
import { openWatch, timeTo } from "./watch.ts";

const RUNS = 21;

/** From the webhook of an `/approve` to the comment that says what came of it: recorded, promoted, pushed, deployed. */
export async function measureDecisions(): Promise<Measurement[]> {
  const watch = openWatch();
  const talk = await startConversation({
    policy: "approvals: { production: 1 }\n",
    hosted: { start: startBundledApp, sandbox: { observer: watch.observer } },
  });
  try {
    // A repository in which pull requests were reported on: their branch is there too.
    const seen = await talk.openPull("seen", { "models/penguins/model.yaml": specOf({ trees: 50 }) });
    await talk.run(seen, { results: { penguins: {} } });
    const first = await talk.registered("first", 60);
    await talk.say("ada", first, "/promote production");
    await talk.say("eve", first, "/approve");
    const second = await talk.registered("second", 70, 0.92);
    const times: number[] = [];
    const calls: number[] = [];
    for (let at = 0; at < RUNS; at += 1) {
      await talk.say("ada", second, "/promote production");
      watch.take();
      talk.calls();
      const [reply] = await talk.say("eve", second, "/approve");
      if (!reply?.includes("version 2 is in production")) throw new Error(`not what was expected: ${reply}`);
      // The first is the answer to eve, who hears that her comment was taken when the App was told.
      times.push(timeTo(watch.take(), "issue_comment.created", /^POST \/issues\/\d+\/comments$/, 2));
      calls.push(talk.calls().length);
      await talk.say("ada", second, "/rollback production");
    }
    const bound = "Git over HTTP, six times in turn: five to read, one to push";
    const size = "1 model, 2 versions";
    return [
      { what: "/approve → the decision's comment", size, unit: "ms", bound, ...timingOf(times) },
      { what: "REST calls for a promotion", size, unit: "calls", bound: "a test holds them to 8", ...timingOf(calls) },
    ];
  } finally {
    await talk.end();
  }
}
