import { z } from "@hono/zod-openapi";
import { type CaseRecord, caseStatuses } from "../contracts/index.ts";

/** Where a source has a `status` of its own, only this is added. */
export const pendingFlag = {
  pending: z.boolean().openapi({
    description: "True: the second look is still to come, and this is no result. `GET /v1/cases/{id}` has it later",
  }),
} as const;

/** What the answers of source systems say of a case that is not decided yet. */
export const pendingShape = { status: z.enum(caseStatuses), ...pendingFlag } as const;

export const isPending = ({ status }: Pick<CaseRecord, "status">): boolean => status === "provisional";

export const pendingOf = (record: Pick<CaseRecord, "status">) => ({
  status: record.status,
  pending: isPending(record),
});
