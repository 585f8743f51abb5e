import type { Kysely, Transaction } from "kysely";
import type { Schema } from "./schema.ts";

/** SQLSTATE classes 08 (connection), 57P (shutdown), Node's own socket errors and what the client says of a lost one. */
export function isConnectionLoss(error: unknown): boolean {
  const { code, message } = error as { code?: string; message?: string };
  return /^(08|57P|E[A-Z]+$)/.test(code ?? "") || /terminated|timeout|not queryable/i.test(message ?? "");
}

/**
 * Everything or nothing. Tried once more when the connection went before the commit was sent, because nothing is
 * written then; after that nobody knows, and what must not happen twice is not repeated.
 */
export async function inTransaction<T>(db: Kysely<Schema>, act: (tx: Transaction<Schema>) => Promise<T>): Promise<T> {
  let committing = false;
  const attempt = (): Promise<T> =>
    db.transaction().execute(async (tx) => {
      const result = await act(tx);
      committing = true;
      return result;
    });
  try {
    return await attempt();
  } catch (error) {
    if (committing || !isConnectionLoss(error)) throw error;
    return attempt();
  }
}
