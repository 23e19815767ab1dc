/** What became of a delivery. Each is counted when it arrives, and once more when it ends. */
export type DeliveryOutcome =
  | "accepted"
  | "ignored"
  | "duplicate"
  | "refused"
  | "overloaded"
  | "caught-up"
  | "handled"
  | "failed"
  | "given-up"
  | "left";

/** Counts deliveries, and how many seconds each attempt of a handler ran. */
export interface DeliveryMetrics {
  delivery(event: string, outcome: DeliveryOutcome): void;
  handled(event: string, seconds: number): void;
}
