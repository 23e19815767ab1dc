import { visibleText } from "../../core/report/escape-text.ts";
import type { Problem } from "../../schemas/problem.ts";
import type { ActionPorts, Annotation } from "./ports.ts";
import { annotationLine } from "./workflow-text.ts";

/** GitHub shows ten annotations of a step. */
const MOST = 10;
const LONGEST = 4_000;

/** A problem as an annotation: on the spec's line if the problem has one, otherwise on the spec as a whole. */
export function annotationOf(problem: Problem, fallback?: string): Annotation {
  const { code, message, expected, found, hint, line, column } = problem;
  const file = problem.file ?? fallback;
  const words = [
    visibleText(message, 1_000),
    ...(expected === undefined ? [] : [`Expected: ${visibleText(expected, 500)}`]),
    ...(found === undefined ? [] : [`Found: ${shown(found)}`]),
    ...(hint === undefined ? [] : [visibleText(hint, 500)]),
  ];
  return {
    title: code,
    message: words.join("\n").slice(0, LONGEST),
    file,
    line,
    column,
  };
}

/** Tells the first ten problems as annotations; the log has all. */
export function tellProblems(
  ports: Pick<ActionPorts, "annotate" | "log">,
  problems: readonly Problem[],
  fallback?: string,
): void {
  for (const problem of problems.slice(0, MOST)) ports.annotate("error", annotationOf(problem, fallback));
  for (const problem of problems.slice(MOST)) {
    for (const line of annotationOf(problem, fallback).message.split("\n")) ports.log(annotationLine(line));
  }
}

/** Several lines stay several, each made visible. */
function shown(found: string): string {
  return found
    .split("\n")
    .slice(0, 25)
    .map((line) => visibleText(line, 500))
    .join("\n");
}
