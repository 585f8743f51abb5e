import * as z from "zod";
import { count, MiB } from "./number-setting.ts";

/** Nodes: where they are found, what they read with, and what they hold. */
export const nodeSettings = {
  NATS_URL: z
    .string()
    .regex(/^(nats|tls):\/\/[^\s,]+(,\s*(nats|tls):\/\/[^\s,]+)*$/, "nats://host:port, separated by commas")
    .optional()
    .describe("NATS servers over which nodes are found; default: this server reads alone"),
  NATS_USER: z.string().min(1).optional().describe("User there, unless NATS_URL names one"),
  NATS_PASSWORD: z.string().min(1).optional().describe("Password of that user"),
  NATS_CREDS: z.string().min(1).optional().describe("Credentials file for NATS, in place of user and password"),
  NODE_NAME: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/, "1 to 64 letters, digits, - and _")
    .optional()
    .describe("Name of a node among all others; default: the host's name and the process id"),
  NODE_PROVIDER: z
    .enum(["auto", "cpu", "cuda"])
    .default("auto")
    .describe(
      "What a node reads with: `cuda` or it does not start, `cpu`, or `auto`: CUDA where it loads the packs, else CPU",
    ),
  NODE_CREDIT: count(64, 1, 4096).describe("Most images that one server may have open at a node"),
  NODE_CREDIT_BYTES: count(32 * MiB, MiB, 60 * MiB).describe(
    "Most image bytes that one server may have open at a node",
  ),
  PACKS_DIR: z
    .string()
    .min(1)
    .optional()
    .describe("Where a node keeps packs that servers sent it; default: `packs` in DATA_DIR"),
  PACKS_BYTES_MAX: count(2048 * MiB, MiB, 65_536 * MiB).describe(
    "Most bytes of packs that a node keeps there; the oldest that it does not use go",
  ),
} as const;
