/** What sender.ts is to send. */
export interface Job {
  url: string;
  secret: string;
  perSecond: number;
  messages: { event: string; text: string }[];
  /** Which message is sent when, by its place above. */
  order: number[];
}

/** What came of it: milliseconds from when a webhook was due to the end of its answer. */
export interface Sent {
  statuses: Record<string, number>;
  median: number;
  p95: number;
  p99: number;
  worst: number;
  /** How late this process itself was, for all but one in a hundred. */
  lateness: number;
}

/** Stands in a message for a number that is another one each time. */
export const EACH_TIME = 900_000_000_000_001;
