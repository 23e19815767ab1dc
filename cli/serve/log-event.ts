import type { ServeLog } from "../../api/serving/log.ts";
import type { ServingEvent } from "../../core/serving/open-serving.ts";
import { problemWords } from "../../core/serving/problem-words.ts";

/** Puts into the log what answers now, and what is wrong. */
export function logEvent(log: ServeLog, event: ServingEvent): void {
  if (event.event === "note") log.warn(event.text);
  else if (event.event === "registry") {
    if (event.error === undefined) log.info("the registry is followed again");
    else log.error({ reason: problemWords(event.error) }, "the registry cannot be followed; what answers stays");
  } else {
    const { model, stage } = event;
    if (event.event === "live") {
      const { version, before } = event;
      log.info({ model, stage, version, before }, `${model} version ${version} answers in ${stage}`);
    } else if (event.event === "empty")
      log.warn({ model, stage, before: event.before }, `${stage} has no version of ${model} any more`);
    else {
      const what = event.version === undefined ? "what the registry has in the stage" : `version ${event.version}`;
      const reason = problemWords(event.error);
      log.error({ model, stage, version: event.version, reason }, `${model}: ${what} does not answer`);
    }
  }
}
