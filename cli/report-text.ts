import type { Report } from "../core/report/report.ts";
import { toTerminal } from "../core/report/to-terminal.ts";
import type { Session } from "./command.ts";

/** A report as this session's terminal shows it; --verbose shows the details too. */
export function reportText({ colors, width, verbose }: Session, report: Report): string {
  return toTerminal(report, { colour: colors.isColorSupported, width, details: verbose });
}
