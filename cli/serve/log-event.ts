import type { ServeLog } from "../../api/serving/log.ts";
import type { EndpointEvent } from "../../core/serving/endpoint.ts";
import { problemWords } from "../../core/serving/problem-words.ts";
import type { ServingEvent } from "../../core/serving/serving-host.ts";

/** Puts into the log what answers now, and what is wrong. */
export function logEvent(log: ServeLog, event: ServingEvent): void {
  if (event.event === "note") log.warn(event.text);
  else if (event.event === "registry") {
    if (event.error === undefined) log.info("the registry is followed again");
    else log.error({ reason: problemWords(event.error) }, "the registry cannot be followed; what answers stays");
  } else if (event.event === "reports") {
    if (event.error === undefined) log.info("what is counted of rollouts is reported again");
    else log.error({ reason: problemWords(event.error) }, "what is counted of rollouts cannot be reported");
  } else logEndpoint(log, event);
}

function logEndpoint(log: ServeLog, event: EndpointEvent): void {
  const { model, stage } = event;
  if (event.event === "empty")
    log.warn({ model, stage, before: event.before }, `${stage} has no version of ${model} any more`);
  else if (event.event === "starting") {
    const { version } = event;
    log.info({ model, stage, version }, `${model} version ${version} is prepared for ${stage}`);
  } else if (event.event === "live") {
    const { version, before } = event;
    log.info({ model, stage, version, before }, `${model} version ${version} answers in ${stage}`);
  } else if (event.event === "rolling") {
    const { version, step } = event;
    log.info({ model, stage, version, step }, `${model} version ${version} rolls out to ${stage}: step ${step}`);
  } else if (event.event === "stopped") {
    const { version, reason } = event;
    log.error({ model, stage, version, reason }, `${model} version ${version} gets no more requests here`);
  } else {
    const what = event.version === undefined ? "what the registry has in the stage" : `version ${event.version}`;
    const reason = problemWords(event.error);
    log.error({ model, stage, version: event.version, reason }, `${model}: ${what} does not answer`);
  }
}
