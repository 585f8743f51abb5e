import type { Insertable, Transaction } from "kysely";
import type { ImageRef } from "../../contracts/index.ts";
import type { ObjectTable, Schema } from "../schema.ts";

export type ObjectRow = Insertable<ObjectTable> & { readonly expires_at: Date | null };

/** @param expiresAt RFC 3339; null: kept */
export function objectRow(image: ImageRef, at: string, expiresAt: string | null): ObjectRow {
  return {
    sha256: image.sha256,
    media_type: image.mediaType,
    bytes: image.bytes,
    width: image.width,
    height: image.height,
    stored_at: new Date(at),
    expires_at: expiresAt === null ? null : new Date(expiresAt),
  };
}

/** One row an image, also when it is named twice; what is there already can only be kept longer. */
export async function keepObjects(tx: Transaction<Schema>, given: readonly ObjectRow[]): Promise<void> {
  const objects = new Map<string, ObjectRow>();
  for (const row of given) {
    const held = objects.get(row.sha256);
    if (held === undefined || lasts(row.expires_at, held.expires_at)) objects.set(row.sha256, row);
  }
  if (objects.size === 0) return;
  await tx
    .insertInto("objects")
    .values([...objects.values()].sort((a, b) => (a.sha256 < b.sha256 ? -1 : 1)))
    .onConflict((conflict) =>
      conflict.column("sha256").doUpdateSet((table) => ({
        expires_at: table
          .case()
          .when(table.or([table("objects.expires_at", "is", null), table("excluded.expires_at", "is", null)]))
          .then(null)
          .else(table.fn<Date>("greatest", ["objects.expires_at", "excluded.expires_at"]))
          .end(),
      })),
    )
    .execute();
}

const lasts = (one: Date | null, other: Date | null): boolean =>
  other !== null && (one === null || one.getTime() > other.getTime());
