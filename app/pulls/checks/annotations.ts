import { visibleText } from "../../../core/report/escape-text.ts";
import type { Problem } from "../../../schemas/problem.ts";

/** GitHub takes 50 annotations a request; whoever has more mistakes than this has seen enough to begin. */
export const A_REQUEST = 50;
export const MOST = 200;

export interface CheckAnnotation {
  path: string;
  start_line: number;
  end_line: number;
  start_column?: number;
  end_column?: number;
  annotation_level: "failure";
  title: string;
  message: string;
}

/** Each problem on its line; those that name no file are told in the check's text alone. */
export function annotationsOf(problems: readonly Problem[]): CheckAnnotation[] {
  return problems.slice(0, MOST).flatMap((problem) => {
    const { file, line = 1, column } = problem;
    if (file === undefined) return [];
    return [
      {
        path: file,
        start_line: line,
        end_line: line,
        ...(column === undefined ? {} : { start_column: column, end_column: column }),
        annotation_level: "failure" as const,
        title: visibleText(problem.code, 100),
        message: messageOf(problem),
      },
    ];
  });
}

/** What is wrong, what was expected and found, what to do: annotations are plain text. */
export function messageOf({ message, expected, found, hint }: Problem): string {
  const lines = [
    message,
    ...(expected === undefined ? [] : [`Expected: ${expected}`]),
    ...(found === undefined ? [] : [`Found: ${found}`]),
    ...(hint === undefined ? [] : [hint]),
  ];
  return lines.map((line) => visibleText(line, 1_000)).join("\n");
}
