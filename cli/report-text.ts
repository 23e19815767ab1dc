import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import type { Report } from "../core/report/report.ts";
import { toTerminal } from "../core/report/to-terminal.ts";
import type { Session } from "./command.ts";

/** A report as this session's terminal shows it; --verbose shows the details too. */
export function reportText({ colors, width, verbose }: Session, report: Report): string {
  return toTerminal(report, { colour: colors.isColorSupported, width, details: verbose });
}

/** The report on a run and where the whole of it is, each ended by a line's end; nothing with --quiet. */
export function runReportText(session: Session, report: Report, file: string | undefined): string {
  if (session.quiet) return "";
  const place = file === undefined ? "" : `${reportPlace(session, file)}\n`;
  return `${reportText(session, report)}\n${place}`;
}

/** The path of the whole report, with its charts, as a person in the session's folder would type it. */
export function reportPlace({ folder, colors }: Session, file: string): string {
  const near = relative(folder, file);
  const charts = existsSync(join(file, "..", "charts")) ? ", with its charts beside it in charts/" : "";
  return `${colors.dim("whole report:")} ${near.startsWith("..") ? file : near}${charts}`;
}
