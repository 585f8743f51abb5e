import { z } from "@hono/zod-openapi";
import { Problem, type Strategy } from "../../contracts/index.ts";
import type { GatewayContext } from "../serving.ts";
import { readConsent } from "./cataract-consent.ts";
import { type CataractModel, cataractModels, strategyOf } from "./cataract-models.ts";

export const batchModelSchema = z.enum(cataractModels).openapi({ description: "Default: ensemble" });
export const saveResultsSchema = z.stringbool().openapi({
  type: "boolean",
  description: "Keeps a copy of this answer for RESULTS_DAYS. Default: false; every case is recorded anyway",
});

const modelDefault: CataractModel = "ensemble";

/** What a batch was asked to do; decided when its first image arrives, because images are read while they stream in. */
export interface BatchPlan {
  /** @throws {Problem} field-invalid */
  begin(fields: ReadonlyMap<string, string>): Begun;
  /** The form is complete: says no to what came too late. @throws {Problem} field-invalid */
  end(fields: ReadonlyMap<string, string>): void;
  /** Whether a copy of the answer is to be kept; known once the form is complete. */
  readonly save: boolean;
}

interface Begun {
  readonly model: CataractModel;
  readonly strategy: Strategy;
  readonly consent: boolean | undefined;
}

/** @throws {Problem} field-invalid: "Invalid model specified", as the source says it */
export function createPlan(c: GatewayContext, wished: Strategy | undefined): BatchPlan {
  const fromQuery = c.req.query("model");
  const saveFromQuery = c.req.query("save_results");
  if (fromQuery !== undefined) readModel(fromQuery);
  let save = readSave(saveFromQuery);
  let begun: Begun | undefined;
  const consentOf = (fields: ReadonlyMap<string, string>): boolean | undefined =>
    readConsent(
      (name) => c.req.query(name),
      (name) => fields.get(name),
    );
  consentOf(new Map());
  return {
    get save() {
      return save;
    },
    begin: (fields) => {
      if (begun !== undefined) return begun;
      const model = readModel(agreed("model", fromQuery, fields.get("model")) ?? modelDefault);
      begun = { model, strategy: strategyOf(model, wished), consent: consentOf(fields) };
      return begun;
    },
    end: (fields) => {
      const late = agreed("model", fromQuery, fields.get("model"));
      if (late !== undefined && readModel(late) !== begun?.model)
        throw invalid("model must come before the images, or in the query: images are read while they arrive");
      if (begun !== undefined && consentOf(fields) !== begun.consent)
        throw invalid(
          "training_consent must come before the images, or in the query: cases are recorded as they arrive",
        );
      save = readSave(agreed("save_results", saveFromQuery, fields.get("save_results")));
    },
  };
}

function agreed(name: string, query: string | undefined, form: string | undefined): string | undefined {
  if (query !== undefined && form !== undefined && query !== form)
    throw invalid(`${name} differs between the query and the form`);
  return query ?? form;
}

function readModel(value: string): CataractModel {
  const parsed = batchModelSchema.safeParse(value);
  if (!parsed.success) throw invalid("Invalid model specified");
  return parsed.data;
}

function readSave(value: string | undefined): boolean {
  if (value === undefined) return false;
  const parsed = saveResultsSchema.safeParse(value);
  if (!parsed.success) throw invalid("save_results must be true or false");
  return parsed.data;
}

const invalid = (detail: string): Problem => new Problem("field-invalid", { detail });
