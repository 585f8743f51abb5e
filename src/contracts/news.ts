/**
 * Word between gateways that something newer is in their database: numbers and identifiers, nothing else. It may be lost,
 * repeated or wrong: whoever hears it looks, and looks by itself from time to time.
 */
export interface News {
  /** There are alerts up to this number. */
  tellAlert(seq: number): void;
  onAlert(hear: (seq: number) => void): void;
  /** This batch has changed. */
  tellBatch(id: string): void;
  onBatch(hear: (id: string) => void): void;
}
